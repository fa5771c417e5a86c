package syntax

// ResponseHead is the accepted head of a response: where its parts stand, and the
// decisions it leads to. Spans count from the first octet handed to Parse.
type ResponseHead struct {
	Minor  int  // of HTTP/1.Minor
	Status int  // status code, of three digits; below 100 and above 599 it counts as 500
	Reason Span // reason phrase, possibly empty
	Fields []FieldSpan

	Framing     Framing // how long the body is
	BothLengths bool    // Transfer-Encoding and Content-Length: an error, perhaps an attack (RFC 9112, Section 6.3)
	Persistent  bool    // the server keeps the connection open after the body
}

// ResponseParser parses the head of a response: status-line, field lines, empty
// line. It is sans-IO, as HeadParser is. The zero value is ready to use for the
// answer to a GET.
//
//	HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
//
// RFC 9112, Section 2.1.
type ResponseParser struct {
	Limits     HeadLimits // RequestLine bounds nothing here; the status-line counts as part of the head
	Method     string     // of the request that is answered: it decides whether there is a body
	Span       SpanHook   // every part of an accepted line, in order
	head       ResponseHead
	statusLine bool // the status-line has been parsed
	sectionParser
}

// Head returns the head that Parse accepted. It is valid until the next call of
// Parse or Reset, as is Fields in it.
func (p *ResponseParser) Head() *ResponseHead { return &p.head }

// Reset makes the parser ready for the next head: that of the next response, or of
// the final one after an interim one.
func (p *ResponseParser) Reset() {
	p.head = ResponseHead{}
	p.statusLine = false
	p.sectionParser.reset()
}

// Parse looks for a complete head at the beginning of window and returns its
// length. It returns 0 and no error when more octets are needed: call it again
// with the same octets and more after them, at the same or another address.
//
// The error is an *Error. It is the same, with the same offset, however the
// octets were split into windows; the parser is of no further use then. Nothing is
// copied, and nothing is allocated except for an error, and room for more fields
// than any head before had.
func (p *ResponseParser) Parse(window []byte) (consumed int, err error) {
	if !p.statusLine {
		line, fault := p.lines.next(window, p.room(&p.Limits), HeadTooLarge)
		if line == nil {
			return 0, nil
		}
		if fault = earlier(p.head.parseStatusLine(line), fault); fault != nil {
			return 0, fault
		}
		p.statusLine = true
		if p.Span != nil {
			p.traceStatusLine(len(line))
		}
	}
	emptyLine, fault := p.fieldLines(window, &p.Limits, p.Span)
	switch {
	case fault != nil:
		return 0, fault
	case emptyLine == 0:
		return 0, nil
	}
	if fault = p.decide(window); fault != nil {
		return 0, fault
	}
	if p.Span != nil {
		p.Span.report(SpanEmptyLine, spanOf(emptyLine, p.lines.start))
	}
	return p.lines.start, nil
}

// parseStatusLine parses a status-line, already cut from its line ending, which
// begins the message.
//
//	status-line   = HTTP-version SP status-code SP [ reason-phrase ]
//	status-code   = 3DIGIT
//	reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
//
// A line that ends with the status code is accepted, though its last space is
// missing: some servers send that, and it can be read in one way only. The major
// version is 1, because messages of another one end elsewhere. RFC 9112, Section 4.
func (h *ResponseHead) parseStatusLine(line []byte) *Error {
	const form = "HTTP/1.d ddd "
	for i := range len(form) {
		switch {
		case i == len(line) && i == len(form)-1:
		case i == len(line):
			return BadStatusLine.At(i)
		case form[i] == 'd' && is(line[i], digit), form[i] == line[i] && line[i] != 'd':
		default:
			return BadStatusLine.At(i)
		}
	}
	if last := len(line) - 1; !is(line[last], content) {
		return BadReason.At(last)
	}
	h.Minor = int(line[len("HTTP/1.")] - '0')
	for _, octet := range line[len("HTTP/1.d "):len("HTTP/1.d ddd")] {
		h.Status = h.Status*10 + int(octet-'0')
	}
	h.Reason = spanOf(min(len(form), len(line)), len(line))
	return nil
}

// decide draws the conclusions from a whole head.
func (p *ResponseParser) decide(message []byte) (err *Error) {
	h, s := &p.head, &p.fields
	h.Fields = s.lines
	if h.Framing, err = s.responseFraming(message, p.Method, h.Status); err != nil {
		return err
	}
	coded := s.has(fieldTransferEncoding)
	h.BothLengths = coded && s.has(fieldContentLength)
	h.persistence(s.connectionOptions(message), coded)
	return nil
}

// persistence decides whether another response can come on the connection. Where
// the close ends the body it cannot, nor where HTTP/1.0 is said to be chunked: that
// framing "MUST" be treated as faulty (RFC 9112, Section 6.1).
func (h *ResponseHead) persistence(options connectionOptions, coded bool) {
	faulty := coded && h.Minor == 0
	h.Persistent = options.persistent(h.Minor) && h.Framing.Kind != CloseDelimited && !faulty
}
