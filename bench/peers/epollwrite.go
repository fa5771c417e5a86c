package main

import "golang.org/x/sys/unix"

// write sends octets, and keeps a copy of what the socket does not take.
func (c *epollConn) write(octets []byte) bool {
	if len(c.pending) > 0 {
		c.pending = append(c.pending, octets...)
		return true
	}
	n, err := unix.Write(c.fd, octets)
	if err != nil && err != unix.EAGAIN {
		return false
	}
	c.pending = append(c.pending, octets[max(n, 0):]...)
	return true
}

// writev sends the head and the body of the message in one call.
func (c *epollConn) writev(message []byte) bool {
	pieces := [][]byte{c.layout.answer.head}
	for _, s := range c.layout.body {
		pieces = append(pieces, message[s.from:s.to])
	}
	n := 0
	if len(c.pending) == 0 {
		var err error
		if n, err = unix.Writev(c.fd, pieces); err != nil && err != unix.EAGAIN {
			return false
		}
	}
	n = max(n, 0)
	for _, p := range pieces {
		skip := min(n, len(p))
		c.pending = append(c.pending, p[skip:]...)
		n -= skip
	}
	return true
}

// sendFile sends what is left of the large file, as far as the socket takes it.
func (c *epollConn) sendFile() bool {
	for c.fileLeft && len(c.pending) == 0 {
		n, err := unix.Sendfile(c.fd, c.loop.file, &c.offset, c.loop.large.size-int(c.offset))
		if err == unix.EAGAIN {
			return true
		}
		if err != nil || n == 0 {
			return false
		}
		c.fileLeft = int(c.offset) < c.loop.large.size
	}
	return true
}

// flush goes on with an answer that did not fit the socket.
func (c *epollConn) flush() bool {
	if len(c.pending) > 0 {
		n, err := unix.Write(c.fd, c.pending)
		if err != nil && err != unix.EAGAIN {
			return false
		}
		c.pending = c.pending[:copy(c.pending, c.pending[max(n, 0):])]
	}
	return c.sendFile()
}
