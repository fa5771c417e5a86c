package httpwire

import (
	"io"
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
	in       *input
	chunks   *syntax.ChunkDecoder
	reading
}

// reading is what there is to know about one body while it is read.
type reading struct {
	framing   syntax.Framing
	state     bodyState
	err       error // with bodyBroken: why
	head      int64 // octets of the head, which the offsets of errors include
	remaining int64 // octets still to come, with ContentLength
	size      int64 // content octets read so far
	limit     int64 // of size; negative: none
	timeout   time.Duration
	pace      pace
	trailer   Header
}

// bodyState is how far a request body has come. It is changed in this file, where
// the rest is discarded (exchange_unread.go), and where 100 is sent
// (response_interim.go).
type bodyState int

const (
	bodyComplete bodyState = iota // it has been read to its end, or there is none
	bodyArrives                   // there is more to read
	bodyAwaits                    // nothing is sent before 100 (Continue), at least for a while
	bodyBroken                    // it cannot be read any further: see body.err
)

// begin makes the body ready to be read; n is the length of the head.
func (b *body) begin(h *syntax.Head, n int) {
	limits := b.exchange.conn().limits()
	b.framing, b.head, b.remaining = h.Framing, int64(n), h.Framing.Length
	b.limit, b.timeout = limits.body, limits.bodyTimeout
	b.pace.octets = int64(len(b.in.window()) - n) // they have come with the head
	switch {
	case h.Continue:
		b.state = bodyAwaits
	case h.Framing.Kind == syntax.Chunked || h.Framing.Length > 0:
		b.state = bodyArrives
	}
	if h.Framing.Kind == syntax.Chunked {
		b.chunks.Reset()
	}
}

// beginRefused makes it the body of a request that is refused: nothing is read of
// it. What has been received is n octets.
func (b *body) beginRefused(n int, e *syntax.Error) {
	b.head, b.state, b.err = int64(n), bodyBroken, e
}

// reset empties the body for another request.
func (b *body) reset() { b.reading = reading{} }

// Size returns the length of the content in octets, or -1 where it is not known
// before the end, with the chunked transfer coding.
func (b *Body) Size() int64 {
	switch body := b.body; {
	case body == nil:
		return 0
	case body.framing.Kind == syntax.Chunked:
		return -1
	default:
		return body.framing.Length
	}
}

// SetLimit sets how many octets of content are accepted for this request, in
// place of Server.MaxBody. Negative means no limit. A longer body is answered
// 413 when it is first read.
func (b *Body) SetLimit(octets int64) {
	if body := b.body; body != nil {
		body.limit = octets
	}
}

// Limit returns how many octets of content are accepted; negative means no limit.
func (b *Body) Limit() int64 {
	if b.body == nil {
		return 0
	}
	return b.body.limit
}

// SetTimeout sets how long a read of this body may wait without progress, in
// place of Server.BodyTimeout. Negative means for ever.
func (b *Body) SetTimeout(d time.Duration) {
	if body := b.body; body != nil {
		body.timeout = d
	}
}

// Read reads content. It returns io.EOF at the end of a complete body, trailer
// section included, and never otherwise: a body that is cut short, broken, too
// large or too slow is a *syntax.Error. The first read sends 100 (Continue) to a
// client that waits for it.
func (b *Body) Read(p []byte) (n int, err error) {
	body := b.enter()
	if body == nil {
		return 0, ErrDone
	}
	defer b.leave()
	if n, err = body.read(p); err == io.EOF && !b.use.ended() {
		body.exchange.watch()
	}
	return n, err
}

// WriteTo writes the rest of the content to w.
func (b *Body) WriteTo(w io.Writer) (written int64, err error) {
	body := b.enter()
	if body == nil {
		return 0, ErrDone
	}
	complete := body.state == bodyComplete
	b.leave()
	if complete {
		return 0, nil // without a buffer
	}
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	for {
		n, err := b.Read(scratch[:])
		if n > 0 {
			m, err := w.Write(scratch[:n])
			written += int64(m)
			if err != nil {
				return written, err
			}
		}
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
	}
}

// sendContinue is Request.Continue.
func (b *Body) sendContinue() error {
	body := b.enter()
	if body == nil {
		return ErrDone
	}
	defer b.leave()
	return body.mayContinue()
}

// read is Body.Read, for the handler and for what follows it.
func (b *body) read(p []byte) (n int, err error) {
	switch {
	case b.state == bodyComplete:
		return 0, io.EOF
	case b.state == bodyBroken:
		return 0, b.err
	case len(p) == 0:
		return 0, nil
	case b.framing.Kind == syntax.Chunked:
		n, err = b.readChunked(p)
	default:
		n, err = b.readLength(p)
	}
	if err == io.EOF {
		b.state = bodyComplete
	} else if err != nil {
		b.fail(err)
	}
	return n, err
}

