package httpwire

import "time"

// restAfter is how long a connection stays idle in its goroutine. The stack of
// that one has grown to what the handler needed, and nothing makes it as small
// again as a new one is, which is enough to wait in.
const restAfter = 2 * time.Second

// atRest is the outcome when the connection goes on in another goroutine.
var atRest = outcome{reason: "at rest"}

// waitIdle waits for the first octets of a head, from restAfter on in another
// goroutine.
func (c *Conn) waitIdle(now instant) outcome {
	rested := c.resting
	c.resting = false
	if !rested {
		c.idleSince = now
		if out := c.becomeIdle(); out != next {
			return out
		}
	}
	ends := after(c.idleSince, c.server.idleTimeout())
	if c.requests == 0 {
		ends = after(0, c.server.headTimeout())
	}
	until := ends
	if c.renewable && c.requests > 0 && !rested {
		until = min(ends, c.idleSince+instant(restAfter))
	}
	err := c.readIdle(until)
	if err == errTimeout && until < ends && !c.server.draining.Load() {
		// Armed here and not by the next goroutine, whose stack it would make grow.
		c.arm(&c.readTimer, ends, c.nc.SetReadDeadline)
		c.resting = true
		return atRest
	}
	if err != nil {
		return c.endOfIdle(err)
	}
	return c.becomeActive()
}

// readIdlePlain is readIdle for connections that are not sockets of ours, such
// as TLS and in-memory ones: the buffer is held while waiting.
func (c *Conn) readIdlePlain(wanted instant) error {
	if c.workspace == nil {
		c.workspace = workspaces.Get().(*workspace)
	}
	c.configure()
	n, err := c.read(c.in.free(), wanted)
	if n > 0 {
		c.in.received(n)
		return nil
	}
	return err
}

// configure prepares the head parser of a workspace for this connection.
func (c *Conn) configure() {
	c.head.Limits = c.server.headLimits()
	c.head.Secure = c.secure
}
