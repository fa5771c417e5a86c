package main

import (
	"io"
	"net"
	"os"
)

// serveCeiling is the net.Conn ceiling: what any server with a goroutine per
// connection must pay on this machine for reading and writing. It sets no
// deadline and looks at no octet after the first request (see layout.go).
func serveCeiling(o options) error {
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	return acceptCeiling(listener, newLargeFile(o.file))
}

// largeFile is the file served as /large.
type largeFile struct {
	path string
	size int
}

func newLargeFile(path string) largeFile {
	info, err := os.Stat(path)
	if err != nil {
		return largeFile{}
	}
	return largeFile{path, int(info.Size())}
}

func acceptCeiling(listener net.Listener, large largeFile) error {
	for {
		nc, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer nc.Close()
			c := ceilingConn{nc: nc, large: large, in: make([]byte, 4096)}
			c.serve()
		}()
	}
}

type ceilingConn struct {
	nc     net.Conn
	large  largeFile
	file   *os.File // opened when the first request asks for it
	in     []byte
	have   int // octets in in: not yet answered
	layout layout
	out    []byte
}

// writevFrom is the body size from which head and body go out in one writev
// instead of being copied together.
const writevFrom = 16 << 10

func (c *ceilingConn) serve() {
	if !c.first() {
		return
	}
	if c.file != nil {
		defer c.file.Close()
	}
	for {
		n := c.have / c.layout.size
		if n > 0 && (!c.respond(n) || c.layout.answer.closes) {
			return
		}
		c.have = copy(c.in, c.in[n*c.layout.size:c.have])
		if !c.read() {
			return
		}
	}
}

// first reads until the layout is known.
func (c *ceilingConn) first() bool {
	for known := false; !known; {
		if c.have == len(c.in) {
			c.in = append(c.in, make([]byte, 64<<10)...)
		}
		if !c.read() {
			return false
		}
		c.layout, known = learn(c.in[:c.have], c.large.size)
	}
	var err error
	if c.layout.answer.file {
		c.file, err = os.Open(c.large.path)
	}
	return err == nil
}

func (c *ceilingConn) read() bool {
	n, err := c.nc.Read(c.in[c.have:])
	c.have += n
	return err == nil
}

// respond answers the n complete requests at the beginning of c.in.
func (c *ceilingConn) respond(n int) bool {
	a := &c.layout.answer
	switch {
	case a.file:
		return c.sendFile(n)
	case a.echo && c.layout.size >= writevFrom:
		return c.echoLarge(n)
	}
	c.out = c.out[:0]
	for i := range n {
		c.out = append(c.out, a.head...)
		for _, s := range c.layout.body {
			c.out = append(c.out, c.in[i*c.layout.size+s.from:i*c.layout.size+s.to]...)
		}
	}
	_, err := c.nc.Write(c.out)
	return err == nil
}

func (c *ceilingConn) echoLarge(n int) bool {
	for i := range n {
		message := c.in[i*c.layout.size:]
		pieces := net.Buffers{c.layout.answer.head}
		for _, s := range c.layout.body {
			pieces = append(pieces, message[s.from:s.to])
		}
		if _, err := pieces.WriteTo(c.nc); err != nil {
			return false
		}
	}
	return true
}

func (c *ceilingConn) sendFile(n int) bool {
	for range n {
		if _, err := c.nc.Write(c.layout.answer.head); err != nil {
			return false
		}
		if _, err := c.file.Seek(0, io.SeekStart); err != nil {
			return false
		}
		if _, err := io.Copy(c.nc, c.file); err != nil {
			return false
		}
	}
	return true
}
