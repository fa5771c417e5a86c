package httpwire

import "time"

// parkAfter is how long a connection waits in the goroutine that has served it. The
// stack of a goroutine does not shrink to its first size again, so a connection that
// stays idle moves to a new one.
const parkAfter = 2 * time.Second

// idle is what a connection keeps while it waits for a request: no buffer, and
// after a while no more stack than waiting needs.
type idle struct {
	attempt  attempt // the read that needs no buffer while it waits: conn_idle_unix.go
	since    instant // when the last response had been sent
	parkable bool    // the goroutine is the server's, which may give the connection another one
	spare    *burst  // of a connection that cannot wait without a buffer; nil for sockets
	parked   bool    // it goes on waiting in another one
}

// prepareToWait readies an accepted connection for a goroutine of its own. Its
// first deadline is armed here and not where it is needed, because that call is the
// deepest before a silent connection waits: without it a stack stays at 2 KiB. Only
// sockets are parked: other kinds of net.Conn may not go on after a deadline.
func (c *Conn) prepareToWait(headTimeout time.Duration) {
	c.socket.armRead(after(0, headTimeout))
	c.idle.parkable = c.socket.raw != nil
}

// wait waits for the first octets of a request and returns the burst that begins
// with them. From parkAfter on it waits in another goroutine.
func (c *Conn) wait() (*burst, step) {
	wasParked := c.idle.parked
	c.idle.parked = false
	if !wasParked {
		c.idle.since = c.socket.clock.now()
		if next := c.becomeIdle(); !next.continues() {
			return nil, next
		}
	}
	ends := after(c.idle.since, c.limits().idleTimeout)
	if c.Requests() == 0 {
		ends = after(0, c.limits().headTimeout)
	}
	until := ends
	if c.idle.parkable && c.Requests() > 0 && !wasParked {
		until = min(ends, c.idle.since+instant(parkAfter))
	}
	b, n, err := c.idle.attempt.receive(&c.socket, c.takeSpare(), until)
	switch {
	case err == nil:
		b.start(c, &c.socket, n)
		next := c.becomeActive()
		if !next.continues() {
			b.release()
			return nil, next
		}
		return b, again
	case err == errTimeout && until < ends && !c.stopping():
		c.socket.armRead(ends) // here and not by the next goroutine, whose stack it would make grow
		c.idle.parked = true
		return nil, parked
	}
	return nil, c.endOfIdle(err)
}

// isParked reports whether another goroutine is to go on waiting.
func (c *Conn) isParked() bool { return c.idle.parked }

// endOfIdle explains why an idle connection ends.
func (c *Conn) endOfIdle(err error) step {
	switch {
	case c.stopping():
		return c.stopped()
	case err == errTimeout && c.Requests() == 0:
		c.traceDecision(DecisionTimeout, "head")
		return closeBecause(ReasonHeadTimeout, atOnce)
	case err == errTimeout:
		c.traceDecision(DecisionTimeout, "idle")
		return closeBecause(ReasonIdleTimeout, atOnce)
	}
	return failed(err, ReasonClientClosed)
}

// keepSpare keeps a burst that is over for the next one, if the connection cannot
// wait without a buffer, and if this one has not grown.
func (c *Conn) keepSpare(b *burst) bool {
	if c.socket.raw != nil || b.hasGrown() {
		return false
	}
	c.idle.spare = b
	return true
}

// takeSpare returns the burst that keepSpare has kept, or nil.
func (c *Conn) takeSpare() *burst {
	b := c.idle.spare
	c.idle.spare = nil
	return b
}

// receiveBuffered is attempt.receive for connections that are not sockets of ours,
// such as TLS and in-memory ones: a buffer is held while waiting, that of the spare
// burst if there is one.
func receiveBuffered(s *socket, spare *burst, deadline instant) (b *burst, n int, err error) {
	b = spare
	if b == nil {
		b = takeBurst()
	}
	if n, err = s.read(b.room(), deadline); err != nil {
		b.release()
		return nil, 0, err
	}
	return b, n, nil
}
