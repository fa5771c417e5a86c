//go:build unix

package httpwire

import (
	"io"
	"net"
	"syscall"
)

// attempt is a read that holds no buffer while it waits: one is taken when the
// socket may have something, and given back if it has not.
type attempt struct {
	try   func(fd uintptr) (over bool) // a.read, made once per connection
	burst *burst                       // what the latest attempt has found; nil while waiting
	n     int                          // how many octets
	err   error
}

// receive waits for the first octets of a request. It returns a burst with n of
// them in its room.
func (a *attempt) receive(s *socket, spare *burst, deadline instant) (b *burst, n int, err error) {
	if s.raw == nil {
		return receiveBuffered(s, spare, deadline)
	}
	if err := s.takeFailure(); err != nil {
		return nil, 0, err
	}
	if a.try == nil {
		a.try = a.read
	}
	for {
		if err := s.armRead(deadline); err != nil {
			return nil, 0, err
		}
		err := s.raw.Read(a.try)
		if err == nil {
			return a.found()
		}
		if err := s.readFailed(err, deadline); err != nil {
			return nil, 0, err
		}
	}
}

// read reads what the socket has, without waiting. It reports false if that is
// nothing, which makes the caller wait for more.
func (a *attempt) read(fd uintptr) (over bool) {
	b := takeBurst()
	for {
		n, err := syscall.Read(int(fd), b.room())
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			b.putBack()
			return false
		case n <= 0:
			b.putBack()
			a.err = err
			return true
		}
		a.burst, a.n = b, n
		return true
	}
}

// found takes what the latest attempt has left.
func (a *attempt) found() (b *burst, n int, err error) {
	b, n, err = a.burst, a.n, a.err
	a.burst, a.n, a.err = nil, 0, nil
	if b == nil && err == nil {
		err = io.EOF
	}
	return b, n, err
}

// rawConn returns access to the socket of nc if its octets are those of HTTP.
func rawConn(nc net.Conn) syscall.RawConn {
	switch nc := nc.(type) {
	case *net.TCPConn:
		raw, _ := nc.SyscallConn()
		return raw
	case *net.UnixConn:
		raw, _ := nc.SyscallConn()
		return raw
	}
	return nil
}
