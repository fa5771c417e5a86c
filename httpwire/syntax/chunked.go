package syntax

import "math"

// Defaults of ChunkLimits, in octets.
const (
	DefaultChunkLine = 4 << 10
	DefaultTrailer   = 8 << 10
)

// ChunkLimits bound what a ChunkDecoder reads in addition to the data. Zero means the
// default; a negative number means no limit, but a trailer section is never
// larger than 64 KiB.
type ChunkLimits struct {
	Line    int // octets of a chunk-size line, its line ending not counted; default 4 KiB
	Trailer int // octets of the trailer section, without the empty line; default 8 KiB
	Fields  int // trailer field lines; default 128
}

// chunkState says which octets of a chunked body come next.
type chunkState int

const (
	expectChunkSize chunkState = iota // a chunk-size line
	expectChunkData                   // octets of chunk-data
	expectChunkEnd                    // the CR LF after chunk-data
	expectTrailer                     // a trailer field line or the empty line that ends the body
	bodyEnded                         // nothing: what follows belongs to the next message
)

// ChunkDecoder decodes the chunked transfer coding. It is sans-IO: octets in,
// data out. The zero value is ready to use.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF
//	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//	last-chunk   = 1*("0") [ chunk-ext ] CRLF
//
// RFC 9112, Section 7.1.
type ChunkDecoder struct {
	Limits ChunkLimits
	Span   SpanHook // every part of the body, in order; offsets count from its first octet

	state    chunkState
	lines    lines
	offset   int64 // octets of the body consumed so far
	rest     int64 // octets of the present chunk-data still to come
	data     int64 // octets of data so far
	needless int64 // octets of chunk-size lines that no chunk needs so far
	fields   int   // trailer field lines so far
	trailer  []FieldSpan
}

// Next decodes at the beginning of window. It returns how many octets it has
// consumed and the data among them, which aliases the window; done when the
// body has ended, trailer section included. When it consumes nothing and is not
// done, more octets are needed: call again with the same ones and more after them.
//
// The error is an *Error whose offset counts from the first octet of the body;
// it is the same however the octets were split into windows.
func (d *ChunkDecoder) Next(window []byte) (consumed int, data []byte, done bool, err error) {
	var fault *Error
	switch d.state {
	case expectChunkSize:
		consumed, fault = d.chunkSizeLine(window)
	case expectChunkData:
		data = window[:min(int64(len(window)), d.rest)]
		consumed = len(data)
		d.Skip(consumed)
		return consumed, data, false, nil
	case expectChunkEnd:
		consumed, fault = d.chunkEnd(window)
	case expectTrailer:
		consumed, fault = d.trailerSection(window)
	}
	if fault != nil {
		fault.Offset += d.offset
		return 0, nil, false, fault
	}
	d.offset += int64(consumed)
	return consumed, nil, d.state == bodyEnded, nil
}

// Pending returns how many octets of chunk-data come next. A caller may take up
// to that many from the connection itself and report them with Skip.
func (d *ChunkDecoder) Pending() int64 {
	if d.state != expectChunkData {
		return 0
	}
	return d.rest
}

// Skip accounts for n octets of chunk-data, 0 <= n <= Pending().
func (d *ChunkDecoder) Skip(n int) {
	if d.Span != nil && n > 0 {
		d.Span(SpanChunkData, d.offset, d.offset+int64(n))
	}
	d.offset += int64(n)
	d.data += int64(n)
	d.rest -= int64(n)
	if d.rest == 0 {
		d.state = expectChunkEnd
	}
}

// Offset returns how many octets of the body have been consumed, framing included.
func (d *ChunkDecoder) Offset() int64 { return d.offset }

// Reset makes the decoder ready for the next body.
func (d *ChunkDecoder) Reset() {
	*d = ChunkDecoder{Limits: d.Limits, Span: d.Span, trailer: d.trailer[:0]}
}

// chunkSizeLine consumes one chunk-size line.
func (d *ChunkDecoder) chunkSizeLine(window []byte) (consumed int, fault *Error) {
	line, fault := d.lines.next(window, bound(d.Limits.Line, DefaultChunkLine, math.MaxInt), ChunkLineTooLong)
	if line == nil {
		return 0, nil
	}
	if fault != nil && (fault.Rule == BareLF || fault.Rule == BareCR) {
		fault = BadChunkLineEnd.At(int(fault.Offset))
	}
	size, digits, err := chunkSize(line)
	if err == nil {
		err = chunkExt(line, digits)
	}
	if fault = earlier(err, fault); fault != nil {
		return 0, fault
	}
	consumed = d.lines.start
	d.lines = lines{}
	d.needless += int64(max(0, consumed-chunkLineNeeds))
	if d.needless > chunkOverheadFree+chunkOverheadRatio*d.data {
		return 0, ChunkOverhead.At(0)
	}
	d.traceChunkLine(digits, consumed)
	d.rest, d.state = size, expectChunkData
	if size == 0 {
		d.state = expectTrailer
	}
	return consumed, nil
}

