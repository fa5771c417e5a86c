package xray

import (
	"fmt"

	"rawserve/httpwire/syntax"
)

// lengthBody dissects a body of length octets.
func (b *build) lengthBody(length int64) {
	start := b.m.End()
	taken := int(min(length, int64(len(b.octets)-start)))
	b.windows(start, func(end int) bool {
		if have := min(end-start, taken); have > 0 && b.m.Body < int64(have) {
			b.step(end, "body", have-int(b.m.Body), nil)
			b.m.Body = int64(have)
		}
		return int(b.m.Body) < taken
	})
	if taken > 0 {
		b.add(KindBody, taken).Partly = int64(taken) < length
	}
	if int64(taken) < length {
		b.needMore(fmt.Sprintf("%s of the body, which has %d", Octets(length-int64(taken)), length), bodyTimer)
		return
	}
	b.done()
}

// closeBody dissects a body that ends with the connection.
func (b *build) closeBody() {
	if rest := len(b.octets) - b.m.End(); rest > 0 {
		b.add(KindBody, rest)
		b.m.Body = int64(rest)
	}
	if !b.options.Ended {
		b.needMore("the close, which is the only end this body has", "")
		return
	}
	b.done()
}

// chunkedBody gives a decoder one read after the other.
func (b *build) chunkedBody() {
	c := &chunks{build: b, start: b.m.End()}
	c.decoder.Span = b.label
	b.windows(c.start, c.feed)
	switch {
	case c.err != nil:
		err := *c.err
		err.Offset += int64(c.start - b.m.Offset)
		b.refused(&err, b.m.Head+c.used)
	case c.ended:
		b.done()
	default:
		expects := c.expects()
		b.rest(len(b.octets), expects)
		b.needMore(c.missing(expects), bodyTimer)
	}
}

// chunks is a chunked body being decoded.
type chunks struct {
	*build
	decoder syntax.ChunkDecoder
	start   int // offset of the body
	used    int // octets of the body that the decoder has consumed
	window  int // offset at which the last window began
	ended   bool
	err     *syntax.Error // its offset counts from the first octet of the body
}

// feed decodes until more octets than those before end are needed.
func (c *chunks) feed(end int) bool {
	expects, before := "", c.used
	if c.options.Steps {
		expects = c.expects()
	}
	for {
		window := c.start + c.used
		n, data, ended, err := c.decoder.Next(c.octets[window:end])
		c.used += n
		c.m.Body += int64(len(data))
		c.ended = ended
		if err != nil {
			c.err = err.(*syntax.Error)
		}
		if n == 0 || ended || err != nil {
			c.window = window
			break
		}
	}
	if c.ended {
		c.findDropped()
	}
	if c.err != nil {
		shifted := *c.err
		shifted.Offset += int64(c.start - c.m.Offset)
		c.step(end, expects, 0, &shifted)
		return false
	}
	c.step(end, expects, c.used-before, nil)
	return !c.ended
}

// findDropped remembers which trailer fields the decoder has left out.
func (c *chunks) findDropped() {
	c.dropped = map[int]bool{}
	for i := range c.m.Spans {
		if c.m.Spans[i].Kind == KindTrailerName {
			c.dropped[c.m.Spans[i].Offset] = true
		}
	}
	for _, field := range c.decoder.Trailer() {
		delete(c.dropped, c.window+int(field.Name))
	}
}

// What a chunked body can expect next.
const (
	expectsSize    = "chunk size"
	expectsData    = "chunk data"
	expectsEnd     = "line end after chunk data"
	expectsTrailer = "trailer field or empty line"
)

// expects names what the decoder looks for, told by what it has reported.
func (c *chunks) expects() string {
	if c.decoder.Pending() > 0 {
		return expectsData
	}
	for i := len(c.m.Spans) - 1; i >= 0; i-- {
		switch s := &c.m.Spans[i]; s.Kind {
		case KindChunkData:
			if s.End() == c.m.End() {
				return expectsEnd
			}
			return expectsSize
		case KindChunkSize:
			return expectsTrailer // a size that data follows is pending
		case KindEmptyLine:
			return expectsSize // no chunk so far
		}
	}
	return expectsSize
}

// missing says what the rest of the body needs at least.
func (c *chunks) missing(expects string) string {
	switch expects {
	case expectsData:
		return fmt.Sprintf("at least %s of chunk %d, CR LF, and a last chunk", Octets(c.decoder.Pending()), c.count())
	case expectsEnd:
		return fmt.Sprintf("CR LF after chunk %d, and a last chunk", c.count())
	case expectsTrailer:
		return "the empty line that ends the trailer section"
	}
	return fmt.Sprintf("the size of chunk %d, or a last chunk", c.count()+1)
}

// count returns how many chunk sizes have been accepted.
func (c *chunks) count() int {
	n := c.folded.chunks
	for i := range c.m.Spans {
		if c.m.Spans[i].Kind == KindChunkSize {
			n++
		}
	}
	return n
}

// Octets writes a number of octets with its unit.
func Octets[T int | int64](n T) string {
	if n == 1 {
		return "1 octet"
	}
	return fmt.Sprintf("%d octets", n)
}
