package httpwire

import (
	"errors"
	"net"
	"slices"
	"sync"

	"rawserve/httpwire/syntax"
)

// ErrInterim is the error for a status code that is not an interim one that a
// handler may send.
var ErrInterim = errors.New("httpwire: an interim response has a status code from 102 to 199")

// ErrNotUpgradable is what Upgrade returns when the request does not offer the
// protocol, has a body, or has been answered. It can still be answered as HTTP.
var ErrNotUpgradable = errors.New("httpwire: the request does not offer this upgrade")

// Informational sends an interim response, such as 103 (Early Hints), at once,
// with fields given as name, value, name, value. It does nothing for HTTP/1.0,
// which does not know them. 100 is sent by Request.Continue, 101 by Upgrade.
// RFC 9110, Section 15.2.
func (w *Response) Informational(status int, nameValues ...string) error {
	a := w.enter()
	if a == nil {
		return ErrDone
	}
	defer w.leave()
	switch {
	case a.state != headOpen:
		return ErrHeadSent
	case status < 102 || status > 199:
		return ErrInterim
	case a.minor == 0:
		return nil
	}
	if err := checkInterim(nameValues); err != nil {
		return err
	}
	a.exchange.sendInterim(status, nameValues)
	return a.out.flush()
}

// checkInterim reports whether the fields can be sent in an interim response.
func checkInterim(nameValues []string) error {
	if len(nameValues)%2 != 0 {
		return ErrPairs
	}
	for name, value := range pairs(nameValues) {
		if err := checkField(name, value); err != nil {
			return err
		}
		if special(name) {
			return about(ErrServerField, name)
		}
	}
	return nil
}

// sendInterim queues an interim response. It has no body, so none of the fields
// that frame one. RFC 9110, Section 8.6.
func (x *exchange) sendInterim(status int, nameValues []string) {
	out := x.out()
	b := syntax.AppendStatusLine(out.tail(), status, "")
	for name, value := range pairs(nameValues) {
		b = syntax.AppendField(b, name, value)
	}
	out.setTail(syntax.AppendEnd(b))
}

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
	taken.Conn, taken.rest, taken.err = x.in().handOver()
	a.state, a.taken = handedOver, taken
	if !c.handOver() {
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
	rest    []byte
	err     error // after rest
	release func()
}

// Read returns the octets that had arrived, then what the connection delivers.
func (t *takenConn) Read(p []byte) (int, error) {
	if len(t.rest) > 0 {
		n := copy(p, t.rest)
		if t.rest = t.rest[n:]; len(t.rest) == 0 {
			t.rest = nil
		}
		return n, nil
	}
	if t.err != nil {
		return 0, t.err
	}
	return t.Conn.Read(p)
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
