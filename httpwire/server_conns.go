package httpwire

import (
	"net"
	"time"
)

// awaitPlace waits until there is a place for another connection, and does not take
// it: a listener that waits is not a connection. Where there are several listeners,
// another one may be faster; then a connection that has been accepted waits in
// takePlace. It reports false when the server has been told to stop.
func (s *Server) awaitPlace() bool {
	if s.places != nil && len(s.places) == cap(s.places) {
		s.reportFull()
	}
	if !s.takePlace() {
		return false
	}
	s.freePlace()
	return true
}

// fullPause is how often it is reported that all places are in use, at most.
const fullPause = time.Minute

// reportFull says that connections have to wait, which nobody could see otherwise.
func (s *Server) reportFull() {
	s.mu.Lock()
	now := time.Now()
	due := s.fullAt.IsZero() || now.Sub(s.fullAt) >= fullPause
	if due {
		s.fullAt = now
	}
	s.mu.Unlock()
	if due && s.ErrorLog != nil {
		s.ErrorLog.Warn("all connections are in use: more wait to be accepted", "max_conns", cap(s.places))
	}
}

// takePlace waits for a place for another connection: there are MaxConns. It
// reports false when the server has been told to stop.
func (s *Server) takePlace() bool {
	if s.places == nil {
		return !s.draining.Load()
	}
	select {
	case s.places <- struct{}{}:
		return true
	case <-s.base.Done():
		return false
	}
}

// freePlace makes room for another connection.
func (s *Server) freePlace() {
	if s.places != nil {
		<-s.places
	}
}

// admit makes a Conn of an accepted connection that has a place, or closes it
// because the server is shutting down.
func (s *Server) admit(nc net.Conn) *Conn {
	c := newConn(s, nc)
	if !s.remember(c) {
		nc.Close()
		s.freePlace()
		return nil
	}
	return c
}

// remember registers a connection, unless the server is shutting down.
func (s *Server) remember(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

// forget ends the server's responsibility for a connection, because it has ended
// or has been handed over. It may be called twice.
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
