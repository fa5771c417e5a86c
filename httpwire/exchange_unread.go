package httpwire

import (
	"io"
	"math"
	"time"

	"rawserve/httpwire/syntax"
)

// unreadFate is what becomes of the part of a request body that the handler has not
// read.
type unreadFate int

const (
	unreadIsNothing   unreadFate = iota // all has been read
	unreadIsHandlers                    // the handler may still read it
	unreadIsDiscarded                   // it is little: it is read and discarded, and the connection is kept open
	unreadIsLeft                        // it stays where it is, and the connection closes
)

// What is discarded to keep a connection open: so many octets of content, in so much
// time.
const (
	drainAtMost  = 256 << 10
	drainTimeout = 500 * time.Millisecond
)

// unread decides what becomes of an unread body. It is asked before the head of the
// response is fixed, and again when the response has ended. RFC 9112, Section 9.3:
// "A server MUST read the entire request message body or close the connection after
// sending its response".
func (x *exchange) unread() unreadFate {
	b := &x.body
	switch {
	case b.state == bodyComplete:
		return unreadIsNothing
	case b.state == bodyBroken:
		return unreadIsLeft
	case b.state == bodyAwaits:
		return unreadIsLeft // nobody can say whether the body or another request comes next
	case !x.returned:
		return unreadIsHandlers
	case b.remaining > drainAtMost:
		return unreadIsLeft
	}
	return unreadIsDiscarded
}

// discardArrived discards what has arrived of a body that the handler left unread,
// without waiting for more: if it is broken, that is to be known before anything
// is answered.
func (x *exchange) discardArrived() {
	b := &x.body
	for b.state == bodyArrives && len(b.in.window()) > 0 && b.discard() {
	}
}

// discardUnread waits for the rest of the body and discards it. It reports whether
// the connection can be kept open.
func (x *exchange) discardUnread() bool {
	b, before := &x.body, x.body.size
	kept := x.unread() == unreadIsDiscarded && b.drain()
	text := "drained"
	if !kept {
		text = "too much or too slow, connection closes"
	}
	x.conn().traceUnread(b.size-before, text)
	return kept
}

// traceLeft reports that the rest of a body stays where it is.
func (x *exchange) traceLeft() {
	if b := &x.body; b.state == bodyArrives || b.state == bodyAwaits {
		x.conn().traceUnread(b.size, "left, connection closes")
	}
}

// drain reads the body to its end, within the bounds above.
func (b *body) drain() (ended bool) {
	b.limit, b.pace = math.MaxInt64, pace{}
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	start := b.in.now()
	for drained := 0; drained <= drainAtMost; {
		b.timeout = max(0, drainTimeout-b.in.since(start))
		n, err := b.read(scratch[:])
		if drained += n; err != nil {
			return err == io.EOF
		}
	}
	return false
}

// discard takes one step through the window; it reports whether there was one.
func (b *body) discard() bool {
	if b.framing.Kind != syntax.Chunked {
		n := int(min(int64(len(b.in.window())), b.remaining))
		b.in.use(n)
		b.size += int64(n)
		if b.remaining -= int64(n); b.remaining == 0 {
			b.state = bodyComplete
		}
		return n > 0
	}
	consumed, _, done, err := b.chunks.Next(b.in.window())
	b.in.use(consumed)
	switch {
	case err != nil:
		b.fail(b.at(err.(*syntax.Error)))
	case done:
		b.state = bodyComplete
	}
	return consumed > 0 || b.state != bodyArrives
}
