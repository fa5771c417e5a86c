package syntax

import "iter"

// sectionParser is what the parsers of both kinds of head have in common: it cuts
// octets into lines, and those after the first one are field lines up to the empty
// line that ends the head.
type sectionParser struct {
	lines  lines
	fields section
}

// reset makes the parser ready for the next head.
func (p *sectionParser) reset() {
	p.lines = lines{}
	p.fields.reset()
}

// fieldLines parses field lines and looks for the empty line after them. It
// returns where that begins, and 0 while octets are missing.
//
//	*( field-line CRLF ) CRLF
func (p *sectionParser) fieldLines(window []byte, limits *HeadLimits, hook SpanHook) (emptyLine int, fault *Error) {
	for {
		at := p.lines.start
		line, fault := p.lines.next(window, p.room(limits), HeadTooLarge)
		switch {
		case line == nil:
			return 0, nil
		case len(line) == 0 && fault == nil:
			return at, nil
		}
		if fault = earlier(p.fieldLine(line, at, limits), fault); fault != nil {
			return 0, fault
		}
		if hook != nil {
			last := p.fields.lines[len(p.fields.lines)-1]
			fieldSpans(last, at+len(line), SpanFieldName, SpanFieldValue, 0, hook)
		}
	}
}

// fieldLine parses a field line and stores where it stands.
func (p *sectionParser) fieldLine(line []byte, at int, limits *HeadLimits) *Error {
	if len(p.fields.lines) >= bound(limits.Fields, DefaultFields, maxHeadOctets) {
		return TooManyFields.At(at)
	}
	field, err := fieldLine(line, at)
	if err != nil {
		if err.Rule == ObsFold && len(p.fields.lines) == 0 {
			err.Rule = LeadingSpace
		}
		return err
	}
	p.fields.add(field, line[:field.Colon-field.Name])
	return nil
}

// room returns how long the next line may be, so that its line ending and the
// empty line after it still fit the head.
func (p *sectionParser) room(limits *HeadLimits) int {
	return max(0, bound(limits.Head, DefaultHead, maxHeadOctets)-p.lines.start-len("\r\n\r\n"))
}

// section is the field lines of a head (for those of a trailer section see
// trailer.go): where each one stands, and where those
// are that the connection itself obeys.
type section struct {
	lines []FieldSpan
	first [obeyedKinds]int // index of the first line of each kind in lines, plus one; 0: there is none
	last  [obeyedKinds]int // index of the last one, plus one
}

// obeyed is a field that the connection itself obeys.
type obeyed int

const (
	fieldHost obeyed = iota
	fieldExpect
	fieldUpgrade
	fieldConnection
	fieldContentLength
	fieldTransferEncoding
	obeyedKinds = iota
)

var obeyedNames = [obeyedKinds]string{"host", "expect", "upgrade", "connection", "content-length", "transfer-encoding"}

// add stores where a field line stands, and remembers it if the connection obeys
// it. The length of the name decides which field that can be.
func (s *section) add(line FieldSpan, name []byte) {
	s.lines = append(s.lines, line)
	var kind obeyed
	switch len(name) {
	case len("host"):
		kind = fieldHost
	case len("expect"):
		kind = fieldExpect
	case len("upgrade"):
		kind = fieldUpgrade
	case len("connection"):
		kind = fieldConnection
	case len("content-length"):
		kind = fieldContentLength
	case len("transfer-encoding"):
		kind = fieldTransferEncoding
	default:
		return
	}
	if !EqualFold(name, obeyedNames[kind]) {
		return
	}
	s.last[kind] = len(s.lines)
	if s.first[kind] == 0 {
		s.first[kind] = len(s.lines)
	}
}

// has reports whether there is a line of the kind.
func (s *section) has(kind obeyed) bool { return s.first[kind] > 0 }

// repeats reports whether there is more than one line of the kind.
func (s *section) repeats(kind obeyed) bool { return s.first[kind] != s.last[kind] }

// firstLine returns the first line of a kind that the section has.
func (s *section) firstLine(kind obeyed) FieldSpan { return s.lines[s.first[kind]-1] }

// secondLine returns the second line of a kind that repeats.
func (s *section) secondLine(kind obeyed, message []byte) (second FieldSpan) {
	for line := range s.all(kind, message) {
		if second = line; line != s.firstLine(kind) {
			break
		}
	}
	return second
}

// all yields the lines of a kind.
func (s *section) all(kind obeyed, message []byte) iter.Seq[FieldSpan] {
	return func(yield func(FieldSpan) bool) {
		if !s.has(kind) {
			return
		}
		for _, line := range s.lines[s.first[kind]-1 : s.last[kind]] {
			if line.is(kind, message) && !yield(line) {
				return
			}
		}
	}
}

// is reports whether the line has the name of the kind.
func (f FieldSpan) is(kind obeyed, message []byte) bool {
	return EqualFold(message[f.Name:f.Colon], obeyedNames[kind])
}

// reset empties the section. The room for its lines is kept.
func (s *section) reset() { *s = section{lines: s.lines[:0]} }
