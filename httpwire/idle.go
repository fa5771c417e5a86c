package httpwire

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
