package httpwire

import (
	"io"
	"math"
	"time"

	"rawserve/httpwire/syntax"
)

// bodyState is how far a request body has come.
type bodyState int

const (
	bodyComplete bodyState = iota // it has been read to its end, or there is none
	bodyArrives                   // there is more to read
	bodyAwaits                    // nothing is sent before 100 (Continue), at least for a while
	bodyBroken                    // it cannot be read any further: see body.err
)

// rest is what becomes of the part of a request body that the handler has not
// read.
type rest int

const (
	restIsNothing   rest = iota // all has been read
	restIsHandlers              // the handler may still read it
	restIsDiscarded             // it is little: it is read and discarded, and the connection is kept open
	restIsLeft                  // it stays where it is, and the connection closes
)

// What is discarded to keep a connection open: so many octets of content, in so much
// time.
const (
	drainAtMost  = 256 << 10
	drainTimeout = 500 * time.Millisecond
)

// rest decides what becomes of an unread body. It is asked before the head of the
// response is fixed, and again when the response has ended. RFC 9112, Section 9.3:
// "A server MUST read the entire request message body or close the connection after
// sending its response".
func (x *exchange) rest() rest {
	b := &x.body
	switch {
	case b.state == bodyComplete:
		return restIsNothing
	case b.state == bodyBroken:
		return restIsLeft
	case b.state == bodyAwaits:
		return restIsLeft // nobody can say whether the body or another request comes next
	case !x.returned:
		return restIsHandlers
	case b.rest > drainAtMost:
		return restIsLeft
	}
	return restIsDiscarded
}

// lookAhead discards what has arrived of a body that the handler left unread,
// without waiting for more: if it is broken, that is to be known before anything
// is answered.
func (x *exchange) lookAhead() {
	b := &x.body
	for b.state == bodyArrives && len(b.in.window()) > 0 && b.discard() {
	}
}

// discardRest waits for the rest of the body and discards it. It reports whether
// the connection can be kept open.
func (x *exchange) discardRest() bool {
	b, before := &x.body, x.body.size
	kept := x.rest() == restIsDiscarded && b.drain()
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
	b.limit = math.MaxInt64
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
		n := int(min(int64(len(b.in.window())), b.rest))
		b.in.use(n)
		b.size += int64(n)
		if b.rest -= int64(n); b.rest == 0 {
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

// mayContinue sends 100 (Continue) to a client that waits for it, unless that has
// given up waiting or the final response is on its way. RFC 9110, Section 10.1.1.
func (x *exchange) mayContinue() error {
	b, c := &x.body, x.conn()
	if b.state != bodyAwaits {
		return nil
	}
	switch {
	case len(b.in.window()) > 0:
		c.traceDecision(DecisionContinue, "not sent: the client has begun to send")
	case !x.headIsOpen():
		c.traceDecision(DecisionContinue, "not sent: the final response is on its way")
		return nil // it goes on waiting, so that the connection closes
	default:
		c.traceDecision(DecisionContinue, "sent: the handler wants the body")
		x.sendInterim(100, nil)
	}
	b.state = bodyArrives
	return x.out().flush()
}
