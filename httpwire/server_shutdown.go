package httpwire

import "context"

// Shutdown stops the server in good order. It closes the listeners, and every
// connection without a request in progress: one that has had an answer gets
// LingerTimeout to read it. Answers in flight are finished and carry
// "Connection: close". If ctx ends first, the contexts of the remaining requests
// are cancelled, their connections are closed, and Shutdown returns the error of
// ctx. Connections that were handed over belong to whoever took them.
func (s *Server) Shutdown(ctx context.Context) error {
	s.initialise()
	s.drain()
	select {
	case <-s.drained:
		s.cancel()
		return nil
	case <-ctx.Done():
		s.Close()
		return ctx.Err()
	}
}

// Close stops the server at once: every listener and connection is closed.
func (s *Server) Close() error {
	s.initialise()
	s.drain()
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.cut()
	}
	return nil
}

// drain closes the listeners and the idle connections, and lets no new ones in. What
// becomes of a connection is decided by Conn.stop and Conn.stopped, in conn_life.go.
func (s *Server) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Swap(true) {
		return
	}
	for l := range s.listeners {
		l.Close()
	}
	for c := range s.conns {
		c.stop()
	}
	if len(s.conns) == 0 {
		close(s.drained)
	}
}
