package httpwire

import (
	"io"
	"math"
	"slices"
	"time"

	"rawserve/httpwire/syntax"
)

// Body is the content of a request, without its framing: a stream that the
// handler pulls. Nothing is read ahead of the handler, which is the back
// pressure; nothing is allocated for octets that were only announced.
type Body struct {
	body *body // nil when the exchange is over
	use  *inUse
}

// body is what a Body leads to while the exchange lasts.
type body struct {
	exchange *exchange
	framing  syntax.Framing
	rest     int64 // octets still to come, with ContentLength
	size     int64 // content octets read so far
	limit    int64
	timeout  time.Duration
	pace     pace
	err      error // sticky; io.EOF behind the last octet
	waiting  bool  // the client waits for 100 (Continue)
}

// begin makes the body ready to be read.
func (b *body) begin(x *exchange, h *syntax.Head) {
	c := x.conn
	*b = body{exchange: x, framing: h.Framing, rest: h.Framing.Length, waiting: h.Continue,
		limit: c.server.maxBody(), timeout: c.server.bodyTimeout()}
	switch {
	case h.Framing.Kind == syntax.Chunked:
		c.chunks.Limits = c.server.chunkLimits()
		c.chunks.Reset()
	case h.Framing.Length == 0:
		b.err = io.EOF
	}
}

// Size returns the length of the content in octets, or -1 where it is not known
// before the end, with the chunked transfer coding.
func (handle *Body) Size() int64 {
	b := handle.body
	switch {
	case b == nil:
		return 0
	case b.framing.Kind == syntax.Chunked:
		return -1
	}
	return b.framing.Length
}

// SetLimit sets how many octets of content are accepted for this request, in
// place of Server.MaxBody. Negative means no limit. A longer body is answered
// 413 when it is first read.
func (handle *Body) SetLimit(octets int64) {
	if b := handle.body; b != nil {
		b.limit = octets
	}
}

// Limit returns how many octets of content are accepted; negative means no limit.
func (handle *Body) Limit() int64 {
	b := handle.body
	if b == nil {
		return 0
	}
	return b.limit
}

// SetTimeout sets how long a read of this body may wait without progress, in
// place of Server.BodyTimeout. Negative means for ever.
func (handle *Body) SetTimeout(d time.Duration) {
	if b := handle.body; b != nil {
		b.timeout = d
	}
}

// Read reads content. It returns io.EOF at the end of a complete body, trailer
// section included, and never otherwise: a body that is cut short, broken, too
// large or too slow is an *Error. The first read sends 100 (Continue) to a
// client that waits for it.
func (handle *Body) Read(p []byte) (n int, err error) {
	if !handle.use.enter() {
		return 0, ErrDone
	}
	defer handle.use.leave()
	b := handle.body
	if !b.exchange.ours() {
		return 0, ErrDone
	}
	return b.next(p)
}

// next is Read, for the handler and for what follows it.
func (b *body) next(p []byte) (n int, err error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.framing.Kind == syntax.Chunked {
		n, err = b.readChunked(p)
	} else {
		n, err = b.readLength(p)
	}
	if err != nil {
		b.end(err)
	}
	return n, b.err
}

// WriteTo writes the rest of the content to w.
func (handle *Body) WriteTo(w io.Writer) (written int64, err error) {
	b := handle.body
	switch {
	case b == nil || !b.exchange.ours():
		return 0, ErrDone
	case b.err == io.EOF:
		return 0, nil
	}
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	for {
		n, err := handle.Read(scratch[:])
		if n > 0 {
			m, err := w.Write(scratch[:n])
			written += int64(m)
			if err != nil {
				return written, err
			}
		}
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return written, err
		}
	}
}

// end stores the error that ends the body.
func (b *body) end(err error) {
	b.err = err
	if err == io.EOF && b.exchange.ctx != nil {
		b.exchange.watch()
	}
}

// readLength reads content that Content-Length delimits.
func (b *body) readLength(p []byte) (n int, err error) {
	if b.size == 0 && b.limit >= 0 && b.rest > b.limit {
		return 0, b.refuse(BodyTooLarge, b.limit)
	}
	n, err = b.take(p[:min(int64(len(p)), b.rest)])
	b.rest -= int64(n)
	b.size += int64(n)
	if b.rest == 0 {
		err = io.EOF
	}
	return n, err
}

// readChunked reads content in the chunked transfer coding.
func (b *body) readChunked(p []byte) (n int, err error) {
	c := b.exchange.conn
	for {
		if pending := c.chunks.Pending(); pending > 0 {
			if b.limit >= 0 && pending > b.limit-b.size {
				return 0, b.refuse(BodyTooLarge, c.chunks.Offset()+b.limit-b.size)
			}
			n, err = b.take(p[:min(int64(len(p)), pending)])
			c.chunks.Skip(n)
			b.size += int64(n)
			return n, err
		}
		consumed, _, done, err := c.chunks.Next(c.window())
		switch {
		case err != nil:
			refusal := err.(*syntax.Error)
			refusal.Offset += int64(b.exchange.headLength)
			return 0, refusal
		case done:
			b.exchange.keepTrailer(consumed)
			c.consume(consumed)
			return 0, io.EOF
		case consumed > 0:
			c.consume(consumed)
			continue
		}
		if err := b.fill(); err != nil {
			return 0, err
		}
	}
}

