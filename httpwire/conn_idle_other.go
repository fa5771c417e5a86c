//go:build !unix

package httpwire

import (
	"net"
	"syscall"
)

// attempt has nothing to keep here: reading cannot be tried without a buffer.
type attempt struct{}

// receive waits for the first octets of a request. It returns a burst with n of
// them in its room.
func (a *attempt) receive(s *socket, spare *burst, deadline instant) (b *burst, n int, err error) {
	return receiveBuffered(s, spare, deadline)
}

// rawConn returns nil: reading cannot be tried without a buffer.
func rawConn(net.Conn) syscall.RawConn { return nil }
