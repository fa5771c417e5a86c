//go:build unix

package httpwire

import (
	"io"
	"syscall"
)

// idleRead is the state of a read that holds no buffer while it waits.
type idleRead struct {
	try func(fd uintptr) bool // c.tryRead, made once per connection
	n   int
	err error
}

// readIdle waits until the first octets of a request arrive. A connection that
// waits owns no buffer: one is taken when the socket has something for it.
func (c *Conn) readIdle(wanted instant) error {
	if c.raw == nil {
		return c.readIdlePlain(wanted)
	}
	if err := c.takeReadError(); err != nil {
		return err
	}
	if c.workspace != nil {
		c.workspace.release()
		c.workspace = nil
	}
	if c.idle.try == nil {
		c.idle.try = c.tryRead
	}
	for {
		if err := c.armRead(wanted); err != nil {
			return err
		}
		c.idle.n, c.idle.err = 0, nil
		err := c.raw.Read(c.idle.try)
		if err == nil {
			return c.idleResult()
		}
		expired, early := c.fired(&c.readTimer, err, wanted)
		switch {
		case expired:
			return errTimeout
		case !early:
			return err
		}
	}
}

// tryRead reads what the socket has, without waiting. It reports false if that
// is nothing, which makes the caller wait for more.
func (c *Conn) tryRead(fd uintptr) bool {
	ws := workspaces.Get().(*workspace)
	for {
		n, err := syscall.Read(int(fd), ws.in.octets)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			workspaces.Put(ws)
			return false
		case n <= 0:
			workspaces.Put(ws)
			c.idle.err = err
			return true
		}
		c.workspace = ws
		c.idle.n = n
		return true
	}
}

// idleResult takes what tryRead has left.
func (c *Conn) idleResult() error {
	switch {
	case c.idle.n > 0:
		c.traceRead(c.in.octets[:c.idle.n])
		c.in.received(c.idle.n)
		c.configure()
		return nil
	case c.idle.err != nil:
		return c.idle.err
	}
	return io.EOF
}
