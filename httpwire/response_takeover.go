package httpwire

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"syscall"

	"rawserve/httpwire/syntax"
)

// ErrNotUpgradable is what Upgrade returns when the request does not offer the
// protocol, has a body, or has been answered. It can still be answered as HTTP.
var ErrNotUpgradable = errors.New("httpwire: the request does not offer this upgrade")

// Upgrade switches the connection to a protocol that the request offers: it
// sends 101 with the fields given, and hands the connection over. The protocol
// must be one member of Upgrade; names compare without regard to the case of
// ASCII letters. A request with a body cannot be upgraded, since its octets would
// be in the way.
//
// The connection belongs to the caller from then on, as with Hijack. RFC 9110,
// Section 7.8.
func (w *Response) Upgrade(protocol string, nameValues ...string) (net.Conn, error) {
	a := w.enter()
	if a == nil {
		return nil, ErrDone
	}
	defer w.leave()
	if !a.mayUpgrade(protocol) {
		return nil, ErrNotUpgradable
	}
	if err := checkInterim(nameValues); err != nil {
		return nil, err
	}
	a.exchange.sendInterim(101, append([]string{"Connection", "Upgrade", "Upgrade", protocol}, nameValues...))
	a.takenStatus = 101
	return a.handOver(protocol)
}

// mayUpgrade reports whether the request offers the protocol and can be answered
// with it.
func (a *answer) mayUpgrade(protocol string) bool {
	r := a.exchange.request()
	offered := slices.ContainsFunc(slices.Collect(r.Header.List("Upgrade")), func(offer string) bool {
		return syntax.EqualFold(offer, protocol)
	})
	return a.offered && offered && a.state == headOpen && r.Body.Size() == 0
}

// Hijack hands the connection over without an answer. The caller then owns it
// and closes it; it has no deadlines. Octets that have arrived and were not read,
// those of the request body among them, are the first that its Read returns. If
// the handler returns an error all the same, the server closes the connection.
func (w *Response) Hijack() (net.Conn, error) {
	a := w.enter()
	if a == nil {
		return nil, ErrDone
	}
	defer w.leave()
	if a.state != headOpen {
		return nil, ErrHeadSent
	}
	return a.handOver("")
}

// handOver flushes what is queued and takes the connection out of the loop. Only
// the octets not yet used go along; the buffers go back to the pool. It fails if
// the connection has been abandoned meanwhile.
func (a *answer) handOver(protocol string) (net.Conn, error) {
	x := a.exchange
	c, s := x.conn(), x.server()
	x.stopWatching()
	if err := a.out.flush(); err != nil {
		return nil, err
	}
	a.out.drop()
	taken := &takenConn{release: sync.OnceFunc(s.freePlace)}
	taken.Conn, taken.early, taken.err = x.in().giveAway()
	a.state, a.taken = handedOver, taken
	if !c.becomeUpgraded() {
		return nil, ErrDone
	}
	s.forget(c)
	c.traceState(StateUpgraded)
	if f := s.OnUpgrade; f != nil {
		f(c, protocol)
	}
	return taken, nil
}

// takenConn is a connection with octets that have been read from it.
type takenConn struct {
	net.Conn
	early   []byte // octets that had arrived before the connection was taken
	err     error  // what follows early
	release func()
}

// Read returns the octets that had arrived, then what the connection delivers.
func (t *takenConn) Read(p []byte) (int, error) {
	if len(t.early) > 0 {
		n := copy(p, t.early)
		if t.early = t.early[n:]; len(t.early) == 0 {
			t.early = nil
		}
		return n, nil
	}
	if t.err != nil {
		return 0, t.err
	}
	return t.Conn.Read(p)
}

// Buffered returns how many octets Read returns without asking the connection.
func (t *takenConn) Buffered() int { return len(t.early) }

// SyscallConn returns access to the socket, if the octets on it are those of Read, once
// Buffered is 0: for owners who wait without holding a buffer.
func (t *takenConn) SyscallConn() (syscall.RawConn, error) {
	if raw := rawConn(t.Conn); raw != nil && t.err == nil {
		return raw, nil
	}
	return nil, errors.ErrUnsupported
}

// NetConn returns the connection below TLS; without TLS, the connection itself. Owners
// who have given the peer up close it first: Close would wait, for five seconds at
// most, until the peer takes an alert.
func (t *takenConn) NetConn() net.Conn {
	if secure, ok := t.Conn.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return t.Conn
}

// Close closes the connection and makes room for another.
func (t *takenConn) Close() error {
	t.release()
	return t.Conn.Close()
}

// CloseWrite closes the sending half, where the connection has one.
func (t *takenConn) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
