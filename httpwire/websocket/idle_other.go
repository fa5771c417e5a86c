//go:build !unix

package websocket

import "net"

// idle has nothing to keep here: reading cannot be tried without a buffer.
type idle struct{}

func (i *idle) open(nc net.Conn) {}

// read waits for octets, and returns a buffer that begins with n of them.
func (i *idle) read(nc net.Conn) (b *buffer, n int, err error) { return readBuffered(nc) }
