package httpwire

import (
	"context"
	"net"
	"time"
)

// Shutdown stops the server in good order. Listeners and connections without a
// request in progress are closed at once, new ones as well. Answers in flight
// are finished and carry Connection: close. If ctx ends first, the contexts of
// the remaining requests are cancelled, their connections are closed, and
// Shutdown returns the error of ctx. Connections that were handed over are not
// ours to close.
func (s *Server) Shutdown(ctx context.Context) error {
	s.initialise()
	s.drain()
	select {
	case <-s.drained:
		s.stop()
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
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.nc.Close()
	}
	return nil
}

// drain closes the listeners and the idle connections, and lets no new ones in.
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
		if c.state.CompareAndSwap(int32(stateIdle), int32(stateDismissed)) {
			c.nc.SetReadDeadline(time.Unix(1, 0)) // wakes it; it closes itself
		}
	}
	if len(s.conns) == 0 {
		close(s.drained)
	}
}

// occupy waits for room for another connection. It reports false when the
// server has been told to stop.
func (s *Server) occupy() bool {
	if s.slots == nil {
		return !s.draining.Load()
	}
	select {
	case s.slots <- struct{}{}:
		return true
	case <-s.base.Done():
		return false
	}
}

// vacate makes room for another connection.
func (s *Server) vacate() {
	if s.slots != nil {
		<-s.slots
	}
}

// add registers a connection, unless the server is shutting down.
func (s *Server) add(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

// forget ends the server's care for a connection, because it has ended or has
// been handed over.
func (s *Server) forget(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.conns[c]; !known {
		return
	}
	delete(s.conns, c)
	if s.draining.Load() && len(s.conns) == 0 {
		close(s.drained)
	}
}

// addListener registers a listener, unless the server is shutting down.
func (s *Server) addListener(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) removeListener(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}
