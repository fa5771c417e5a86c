//go:build !unix

package httpwire

import "time"

// idleRead has nothing to keep here: reading cannot be tried without a buffer.
type idleRead struct{}

// readIdle waits until the first octets of a request arrive.
func (c *Conn) readIdle(wanted time.Time) error { return c.readIdlePlain(wanted) }
