package xray

import (
	"bytes"
	"iter"
	"slices"

	"rawserve/httpwire/syntax"
)

// Dissect says what octets mean: the requests or responses among them, one
// after the other, up to the first that is refused or not complete, or after
// which the connection closes. The spans of all messages tile the octets. There
// is no message where there is no octet.
//
// A message that begins with "HTTP/" is a response, because no method can, unless
// the options say otherwise.
func Dissect(octets []byte, options Options) (messages []Message) {
	for m := range Each(octets, options) {
		messages = append(messages, *m)
	}
	return messages
}

// Each is Dissect for streams of many messages: it yields one after the other,
// so that not all of them are held in memory.
func Each(octets []byte, options Options) iter.Seq[*Message] {
	return func(yield func(*Message) bool) {
		d := newDissection(octets, options)
		for at, number := 0, 1; at < len(octets); number++ {
			m := d.message(at)
			m.Number = number
			if !yield(m) || m.Verdict.Outcome != Accept {
				return
			}
			at = m.End()
		}
	}
}

// dissection is the state of one call of Dissect.
type dissection struct {
	octets   []byte // for the parser
	shown    []byte // for everything that is said about them
	options  Options
	answered int      // final responses so far
	asked    []string // methods of the requests among the messages
}

// newDissection returns the state in which a dissection begins.
func newDissection(octets []byte, options Options) *dissection {
	d := &dissection{octets: octets, shown: octets, options: options}
	if len(options.Shown) == len(octets) {
		d.shown = options.Shown
	}
	return d
}

// message dissects the message that begins at an offset.
func (d *dissection) message(at int) *Message {
	if d.isResponse(d.octets[at:]) {
		return d.response(at)
	}
	return d.request(at)
}

// isResponse reports whether octets are read as a response.
func (d *dissection) isResponse(octets []byte) bool {
	guess := d.options.Type == "" && bytes.HasPrefix(octets, []byte("HTTP/"))
	return guess || d.options.Type == "response"
}

// build is a message being put together.
type build struct {
	*dissection
	m       *Message
	head    *syntax.Head // of a request, nil until it is whole
	rule    *syntax.Rule // broken by the message, nil if none is
	dropped map[int]bool // offsets of the trailer fields that the decoder has left out
	folded  folded
}

// begin returns an empty message.
func (d *dissection) begin(kind string, at int) *build {
	return &build{dissection: d, m: &Message{Type: kind, Offset: at, Spans: []Span{}}}
}

// add appends a span. Pieces of data that came with
// several reads become one span, so that reads do not show.
func (b *build) add(kind Kind, length int) *Span {
	m := b.m
	start := m.End()
	m.Length += length
	if n := len(m.Spans); n > 0 && m.Spans[n-1].Kind == kind && (kind == KindChunkData || kind == KindBody) {
		last := &m.Spans[n-1]
		last.Length += length
		last.Octets = b.shown[last.Offset:last.End()]
		return last
	}
	m.Spans = append(m.Spans, Span{Offset: start, Length: length, Kind: kind, Octets: b.shown[start : start+length]})
	return &m.Spans[len(m.Spans)-1]
}

// label is the hook of the parsers: it appends a span for what they report.
func (b *build) label(kind syntax.SpanKind, start, end int64) {
	if kind == syntax.SpanChunkSize && len(b.m.Spans) >= maxSpans {
		b.fold()
	}
	b.add(Kind(kind.String()), int(end-start))
}

// windows calls f with the offset after the octets that have arrived, read
// after read, until it returns false. The first read has at least one octet
// after from.
func (d *dissection) windows(from int, f func(end int) (more bool)) {
	first, _ := slices.BinarySearch(d.options.Cuts, from+1)
	for _, cut := range d.options.Cuts[first:] {
		if cut >= len(d.octets) {
			break
		}
		if !f(cut) {
			return
		}
	}
	f(len(d.octets))
}

// request dissects a request.
func (d *dissection) request(at int) *Message {
	b := d.watch(at)
	if d.options.Type == "" {
		d.asked = append(d.asked, b.m.Method)
	}
	b.decideRequest()
	b.afterLast()
	b.annotate()
	return b.m
}

// watch runs the production parser over a request and keeps what it reports.
func (d *dissection) watch(at int) *build {
	b := d.begin("request", at)
	parser := &syntax.HeadParser{Secure: d.options.Secure, Span: b.label}
	consumed, err := b.parseHead(parser)
	head := parser.Head()
	b.nameRequest()
	switch {
	case err != nil:
		b.refused(err.(*syntax.Error), 0)
	case consumed == 0:
		b.unfinishedHead()
	default:
		b.head = head
		b.accepted(head, consumed)
		b.requestBody(head)
	}
	return b
}

// headParser is what the parsers of requests and of responses have in common.
type headParser interface {
	Parse(window []byte) (consumed int, err error)
}

// parseHead gives a parser one read after the other.
func (b *build) parseHead(parser headParser) (consumed int, err error) {
	at := b.m.Offset
	b.windows(at, func(end int) bool {
		expects := b.expectsInHead()
		consumed, err = parser.Parse(b.octets[at:end])
		b.step(end, expects, consumed, err)
		return consumed == 0 && err == nil
	})
	return consumed, err
}

// expectsInHead names the line of the head that comes next.
func (b *build) expectsInHead() string {
	if len(b.m.Spans) == 0 && b.m.Type == "response" {
		return "status-line"
	}
	for i := range b.m.Spans {
		if b.m.Spans[i].Kind != KindEmptyLine {
			return "field line"
		}
	}
	return "request-line"
}

// nameRequest stores method and target once the request-line is accepted.
func (b *build) nameRequest() {
	for i := range b.m.Spans {
		switch s := &b.m.Spans[i]; s.Kind {
		case KindMethod:
			b.m.Method = string(s.Octets)
		case KindTarget:
			b.m.Target = Visible(s.Octets)
			return
		}
	}
}

// accepted stores what the head says about the request.
func (b *build) accepted(head *syntax.Head, consumed int) {
	m := b.m
	message := b.shown[m.Offset:]
	m.Head = consumed
	m.Form = head.Form.String()
	m.Host = Visible(head.Host.Of(message))
	if head.Form == syntax.AbsoluteForm || head.Form == syntax.AuthorityForm {
		m.Host = Visible(head.Authority.Of(message))
	}
}

// requestBody dissects what follows the head.
func (b *build) requestBody(head *syntax.Head) {
	switch head.Framing.Kind {
	case syntax.Chunked:
		b.chunkedBody()
	case syntax.ContentLength:
		b.lengthBody(head.Framing.Length)
	default:
		b.done()
	}
}

// done says that the message is complete and acceptable.
func (b *build) done() {
	b.m.Verdict = Verdict{Outcome: Accept, Used: b.m.Length}
}
