package xray

import (
	"bytes"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// A parser accepts whole lines. The functions below label what it has not
// accepted: the beginning of a line that is refused, or whose end has not
// arrived. They judge nothing.

// rest labels the octets from the end of the message to offset to, which belong
// to a line of the sort that expects names.
func (b *build) rest(to int, expects string) {
	line := b.octets[b.m.End():to]
	if len(line) == 0 {
		return
	}
	cr := 0
	if line[len(line)-1] == '\r' {
		cr = 1 // of a line ending: a CR before anything else is where the line is refused
	}
	text := line[:len(line)-cr]
	switch expects {
	case "request-line":
		b.restOf(text, " ", KindMethod, KindSpace, KindTarget, KindSpace, KindVersion)
	case "status-line":
		b.restOf(text, " ", KindVersion, KindSpace, KindStatus, KindSpace, KindReason)
	case "field line":
		b.restOfField(text, KindFieldName, KindFieldValue)
	case expectsTrailer:
		b.restOfField(text, KindTrailerName, KindTrailerValue)
	case expectsSize:
		b.restOfChunkLine(text)
	}
	if cr > 0 {
		kind := KindLineEnd
		if len(text) == 0 && expects != expectsEnd {
			kind = KindEmptyLine
		}
		b.add(kind, cr)
	}
}

// restOf labels text as parts that alternate with one separator each. The last
// part takes what is left.
func (b *build) restOf(text []byte, separator string, kinds ...Kind) {
	for i, kind := range kinds {
		n := len(text)
		switch {
		case i%2 == 1:
			n = min(n, len(separator))
		case i < len(kinds)-1:
			if end := bytes.Index(text, []byte(separator)); end >= 0 {
				n = end
			}
		}
		if n > 0 {
			b.add(kind, n)
		}
		text = text[n:]
	}
}

// restOfField labels text as the beginning of a field line.
func (b *build) restOfField(text []byte, name, value Kind) {
	colon := bytes.IndexByte(text, ':')
	if colon < 0 {
		b.addSome(name, len(text))
		return
	}
	b.addSome(name, colon)
	start := colon + 1
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	b.add(KindColon, start-colon)
	b.addSome(value, len(text)-start)
}

// restOfChunkLine labels text as the beginning of a chunk-size line.
func (b *build) restOfChunkLine(text []byte) {
	digits := 0
	for digits < len(text) && bytes.IndexByte([]byte("0123456789abcdefABCDEF"), text[digits]) >= 0 {
		digits++
	}
	b.addSome(KindChunkSize, digits)
	b.addSome(KindChunkExt, len(text)-digits)
}

// addSome adds a span unless it would be empty.
func (b *build) addSome(kind Kind, length int) {
	if length > 0 {
		b.add(kind, length)
	}
}

// refused ends a request at an error, whose offset counts from its first octet,
// after a number of its octets were used.
func (b *build) refused(e *syntax.Error, used int) {
	m := b.m
	at := m.Offset + int(e.Offset)
	expects := "body"
	switch {
	case m.Head == 0:
		expects = b.expectsInHead()
	case e.Rule != httpwire.Incomplete:
		expects = (&chunks{build: b}).expects()
	}
	if at > m.End() {
		b.rest(min(at, len(b.octets)), expects)
	}
	emptyLine := at < m.End() || e.Rule == syntax.NoHost || e.Rule == syntax.SecondEmptyLine
	b.afterFault(emptyLine)
	m.Verdict = Verdict{Outcome: Reject, Used: used, Offset: e.Offset, At: at, Status: e.Rule.Status}
	b.rule = e.Rule
}

// afterFault labels the octets from the fault on. A decision about a whole head
// is made at the empty line that ends it.
func (b *build) afterFault(emptyLine bool) {
	rest := b.octets[b.m.End():]
	lineEnd := bytes.HasPrefix(rest, []byte("\r\n"))
	switch {
	case len(rest) == 0:
		return
	case lineEnd && emptyLine:
		b.add(KindEmptyLine, 2)
	case lineEnd:
		b.add(KindError, 2)
	default:
		b.add(KindError, 1)
	}
	b.addSome(KindUnread, len(b.octets)-b.m.End())
}

// afterLast labels the octets that follow the last message of a connection: one
// that is accepted, and after which the connection closes. Nobody reads them as
// another message. RFC 9112, Section 9.6. An answer to a request can follow it in
// the input, where both directions stand in one.
func (b *build) afterLast() {
	rest := b.octets[b.m.End():]
	if b.m.Verdict.Outcome != Accept || b.m.Connection.Value != closes || b.m.Type == "request" && b.isResponse(rest) {
		return
	}
	b.addSome(KindUnread, len(rest))
}

// unfinishedHead ends a message whose head has not arrived whole.
func (b *build) unfinishedHead() {
	expects := b.expectsInHead()
	start := b.m.End()
	b.rest(len(b.octets), expects)
	missing := "the empty line that ends the head, and field lines before it if there are more"
	switch {
	case expects == "request-line" && b.onlyEmptyLine():
		missing = "a request: an empty line before one is ignored"
	case expects != "field line":
		missing = "the rest of the " + expects + ", field lines, and the empty line that ends the head"
	case start < len(b.octets) && b.octets[start] == '\r':
		missing = "the line feed of the empty line that ends the head"
	case start < len(b.octets):
		missing = "the rest of the field line, and the empty line that ends the head"
	}
	b.needMore(missing, headTimer)
}

// onlyEmptyLine reports whether no octet of a request-line has arrived.
func (b *build) onlyEmptyLine() bool {
	for i := range b.m.Spans {
		if b.m.Spans[i].Kind != KindEmptyLine {
			return false
		}
	}
	return true
}
