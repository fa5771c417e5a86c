package httpwire

import (
	"net"
	"sync"
	"time"

	"rawserve/httpwire/syntax"
)

const (
	readBuffer  = 4 << 10  // octets read at once, and kept per connection while a request is in progress
	outBuffer   = 16 << 10 // octets of finished answers that may wait for the end of a pipelined burst
	bodyBuffer  = 16 << 10 // octets of a response body whose length is counted before the head is sent
	copyBuffer  = 64 << 10 // octets moved at once between a body and a file or another stream
	keepAtMost  = 32 << 10 // a larger buffer is not kept for the next request
	minimumRead = 512      // free octets below which a read buffer is compacted or grown
)

// buffer holds octets that have been received and not consumed.
//
// Invariant: 0 <= r <= w <= len(octets).
type buffer struct {
	octets []byte
	r, w   int
	filled bool   // by the latest read, to the last octet: more may be waiting
	copied string // of octets[copyAt:copyAt+len(copied)], see text
	copyAt int
}

// window returns the octets not yet consumed. It aliases the buffer and is
// valid until free is called.
func (b *buffer) window() []byte { return b.octets[b.r:b.w] }

// consume marks n octets at the beginning of the window as used.
func (b *buffer) consume(n int) {
	if b.r += n; b.r == b.w {
		b.r, b.w, b.copied = 0, 0, ""
	}
}

// free returns room behind the window to read into. The buffer is compacted if
// there is little room, and doubled if that does not help or if a sender keeps
// filling it; so it never grows beyond twice what was received.
func (b *buffer) free() []byte {
	if b.filled && b.r == b.w && len(b.octets) < keepAtMost {
		b.octets = make([]byte, 2*len(b.octets))
		b.filled = false // once per read: the room given out stays where it is
	}
	if len(b.octets)-b.w < minimumRead {
		b.copied = ""
		if b.r > 0 {
			b.w = copy(b.octets, b.window())
			b.r = 0
		}
		if len(b.octets)-b.w < minimumRead {
			b.octets = append(make([]byte, 0, 2*len(b.octets)), b.octets...)[:2*len(b.octets)]
		}
	}
	return b.octets[b.w:]
}

// received marks n octets of free as filled.
func (b *buffer) received(n int) {
	b.w += n
	b.filled = b.w == len(b.octets)
}

// text returns the first n octets of the window as a string that is never
// overwritten. If alone is false what follows them is copied along, so that all
// heads of a pipelined burst share one allocation.
func (b *buffer) text(n int, alone bool) string {
	at := b.r - b.copyAt
	if b.copied != "" && at+n <= len(b.copied) {
		return b.copied[at : at+n]
	}
	if alone {
		return string(b.octets[b.r : b.r+n])
	}
	b.copied, b.copyAt = string(b.window()), b.r
	return b.copied[:n]
}

// workspace is what a connection needs while a request is in progress. An idle
// connection holds none. Nothing in it is reachable from a handler, except
// through methods that fail once the exchange is over, and spans, which are never
// overwritten.
type workspace struct {
	in       buffer
	out      []byte // answers and interim responses not yet written to the network
	body     []byte // response body not yet framed
	vector   [2][]byte
	buffers  net.Buffers // of vector; kept here, it would be allocated for each write
	head     syntax.HeadParser
	chunks   syntax.ChunkDecoder
	exchange exchange
	spans    []syntax.FieldSpan // room for the fields of requests to come, see keep

	headLength   int  // octets of the head that stands at the beginning of the window
	writePace    pace // of the present response
	writeTimeout time.Duration
}

// workspaces recycles workspaces between connections. Measured with 64 busy
// connections: without the pool each request costs 9 KiB of garbage.
var workspaces = sync.Pool{New: func() any {
	return &workspace{in: buffer{octets: make([]byte, readBuffer)}}
}}

// spansAtOnce is how many fields the requests to come get room for at once: a
// browser sends about a dozen, curl three.
const spansAtOnce = 128

// keep returns a copy of fields that is never overwritten. Most requests find
// room for theirs behind those of the requests before.
func (ws *workspace) keep(fields []syntax.FieldSpan) []syntax.FieldSpan {
	if len(fields) > cap(ws.spans)-len(ws.spans) {
		ws.spans = make([]syntax.FieldSpan, 0, max(len(fields), spansAtOnce))
	}
	start := len(ws.spans)
	ws.spans = append(ws.spans, fields...)
	return ws.spans[start:len(ws.spans):len(ws.spans)]
}

// release gives a workspace back. Buffers that one large request has grown are
// left to the garbage collector.
func (ws *workspace) release() {
	if len(ws.in.octets) > keepAtMost {
		ws.in.octets = make([]byte, readBuffer)
	}
	ws.in = buffer{octets: ws.in.octets}
	ws.out = recycle(ws.out)
	ws.body = recycle(ws.body)
	ws.vector = [2][]byte{}
	ws.head.Reset()
	workspaces.Put(ws)
}

// recycle empties a buffer, and drops it if it has grown too large to keep.
func recycle(b []byte) []byte {
	if cap(b) > keepAtMost {
		return nil
	}
	return b[:0]
}

// copyBuffers recycles the buffers that bodies are copied through.
var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}
