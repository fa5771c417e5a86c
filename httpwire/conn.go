package httpwire

import (
	"crypto/tls"
	"io"
	"net"
)

// Conn is a connection. Handlers and hooks use it to tell connections apart;
// the octets on it belong to the server.
//
// A connection without a request in progress is no more than this: what one needs
// besides is a burst, which exists from the first octet of a request until the
// connection is idle again.
type Conn struct {
	server   *Server
	trace    *Trace // of the server
	socket   socket
	life     life
	idle     idle
	id       uint64
	requests int
}

// newConn makes a connection of a socket that has just been accepted.
func newConn(s *Server, nc net.Conn) *Conn {
	c := &Conn{server: s, trace: s.Trace, id: s.lastID.Add(1)}
	c.socket.open(nc)
	return c
}

// ID returns a number no other connection of the server has, counted from 1.
func (c *Conn) ID() uint64 { return c.id }

// RemoteAddr returns the address of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.socket.nc.RemoteAddr() }

// LocalAddr returns the address at which the client reached the server.
func (c *Conn) LocalAddr() net.Addr { return c.socket.nc.LocalAddr() }

// Requests returns how many requests have been received on the connection, the
// present one included.
func (c *Conn) Requests() int { return c.requests }

// TLS returns the state of the TLS connection, or nil if there is none.
func (c *Conn) TLS() *tls.ConnectionState {
	if t, ok := c.socket.nc.(*tls.Conn); ok {
		state := t.ConnectionState()
		return &state
	}
	return nil
}

// serve is the life of a connection, or what is left of it after it was parked.
func (c *Conn) serve() {
	defer c.end()
	if next := c.loop(); next.kind == closes {
		c.close(next)
	}
}

// loop waits for a request, serves the burst that begins with it, and so on. It
// returns how that ended.
func (c *Conn) loop() (next step) {
	var b *burst
	defer func() {
		if value := recover(); value != nil {
			next = c.contain(value, b)
		} else if b != nil {
			c.leaveGoroutine(b)
		}
	}()
	if c.requests == 0 {
		next = c.open()
	}
	for next.continues() {
		if b, next = c.wait(); next.continues() {
			next = b.serve()
			next = b.end(next)
			b = nil
		}
	}
	return next
}

// contain returns what follows a panic that is not a handler's or OnRequest's (see
// exchange.run), but of another hook or of our own, in a burst or outside of one (b is
// nil): it ends the connection, not the process.
func (c *Conn) contain(value any, b *burst) step {
	c.logPanic(value)
	next := closeBecause(ReasonPanic, withReset)
	if c.handedOver() {
		next = gone
	}
	if b != nil {
		next.stray = b.exchange.hasStray()
		next = b.end(next)
	}
	return next
}

// leaveGoroutine ends the connection because its goroutine is being ended by a
// handler or a hook, in a burst.
func (c *Conn) leaveGoroutine(b *burst) {
	next := closeBecause(ReasonPanic, withReset)
	if b.exchange.isOpen() {
		next = b.exchange.leaveGoroutine()
	}
	if next = b.end(next); next.kind == closes {
		c.close(next)
	}
}

// open admits the connection and completes its handshake, within the time for a
// head.
func (c *Conn) open() step {
	if f := c.server.OnConnection; f != nil && f(c) != nil {
		return closeBecause(ReasonNotAdmitted, atOnce)
	}
	err := c.socket.handshake(c.server.base, after(0, c.limits().headTimeout))
	switch {
	case err == nil:
		return again
	case c.stopping():
		return c.stopped()
	case err == io.EOF: // not an octet of a handshake
		return failed(err, ReasonClientClosed)
	}
	return failed(err, ReasonHandshake)
}

// limits returns the limits and timeouts of the server.
func (c *Conn) limits() *limits { return &c.server.limits }

// stopping reports whether the server is shutting down.
func (c *Conn) stopping() bool { return c.server.draining.Load() }

// nextRequest counts a request and returns its number.
func (c *Conn) nextRequest() int {
	c.requests++
	return c.requests
}

// isTCP reports whether the octets of HTTP are those of a TCP connection.
func (c *Conn) isTCP() bool { return c.socket.tcp() != nil }

// interrupt wakes the connection's goroutine from waiting for a request.
func (c *Conn) interrupt() { c.socket.interrupt() }

// cut closes the connection while its goroutine may be using it.
func (c *Conn) cut() { c.socket.close() }
