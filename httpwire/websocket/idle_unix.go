//go:build unix

package websocket

import (
	"io"
	"net"
	"syscall"
)

// idle reads without holding a buffer while it waits: one is taken when the socket
// may have something, and given back if it has not.
type idle struct {
	raw   syscall.RawConn // nil if that is not possible
	try   func(fd uintptr) (over bool)
	found *buffer
	n     int
	err   error
}

// open prepares reading from a connection.
func (i *idle) open(nc net.Conn) {
	if socket, ok := nc.(syscall.Conn); ok {
		i.raw, _ = socket.SyscallConn()
	}
}

// read waits for octets, and returns a buffer that begins with n of them.
func (i *idle) read(nc net.Conn) (b *buffer, n int, err error) {
	if ahead, ok := nc.(interface{ Buffered() int }); i.raw == nil || ok && ahead.Buffered() > 0 {
		return readBuffered(nc)
	}
	if i.try == nil {
		i.try = i.attempt
	}
	if err := i.raw.Read(i.try); err != nil {
		return nil, 0, err
	}
	b, n, err = i.found, i.n, i.err
	i.found, i.n, i.err = nil, 0, nil
	return b, n, err
}

// attempt reads what the socket has, without waiting. It reports false if that is
// nothing, which makes the caller wait for more.
func (i *idle) attempt(fd uintptr) (over bool) {
	b := buffers.Get().(*buffer)
	for {
		n, err := syscall.Read(int(fd), b.octets[:])
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			buffers.Put(b)
			return false
		case n <= 0:
			buffers.Put(b)
			if i.err = err; err == nil {
				i.err = io.EOF
			}
			return true
		}
		i.found, i.n = b, n
		return true
	}
}
