//go:build !unix

package httpwire

// idleRead has nothing to keep here: reading cannot be tried without a buffer.
type idleRead struct{}

// readIdle waits until the first octets of a request arrive.
func (c *Conn) readIdle(wanted instant) error { return c.readIdlePlain(wanted) }
