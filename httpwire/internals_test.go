package httpwire

import (
	"testing"
	"time"
)

// What tests touch that is not exported stands in this file.

// dialParkable is dial for a connection that the server treats as if it were a
// socket it has accepted itself: when it has been idle for parkAfter, it goes on
// in another goroutine.
func dialParkable(t *testing.T, s *Server) *client {
	h := newHost(t, s)
	server, conn := h.pipes()
	s.initialise()
	s.takePlace()
	c := s.admit(server)
	c.idle.parkable = true
	go c.serve()
	return h.client(conn)
}

// paceDeadline returns how long a peer that has moved so many octets, and was
// waited for so long, may be waited for once more; 0 for ever.
func paceDeadline(octets int64, waited, timeout time.Duration, rate int64) time.Duration {
	const now instant = 5e9
	p := pace{octets: octets, waited: waited}
	switch deadline := p.deadline(now, timeout, rate); deadline {
	case never:
		return forever
	default:
		return time.Duration(deadline - now)
	}
}

// burstOf returns the burst in which a response is being made.
func burstOf(w *Response) *burst { return w.answer.exchange.burst }

// isFree reports whether a burst has been given back.
func (b *burst) isFree() bool { return b.conn == nil }

// isDraining reports whether Shutdown has begun, and has woken who waits.
func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining.Load()
}
