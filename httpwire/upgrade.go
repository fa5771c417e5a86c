package httpwire

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

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
func (handle *Response) Upgrade(protocol string, nameValues ...string) (net.Conn, error) {
	if !handle.use.enter() {
		return nil, ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	if w == nil {
		return nil, ErrDone
	}
	x := w.exchange
	offered := slices.ContainsFunc(slices.Collect(x.request.Header.List("Upgrade")), func(offer string) bool {
		return syntax.EqualFold(offer, protocol)
	})
	if !x.upgrade || !offered || w.state != headOpen || x.request.Body.Size() != 0 {
		return nil, ErrNotUpgradable
	}
	if err := checkInterim(nameValues); err != nil {
		return nil, err
	}
	fields := append([]string{"Connection", "Upgrade", "Upgrade", protocol}, nameValues...)
	c := x.conn
	c.out = appendInterim(c.out, 101, fields)
	w.upgraded = 101
	return w.handOver(protocol)
}

// Hijack hands the connection over without an answer. The caller then owns it
// and closes it; it has no deadlines. Octets that have arrived and were not read,
// those of the request body among them, are the first that its Read returns. If
// the handler returns an error all the same, the server closes the connection.
func (handle *Response) Hijack() (net.Conn, error) {
	if !handle.use.enter() {
		return nil, ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	switch {
	case w == nil || !w.exchange.ours():
		return nil, ErrDone
	case w.state != headOpen:
		return nil, ErrHeadSent
	}
	return w.handOver("")
}

// handOver flushes what is buffered and takes the connection out of the loop.
// Only the octets not yet consumed go along; the buffers go back to the pool. It
// fails if the connection has been abandoned meanwhile.
func (w *response) handOver(protocol string) (net.Conn, error) {
	x := w.exchange
	c := x.conn
	c.stopWatching()
	if err := c.flush(); err != nil {
		return nil, err
	}
	c.body = c.body[:0]
	c.nc.SetDeadline(time.Time{})
	h := &handedOverConn{Conn: c.nc, rest: slices.Clone(c.window()), err: c.takeReadError()}
	h.release = sync.OnceFunc(func() { c.server.vacate() })
	c.consume(len(c.window()))
	w.state, w.handedTo = handedOver, h
	if !c.state.CompareAndSwap(int32(stateActive), int32(stateHandedOver)) {
		return nil, ErrDone
	}
	c.server.forget(c)
	c.traceState("upgraded")
	if f := c.server.OnUpgrade; f != nil {
		f(c, protocol)
	}
	return h, nil
}

// handedOverConn is a connection with octets that have been read from it.
type handedOverConn struct {
	net.Conn
	rest    []byte
	err     error // behind rest
	release func()
}

// Read returns the octets that had arrived, then what the connection delivers.
func (h *handedOverConn) Read(p []byte) (int, error) {
	if len(h.rest) > 0 {
		n := copy(p, h.rest)
		if h.rest = h.rest[n:]; len(h.rest) == 0 {
			h.rest = nil
		}
		return n, nil
	}
	if h.err != nil {
		return 0, h.err
	}
	return h.Conn.Read(p)
}

// Close closes the connection and makes room for another.
func (h *handedOverConn) Close() error {
	h.release()
	return h.Conn.Close()
}

// CloseWrite closes the sending half, where the connection has one.
func (h *handedOverConn) CloseWrite() error {
	if half, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
