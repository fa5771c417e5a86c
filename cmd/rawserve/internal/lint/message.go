package lint

import (
	"iter"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire/syntax"
)

// field is a field line, of a header or of a trailer section.
type field struct {
	name    string // in lower case
	value   string
	at      int    // offset of its name
	valueAt int    // offset of its value, or where that would begin
	before  string // white space between the colon and the value
	after   string // white space after the value
}

// section is the field lines of a message, in order.
type section []field

// first returns the first line of a field, nil if there is none.
func (s section) first(name string) *field {
	for i := range s {
		if s[i].name == name {
			return &s[i]
		}
	}
	return nil
}

// has reports whether there is a line of a field.
func (s section) has(name string) bool { return s.first(name) != nil }

// value returns the value of the first line of a field, "" if there is none.
func (s section) value(name string) string {
	if f := s.first(name); f != nil {
		return f.value
	}
	return ""
}

// all yields the lines of a field.
func (s section) all(name string) iter.Seq[*field] {
	return func(yield func(*field) bool) {
		for i := range s {
			if s[i].name == name && !yield(&s[i]) {
				return
			}
		}
	}
}

// members yields the members of a list-based field, over all its lines.
func (s section) members(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for f := range s.all(name) {
			for member := range syntax.List(f.value) {
				if !yield(member) {
					return
				}
			}
		}
	}
}

// lists reports whether a list-based field has a member, in any case.
func (s section) lists(name, member string) bool {
	for m := range s.members(name) {
		if syntax.EqualFold(m, member) {
			return true
		}
	}
	return false
}

// empty reports whether a list has no member on any line.
func (s section) empty(name string) bool {
	for range s.members(name) {
		return false
	}
	return true
}

// message is a request or a response, as the checks look at it.
type message struct {
	*xray.Message
	octets   []byte // of its direction, not masked
	minor    int    // of HTTP/1.minor
	codeAt   int    // offset of the status code of a response
	header   section
	trailers section
}

// newMessage reads the parts of a message from its spans.
func newMessage(m *xray.Message, octets []byte) *message {
	r := &message{Message: m, octets: octets, codeAt: m.Offset}
	for i := range m.Spans {
		s := &m.Spans[i]
		switch s.Kind {
		case xray.KindVersion:
			r.minor = int(r.text(s)[s.Length-1] - '0')
		case xray.KindStatus:
			r.codeAt = s.Offset
		case xray.KindFieldName:
			r.header = append(r.header, r.field(i))
		case xray.KindTrailerName:
			r.trailers = append(r.trailers, r.field(i))
		}
	}
	return r
}

// text returns the octets of a span.
func (m *message) text(s *xray.Span) string { return string(m.octets[s.Offset:s.End()]) }

// field reads the field line whose name is a span.
func (m *message) field(name int) field {
	f := field{name: strings.ToLower(m.text(&m.Spans[name])), at: m.Spans[name].Offset}
	for i := name + 1; i < len(m.Spans); i++ {
		s := &m.Spans[i]
		switch s.Kind {
		case xray.KindColon:
			f.before = m.text(s)[1:]
			f.valueAt = s.End()
		case xray.KindFieldValue, xray.KindTrailerValue:
			f.value = m.text(s)
		case xray.KindTrailingSpace:
			f.after = m.text(s)
		default:
			return f
		}
	}
	return f
}

// maxContent is how many octets of content the checks look at.
const maxContent = 8 << 20

// content returns the content, and whether all of it is there. What it aliases
// if the content is in one piece is the input.
func (m *message) content() (content []byte, whole bool) {
	if m.Verdict.Outcome != xray.Accept || m.Body > maxContent {
		return nil, false
	}
	for i := range m.Spans {
		s := &m.Spans[i]
		switch s.Kind {
		case xray.KindBody, xray.KindChunkData:
			if content == nil {
				content = m.octets[s.Offset:s.End():s.End()]
			} else {
				content = append(content, m.octets[s.Offset:s.End()]...)
			}
		case xray.KindChunks:
			return nil, false // their data is not known apart from their framing
		}
	}
	return content, int64(len(content)) == m.Body
}

// unread returns the offset of octets after the message that no client reads,
// because the connection closes, and whether there are any.
func (m *message) unread() (at int, found bool) {
	if n := len(m.Spans); n > 0 && m.Verdict.Outcome == xray.Accept && m.Spans[n-1].Kind == xray.KindUnread {
		return m.Spans[n-1].Offset, true
	}
	return 0, false
}

// saysClose reports whether the message has the connection option "close".
func (m *message) saysClose() bool { return m.header.lists("connection", "close") }

// final reports whether the message ends the answer to a request. So does 101: what
// follows it is another protocol.
func (m *message) final() bool { return m.Status/100 != 1 || m.Status == 101 }
