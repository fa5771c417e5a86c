package syntax

// section is the field lines of a head: where each one stands, and where those
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
func (s *section) secondLine(kind obeyed, message []byte) FieldSpan {
	for _, line := range s.lines[s.first[kind]:] {
		if line.is(kind, message) {
			return line
		}
	}
	return FieldSpan{}
}

// between returns the lines from the first to the last of a kind. Lines with
// other names may be among them: see FieldSpan.is.
func (s *section) between(kind obeyed) []FieldSpan {
	if !s.has(kind) {
		return nil
	}
	return s.lines[s.first[kind]-1 : s.last[kind]]
}

// is reports whether the line has the name of the kind.
func (f FieldSpan) is(kind obeyed, message []byte) bool {
	return EqualFold(message[f.Name:f.Colon], obeyedNames[kind])
}

// reset empties the section. The room for its lines is kept.
func (s *section) reset() { *s = section{lines: s.lines[:0]} }
