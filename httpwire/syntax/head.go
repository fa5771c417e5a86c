package syntax

// maxHeadOctets is the largest head that can be parsed, whatever the limits
// say: offsets in a head are kept in 16 bits.
const maxHeadOctets = 1<<16 - 1

// Defaults of HeadLimits.
const (
	DefaultRequestLine = 16 << 10 // octets
	DefaultHead        = 32 << 10 // octets
	DefaultFields      = 128      // field lines
)

// HeadLimits bound what a HeadParser or a ResponseParser reads. Zero means the
// default; a negative number means the most that can be parsed.
type HeadLimits struct {
	RequestLine int // octets of the request-line, its line ending not counted; default 16 KiB
	Head        int // octets from the first one to the end of the empty line; default 32 KiB. See section.go
	Fields      int // field lines; default 128. See section.go
}

// Head is an accepted head: where its parts stand, and the decisions it leads
// to. Spans count from the first octet handed to Parse.
type Head struct {
	Method, Target Span
	Scheme         Span // of an absolute-form
	Authority      Span // of an absolute- or authority-form
	Path, Query    Span // of an origin- or absolute-form; Query without the "?"
	Form           Form
	Version        Span
	Minor          int // of the version, HTTP/1.Minor
	Fields         []FieldSpan
	Host           Span // the value of Host, empty if there is none

	Framing    Framing // how long the body is
	Persistent bool    // the client wants the connection kept open
	Continue   bool    // the client waits for 100 (Continue)
	Upgrade    bool    // the client offers another protocol
}

// headState says which line of the head comes next.
type headState int

const (
	expectRequestLine headState = iota // possibly after an empty line
	afterEmptyLine                     // the request-line must come now
	expectField                        // a field line or the empty line that ends the head
)

// HeadParser parses the head of a request: request-line, field lines, empty
// line. It is sans-IO: octets in, a Head out. The zero value is ready to use.
//
//	HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
//
// RFC 9112, Section 2.1.
type HeadParser struct {
	Limits HeadLimits
	Secure bool     // the connection is TLS: https targets are ours
	Span   SpanHook // every part of an accepted line, in order
	head   Head
	state  headState
	sectionParser
}

// Head returns the head that Parse accepted. It is valid until the next call
// of Parse or Reset, as is Fields in it.
func (p *HeadParser) Head() *Head { return &p.head }

// Reset makes the parser ready for the next head.
func (p *HeadParser) Reset() {
	p.head = Head{}
	p.state = expectRequestLine
	p.sectionParser.reset()
}

// Parse looks for a complete head at the beginning of window and returns its
// length. It returns 0 and no error when more octets are needed: call it again
// with the same octets and more after them, at the same or another address.
// No octet is looked at twice, so a client that sends one octet at a time
// costs no more than one that sends all at once.
//
// The error is an *Error. It is the same, with the same offset, however the
// octets were split into windows; the parser is of no further use then.
// Nothing is copied, and nothing is allocated except for an error, an IPv6
// address in brackets, and room for more fields than any head before had.
func (p *HeadParser) Parse(window []byte) (consumed int, err error) {
	for p.state != expectField {
		found, fault := p.startLine(window)
		if fault != nil {
			return 0, fault
		}
		if !found {
			return 0, nil
		}
	}
	emptyLine, fault := p.fieldLines(window, &p.Limits, p.Span)
	switch {
	case fault != nil:
		return 0, fault
	case emptyLine == 0:
		return 0, nil
	}
	if fault = p.decide(window, emptyLine); fault != nil {
		return 0, fault
	}
	if p.Span != nil {
		p.Span.report(SpanEmptyLine, spanOf(emptyLine, p.lines.start))
	}
	return p.lines.start, nil
}

// startLine parses the request-line or the empty line before it. It reports
// whether it has found one.
func (p *HeadParser) startLine(window []byte) (found bool, fault *Error) {
	at := p.lines.start
	longest := min(bound(p.Limits.RequestLine, DefaultRequestLine, maxHeadOctets), p.room(&p.Limits))
	line, fault := p.lines.next(window, longest, RequestLineTooLong) // not a large head, even if it never ends
	switch {
	case line == nil:
		return false, nil
	case len(line) == 0 && fault != nil:
		return false, fault
	case len(line) == 0 && p.state == expectRequestLine:
		p.state = afterEmptyLine // RFC 9112, Section 2.2: at least one is ignored
	case len(line) == 0:
		return false, SecondEmptyLine.At(at)
	case line[0] == handshakeRecord:
		return false, TLSHandshake.At(at)
	default:
		p.state = expectField
		if fault = earlier(p.head.requestLine(line, at), fault); fault != nil {
			return false, fault
		}
	}
	if p.Span != nil {
		p.traceStartLine(at, at+len(line))
	}
	return true, nil
}

// handshakeRecord is the first octet of a TLS connection (RFC 8446, Section 5.1).
const handshakeRecord = 0x16

// decide draws the conclusions from a whole head whose empty line begins at
// offset end. A server acts on nothing before it has seen the entire header
// section (RFC 9110, Section 5.3).
func (p *HeadParser) decide(message []byte, end int) (err *Error) {
	h, s := &p.head, &p.fields
	h.Fields = s.lines
	if err = h.checkHost(s, message, end); err != nil {
		return err
	}
	if scheme := h.Scheme.Of(message); len(scheme) > 0 && !serves(scheme, p.Secure) {
		return WrongScheme.At(int(h.Scheme.Start))
	}
	if h.Framing, err = s.requestFraming(message, h.Minor); err != nil {
		return err
	}
	h.persistence(s, message)
	return h.expectation(s, message)
}

// bound resolves a limit: zero means the default, negative the most possible.
func bound(limit, standard, most int) int {
	switch {
	case limit == 0:
		return standard
	case limit < 0 || limit > most:
		return most
	}
	return limit
}
