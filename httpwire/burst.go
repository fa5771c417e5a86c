package httpwire

import (
	"errors"
	"io"
	"sync"

	"rawserve/httpwire/syntax"
)

// burst is what a connection needs from the first octet of a request until it is
// idle again: buffers, parsers, and the exchange in progress. A client that
// pipelines sends several requests in one burst. Bursts are recycled between
// connections; nothing in one can be reached by a handler, except through methods
// that fail once the exchange is over, and spans, which are never overwritten.
type burst struct {
	conn     *Conn
	in       input
	out      output
	head     syntax.HeadParser
	chunks   syntax.ChunkDecoder
	fields   fieldRoom
	exchange exchange
}

// bursts recycles bursts. Measured with 64 busy connections: without the pool each
// request costs 9 KiB of garbage.
var bursts = sync.Pool{New: func() any {
	b := &burst{in: newInput()}
	b.exchange.belong(b)
	return b
}}

func takeBurst() *burst { return bursts.Get().(*burst) }

// putBack gives back a burst that has not been started.
func (b *burst) putBack() { bursts.Put(b) }

// room returns where the first octets of the burst are read to, before start.
func (b *burst) room() []byte { return b.in.room() }

// start begins the burst of a connection with the n octets that have been read
// into its room.
func (b *burst) start(c *Conn, s *socket, n int) {
	if b.conn != c { // or it is the spare one of this connection
		b.conn = c
		b.in.start(c, s)
		b.out.start(c, s)
		b.head.Limits, b.head.Secure = c.limits().head, s.secure
		b.chunks.Limits = c.limits().chunk
	}
	c.traceRead(b.in.room()[:n])
	b.in.received(n)
}

// server returns the server of the connection.
func (b *burst) server() *Server { return b.conn.server }

// serve receives and answers requests until none is in progress: receive a head, run
// the handler, finish the response, repeat. It returns what follows.
func (b *burst) serve() (next step) {
	for next.continues() && len(b.in.window()) > 0 {
		var head int
		if head, next = b.receiveHead(); next.continues() {
			next = b.answer(head)
		}
	}
	return next
}

// end writes the answers that wait for the next one, now that there is nothing left to
// answer, and gives the burst back, unless a stray goroutine still uses it. It returns
// what follows, as flush does.
func (b *burst) end(next step) step {
	if next.stray {
		return next
	}
	b.exchange.detach() // a panic may have skipped it
	next = b.flush(next)
	if !next.continues() || !b.conn.keepSpare(b) {
		b.release()
	}
	return next
}

// receiveHead reads until a whole head is in the window, and returns its length.
// Finished answers are flushed before it waits for octets, and not before.
func (b *burst) receiveHead() (head int, next step) {
	begun := never // when the first octet of the head arrived
	if b.conn.Requests() == 0 {
		begun = 0
	}
	for {
		n, err := b.head.Parse(b.in.window())
		switch {
		case err != nil:
			return 0, b.refuse(err.(*syntax.Error))
		case n > 0:
			return n, again
		}
		if err := b.out.flush(); err != nil {
			return 0, failed(err, ReasonWriteFailed)
		}
		begun = min(begun, b.in.now())
		if _, err := b.in.fill(after(begun, b.conn.limits().headTimeout)); err != nil {
			return 0, b.endOfHead(err)
		}
	}
}

// endOfHead refuses a head that did not arrive whole. An empty line alone is no
// request: nobody waits for an answer to it.
func (b *burst) endOfHead(err error) step {
	window := b.in.window()
	onlyEmptyLine := len(window) <= len("\r\n") && window[0] == '\r'
	switch {
	case err == errTimeout:
		b.conn.traceDecision(DecisionTimeout, "head")
		if onlyEmptyLine {
			return closeBecause(ReasonHeadTimeout, atOnce)
		}
		return b.refuse(HeadTimeout.At(len(window)))
	case errors.Is(err, io.EOF) && !onlyEmptyLine:
		return b.refuse(Incomplete.At(len(window)))
	}
	return failed(err, ReasonClientClosed)
}

// answer runs the handler for the request whose head stands in the first octets of
// the window, and finishes its response.
func (b *burst) answer(head int) step {
	x := &b.exchange
	x.begin(b, b.head.Head(), head)
	err := x.run()
	if x.hasStray() {
		return x.abandon(err)
	}
	next := b.conclude(x.finish(err))
	if next.continues() {
		b.head.Reset()
	}
	return next
}

// conclude ends an exchange whose answer is finished. Unless another request has
// arrived, the answer leaves first: what is told of it then is what became of it.
func (b *burst) conclude(next step) step {
	if !next.continues() || len(b.in.window()) == 0 {
		next = b.flush(next)
	}
	return b.exchange.end(next)
}

// flush writes the finished answers. It returns what follows, which is a close if
// they cannot be written.
func (b *burst) flush(next step) step {
	switch err := b.out.flush(); {
	case err == nil:
	case next.continues():
		next = failed(err, ReasonWriteFailed)
	case next.manner == lingering:
		next.manner = atOnce // the last answer is lost
	}
	return next
}

// hasGrown reports whether one large request has made the buffers larger.
func (b *burst) hasGrown() bool { return b.in.hasGrown() || b.out.hasGrown() }

// release gives the burst back. Buffers that one large request has grown are left
// to the garbage collector.
func (b *burst) release() {
	b.conn = nil
	b.in.reset()
	b.out.reset()
	b.head.Reset()
	bursts.Put(b)
}