// What a chunk-size line has besides a size and its line ending, extensions and
// leading zeros, is bounded in relation to the data: some of it is free, more only in
// proportion. A client cannot keep the decoder busy with long extensions (RFC 9112,
// Section 7.1.1: "A server ought to limit the total length of chunk extensions").
//
// The size itself is not counted, so a client may send its data in chunks of one
// octet, as some programs do that write so: with its framing such a body is some twenty
// times as long as the data at most, and the data has a limit of its own.
const (
	chunkLineNeeds     = len("7FFFFFFFFFFFFFFF\r\n") // the longest size there is
	chunkOverheadFree  = 16 << 10
	chunkOverheadRatio = 2
)

// chunkSize parses the size that begins a chunk-size line and returns it with
// the number of its digits. Leading zeros are valid.
//
//	chunk-size = 1*HEXDIG
//
// RFC 9112, Section 7.1.
func chunkSize(line []byte) (size int64, digits int, err *Error) {
	for digits < len(line) && is(line[digits], hexdig) {
		if size > math.MaxInt64>>4 {
			return 0, digits, ChunkSizeOverflow.At(digits)
		}
		size = size<<4 | int64(hexValue(line[digits]))
		digits++
	}
	switch {
	case digits == len(line) && digits > 0:
		return size, digits, nil
	case digits == len(line):
		return 0, 0, BadChunkSize.At(0)
	case digits == 0 || !is(line[digits], space) && line[digits] != ';':
		return 0, digits, BadChunkSize.At(digits)
	}
	return size, digits, nil
}

// hexValue returns the value of a hexadecimal digit.
func hexValue(octet byte) byte {
	if octet <= '9' {
		return octet - '0'
	}
	return lower(octet) - 'a' + 10
}

// chunkExt checks the chunk extensions from line[i] to its end. They are
// ignored, as RFC 9112, Section 7.1.1 demands of those one does not know.
//
//	chunk-ext      = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
//	chunk-ext-name = token
//	chunk-ext-val  = token / quoted-string
func chunkExt(line []byte, i int) *Error {
	for i < len(line) {
		i += run(line[i:], space)
		if i == len(line) || line[i] != ';' {
			return BadChunkExtension.At(i)
		}
		i++
		i += run(line[i:], space)
		name := run(line[i:], tchar)
		if name == 0 {
			return BadChunkExtension.At(i)
		}
		i += name
		equals := i + run(line[i:], space)
		if equals == len(line) || line[equals] != '=' {
			continue // no value; white space that leads nowhere is found above
		}
		i = equals + 1
		i += run(line[i:], space)
		value, ok := chunkExtVal(line[i:])
		i += value
		if !ok {
			return BadChunkExtension.At(i)
		}
	}
	return nil
}

// chunkExtVal returns the length of the value that b begins with; if there is
// none, ok is false and the length leads to the octet that does not fit.
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//	quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
func chunkExtVal(b []byte) (n int, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		n = run(b, tchar)
		return n, n > 0
	}
	for n = 1; n < len(b); n++ {
		switch {
		case is(b[n], quotable):
		case b[n] == '"':
			return n + 1, true
		case b[n] == '\\' && n+1 < len(b) && is(b[n+1], content):
			n++
		case b[n] == '\\':
			return n + 1, false
		default:
			return n, false
		}
	}
	return n, false
}

// chunkEnd consumes the CR LF after chunk-data.
func (d *ChunkDecoder) chunkEnd(window []byte) (consumed int, fault *Error) {
	const crlf = "\r\n"
	for i := range min(len(window), len(crlf)) {
		if window[i] != crlf[i] {
			return 0, BadChunkEnd.At(i)
		}
	}
	if len(window) < len(crlf) {
		return 0, nil
	}
	if d.Span != nil {
		d.Span(SpanLineEnd, d.offset, d.offset+int64(len(crlf)))
	}
	d.state = expectChunkSize
	return len(crlf), nil
}
