package syntax

// SpanKind says what a range of octets is. The spans of an accepted message
// tile it: no gap, no overlap, in order.
type SpanKind int

const (
	SpanEmptyLine     SpanKind = iota // an ignored empty line, or the one that ends a section
	SpanMethod                        // method
	SpanSpace                         // one of the two spaces of a request-line or status-line
	SpanTarget                        // request-target
	SpanVersion                       // HTTP-version
	SpanLineEnd                       // CR LF
	SpanFieldName                     // field-name
	SpanColon                         // colon and the optional white space after it
	SpanFieldValue                    // field-value
	SpanTrailingSpace                 // optional white space after a field value
	SpanChunkSize                     // chunk-size
	SpanChunkExt                      // chunk-ext
	SpanChunkData                     // chunk-data, possibly a part of it
	SpanTrailerName                   // field-name in a trailer section
	SpanTrailerValue                  // field-value in a trailer section
	SpanBody                          // content delimited by Content-Length
	SpanStatusCode                    // status-code of a response
	SpanReason                        // reason-phrase of a response
)

var spanNames = [...]string{"empty line", "method", "space", "target", "version", "line end", "field name", "colon",
	"field value", "trailing space", "chunk size", "chunk extension", "chunk data", "trailer name", "trailer value", "body",
	"status code", "reason phrase"}

// String names the kind in words.
func (k SpanKind) String() string { return spanNames[k] }

// SpanHook is told what a range of octets is, if a parser has one: the octets from
// start to before end, counted from the first one of the head or body that is
// parsed. A nil hook costs nothing.
type SpanHook func(kind SpanKind, start, end int64)

// Span is a range of octets of a head: its first octet has offset Start, the
// octet after it offset End.
type Span struct{ Start, End uint16 }

func spanOf(start, end int) Span { return Span{uint16(start), uint16(end)} }

// Of returns the octets of the span. The result aliases the message.
func (s Span) Of(message []byte) []byte { return message[s.Start:s.End] }

// In returns the octets of the span as a part of the message.
func (s Span) In(message string) string { return message[s.Start:s.End] }

// report calls the hook with the span.
func (f SpanHook) report(kind SpanKind, s Span) { f(kind, int64(s.Start), int64(s.End)) }

// traceStartLine reports the parts of the request-line, or the empty line before
// it, which stands from at to end.
func (p *HeadParser) traceStartLine(at, end int) {
	if at == end {
		p.Span.report(SpanEmptyLine, spanOf(at, at+2))
		return
	}
	method, target := p.head.Method, p.head.Target
	p.Span.report(SpanMethod, method)
	p.Span.report(SpanSpace, Span{method.End, target.Start})
	p.Span.report(SpanTarget, target)
	p.Span.report(SpanSpace, Span{target.End, target.End + 1})
	p.Span.report(SpanVersion, spanOf(int(target.End)+1, end))
	p.Span.report(SpanLineEnd, spanOf(end, end+2))
}

// traceStatusLine reports the parts of a status-line of n octets.
func (p *ResponseParser) traceStatusLine(n int) {
	const version, code = len("HTTP/1.d"), len("HTTP/1.d ddd")
	p.Span.report(SpanVersion, spanOf(0, version))
	p.Span.report(SpanSpace, spanOf(version, version+1))
	p.Span.report(SpanStatusCode, spanOf(version+1, code))
	if code < n {
		p.Span.report(SpanSpace, spanOf(code, code+1))
	}
	if reason := p.head.Reason; reason.Start < reason.End {
		p.Span.report(SpanReason, reason)
	}
	p.Span.report(SpanLineEnd, spanOf(n, n+2))
}

// fieldSpans reports the parts of a field line that are not empty. The line ends
// at end; base is added to its offsets.
func fieldSpans(f FieldSpan, end int, name, value SpanKind, base int64, hook SpanHook) {
	report := func(kind SpanKind, start, end int) { hook(kind, base+int64(start), base+int64(end)) }
	report(name, int(f.Name), int(f.Colon))
	report(SpanColon, int(f.Colon), int(f.Value))
	if f.Value < f.End {
		report(value, int(f.Value), int(f.End))
	}
	if int(f.End) < end {
		report(SpanTrailingSpace, int(f.End), end)
	}
	report(SpanLineEnd, end, end+2)
}

// traceChunkLine reports the parts of a chunk-size line of n octets.
func (d *ChunkDecoder) traceChunkLine(digits, n int) {
	if d.Span == nil {
		return
	}
	d.Span(SpanChunkSize, d.offset, d.offset+int64(digits))
	if digits < n-2 {
		d.Span(SpanChunkExt, d.offset+int64(digits), d.offset+int64(n-2))
	}
	d.Span(SpanLineEnd, d.offset+int64(n-2), d.offset+int64(n))
}

// traceTrailerField reports the parts of a trailer field line that ends at end.
func (d *ChunkDecoder) traceTrailerField(f FieldSpan, end int) {
	if d.Span == nil {
		return
	}
	fieldSpans(f, end, SpanTrailerName, SpanTrailerValue, d.offset, d.Span)
}

// traceTrailerEnd reports the empty line that ends a chunked body.
func (d *ChunkDecoder) traceTrailerEnd(at int) {
	if d.Span != nil {
		d.Span(SpanEmptyLine, d.offset+int64(at), d.offset+int64(at)+2)
	}
}