// fail says that the body cannot be read any further.
func (b *body) fail(err error) { b.state, b.err = bodyBroken, err }

// refusal returns the rule that the body breaks and where, or nil.
func (b *body) refusal() *syntax.Error {
	refusal, _ := b.err.(*syntax.Error)
	return refusal
}

// readLength reads content that Content-Length delimits.
func (b *body) readLength(p []byte) (n int, err error) {
	if b.size == 0 && b.limit >= 0 && b.remaining > b.limit {
		return 0, b.refuse(BodyTooLarge, b.limit)
	}
	n, err = b.take(p[:min(int64(len(p)), b.remaining)])
	b.remaining -= int64(n)
	b.size += int64(n)
	if b.remaining == 0 {
		err = io.EOF
	}
	return n, err
}

// readChunked reads content in the chunked transfer coding: all that has arrived,
// so that many small chunks are not as many reads.
func (b *body) readChunked(p []byte) (n int, err error) {
	for {
		if n > 0 && len(b.in.window()) == 0 {
			return n, nil
		}
		if b.chunks.Pending() > 0 {
			m, err := b.takeChunk(p[n:])
			if n += m; n > 0 && err != nil || n == len(p) {
				return n, nil // the next read finds the same error
			}
			if err != nil {
				return 0, err
			}
		}
		consumed, _, done, err := b.chunks.Next(b.in.window())
		if done {
			b.keepTrailer(consumed)
		}
		b.in.use(consumed)
		switch {
		case done:
			return n, io.EOF
		case err != nil && n > 0:
			b.fail(b.at(err.(*syntax.Error)))
			return n, nil
		case err != nil:
			return 0, b.at(err.(*syntax.Error))
		case consumed > 0:
			continue
		case n > 0:
			return n, nil
		}
		if _, err := b.receiveMore(nil); err != nil {
			return 0, err
		}
	}
}

// takeChunk moves chunk-data to p.
func (b *body) takeChunk(p []byte) (n int, err error) {
	pending := b.chunks.Pending()
	if b.limit >= 0 && pending > b.limit-b.size {
		return 0, b.refuse(BodyTooLarge, b.chunks.Offset()+b.limit-b.size)
	}
	n, err = b.take(p[:min(int64(len(p)), pending)])
	b.chunks.Skip(n)
	b.size += int64(n)
	return n, err
}

// keepTrailer stores the trailer section, which stands in the first n octets of
// the window.
func (b *body) keepTrailer(n int) {
	if fields := b.chunks.Trailer(); len(fields) > 0 {
		b.trailer = Header{string(b.in.window()[:n]), slices.Clone(fields)}
	}
}

// take moves octets that need no decoding to p: from the window if it has any,
// otherwise from the network, past the window if p is as large as its buffer.
func (b *body) take(p []byte) (n int, err error) {
	if len(b.in.window()) == 0 {
		if !b.in.wants(p) {
			return b.receiveMore(p)
		}
		if _, err := b.receiveMore(nil); err != nil {
			return 0, err
		}
	}
	n = copy(p, b.in.window())
	b.in.use(n)
	return n, nil
}

// receiveMore waits for octets from the network, and reads them to p, or to the window
// if p is nil. Before it waits, everything that the client may be waiting for goes
// out: answers to earlier requests, and 100 (Continue). An unfinished response stays
// where it is.
func (b *body) receiveMore(p []byte) (n int, err error) {
	if err := b.mayContinue(); err != nil {
		return 0, err
	}
	if err := b.exchange.out().flush(); err != nil {
		return 0, err
	}
	start := b.in.now()
	if deadline := b.pace.deadline(start, b.timeout, b.exchange.conn().limits().rate); p == nil {
		n, err = b.in.fill(deadline)
	} else {
		n, err = b.in.readPast(p, deadline)
	}
	b.pace.add(int64(n), b.in.since(start))
	switch {
	case err == errTimeout:
		b.exchange.conn().traceDecision(DecisionTimeout, "body")
		return n, b.refuse(BodyTimeout, b.received())
	case err != nil:
		return n, b.refuse(Incomplete, b.received())
	}
	return n, nil
}

// received returns how many octets of the body, framing included, have arrived.
func (b *body) received() int64 { return b.used() + int64(len(b.in.window())) }

// used returns how many octets of the body, framing included, have been used.
func (b *body) used() int64 {
	if b.framing.Kind == syntax.Chunked {
		return b.chunks.Offset()
	}
	return b.size
}

// wire returns how many octets of the request have been used.
func (b *body) wire() int64 { return b.head + b.used() }

// refuse returns the error for a rule broken at an offset of the body.
func (b *body) refuse(rule *syntax.Rule, offset int64) *syntax.Error {
	return b.at(&syntax.Error{Rule: rule, Offset: offset})
}

// at makes the offset of an error in the body count from the head.
func (b *body) at(e *syntax.Error) *syntax.Error {
	e.Offset += b.head
	return e
}