// keepTrailer stores the trailer section, which stands in the first n octets of
// the window.
func (x *exchange) keepTrailer(n int) {
	if fields := x.conn.chunks.Trailer(); len(fields) > 0 {
		x.trailer = Header{string(x.conn.window()[:n]), slices.Clone(fields)}
	}
}

// take moves octets that need no decoding to p: from the window if it has any,
// otherwise from the network, past the buffer if p is as large as that one.
func (b *body) take(p []byte) (n int, err error) {
	c := b.exchange.conn
	if len(c.window()) == 0 {
		if len(p) >= len(c.in.octets) {
			n, err = b.read(p)
			c.octetsIn += int64(n)
			return n, err
		}
		if err := b.fill(); err != nil {
			return 0, err
		}
	}
	n = copy(p, c.window())
	c.consume(n)
	return n, nil
}

// fill waits for more octets in the window.
func (b *body) fill() error {
	c := b.exchange.conn
	n, err := b.read(c.in.free())
	c.in.received(n)
	return err
}

// read waits for octets from the network. Before it waits, everything that the
// client may be waiting for goes out: answers to earlier requests, and 100
// (Continue). An unfinished response stays where it is.
func (b *body) read(p []byte) (n int, err error) {
	c := b.exchange.conn
	if err := b.sendContinue(); err != nil {
		return 0, err
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	start := c.now()
	n, err = c.read(p, b.pace.deadline(start, b.timeout))
	b.pace.add(int64(n), c.since(start))
	switch {
	case err == errTimeout:
		c.traceDecision(DecisionTimeout, "body")
		return n, b.refuse(BodyTimeout, b.received())
	case err != nil:
		return n, b.refuse(Incomplete, b.received())
	}
	return n, nil
}

// received returns how many octets of the body, framing included, have arrived.
func (b *body) received() int64 {
	c := b.exchange.conn
	if b.framing.Kind == syntax.Chunked {
		return c.chunks.Offset() + int64(len(c.window()))
	}
	return b.size + int64(len(c.window()))
}

// refuse returns the error for a rule broken at an offset of the body.
func (b *body) refuse(rule *syntax.Rule, offset int64) *syntax.Error {
	return &syntax.Error{Rule: rule, Offset: int64(b.exchange.headLength) + offset}
}

// sendContinue is Request.Continue.
func (handle *Body) sendContinue() error {
	if !handle.use.enter() {
		return ErrDone
	}
	defer handle.use.leave()
	if b := handle.body; b.exchange.ours() {
		return b.sendContinue()
	}
	return ErrDone
}

// sendContinue sends 100 (Continue) to a client that waits for it, unless it has
// given up waiting or the final response is on its way. RFC 9110, Section 10.1.1.
func (b *body) sendContinue() error {
	if !b.waiting {
		return nil
	}
	c := b.exchange.conn
	switch {
	case len(c.window()) > 0:
		c.traceDecision(DecisionContinue, "not sent: the client has begun to send")
	case b.exchange.response.state != headOpen:
		c.traceDecision(DecisionContinue, "not sent: the final response is on its way")
		return nil // keep waiting, so that the connection closes
	default:
		c.traceDecision(DecisionContinue, "sent: the handler wants the body")
		c.out = append(c.out, "HTTP/1.1 100 Continue\r\n\r\n"...)
	}
	b.waiting = false
	return c.flush()
}

// drainAtMost is how many octets of content that a handler left unread are
// discarded to keep a connection open, and drainTimeout how long that may take.
const (
	drainAtMost  = 256 << 10
	drainTimeout = 500 * time.Millisecond
)

// arrived discards what has arrived of a body that the handler left unread,
// without waiting. It reports whether the body has ended; a violation in it is
// an *Error.
func (b *body) arrived() (ended bool, err error) {
	c := b.exchange.conn
	for b.err == nil {
		if len(c.window()) == 0 || !b.discard() {
			return false, nil
		}
	}
	if b.err == io.EOF {
		return true, nil
	}
	return true, b.err
}

// discard takes one step through the window; it reports whether there was one.
func (b *body) discard() bool {
	c := b.exchange.conn
	if b.framing.Kind != syntax.Chunked {
		n := int(min(int64(len(c.window())), b.rest))
		c.consume(n)
		b.size += int64(n)
		if b.rest -= int64(n); b.rest == 0 {
			b.err = io.EOF
		}
		return n > 0
	}
	consumed, _, done, err := c.chunks.Next(c.window())
	switch {
	case err != nil:
		err.(*syntax.Error).Offset += int64(b.exchange.headLength)
		b.err = err
	case done:
		b.err = io.EOF
	}
	c.consume(consumed)
	return consumed > 0 || b.err != nil
}

// drainable reports whether it is worth waiting for the rest of a body that the
// handler left unread.
func (b *body) drainable() bool {
	return !b.waiting && b.rest <= drainAtMost
}

// drain waits for the rest of the body and discards it.
func (b *body) drain() error {
	b.limit = math.MaxInt64
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	c := b.exchange.conn
	start := c.now()
	for drained := 0; drained <= drainAtMost; {
		b.timeout = max(0, drainTimeout-c.since(start))
		n, err := b.next(scratch[:])
		if drained += n; err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
	return b.refuse(BodyTooLarge, b.received())
}

// wire returns how many octets of the body, framing included, have been used.
func (b *body) wire() int64 {
	if c := b.exchange.conn; b.framing.Kind == syntax.Chunked && c.workspace != nil {
		return c.chunks.Offset()
	}
	return b.size
}
