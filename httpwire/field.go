package httpwire

import (
	"iter"
	"strings"
)

// Span is a range of octets of a message: its first octet has offset Start,
// the octet behind it offset End.
type Span struct{ Start, End uint16 }

func spanOf(start, end int) Span { return Span{uint16(start), uint16(end)} }

// Of returns the octets of the span. The result aliases the message.
func (s Span) Of(message []byte) []byte { return message[s.Start:s.End] }

// in returns the span of an accepted head.
func (s Span) in(head string) string { return head[s.Start:s.End] }

// FieldSpan says where the parts of a field line stand in a message. The name
// begins the line and ends at Colon; the value is Value to End, without the
// optional white space around it.
type FieldSpan struct{ Name, Colon, Value, End uint16 }

func (f FieldSpan) name(head string) string  { return head[f.Name:f.Colon] }
func (f FieldSpan) value(head string) string { return head[f.Value:f.End] }

// fieldLine parses one field line, already cut from its line ending, which
// begins at offset at of the message. The line is not empty, and holds no
// control character but HTAB, unless it is the last octet: lines.next saw to it.
//
//	field-line  = field-name ":" OWS field-value OWS
//	field-name  = token
//	field-value = *field-content
//
// Stricter than the RFC: a control character in a value is refused, never
// replaced by a space. RFC 9112, Section 5; RFC 9110, Section 5.5.
func fieldLine(line []byte, at int) (FieldSpan, *Error) {
	name := run(line, tchar)
	if name == 0 || name == len(line) || line[name] != ':' {
		return FieldSpan{}, badFieldName(line, name, at)
	}
	if last := len(line) - 1; !is(line[last], content) {
		return FieldSpan{}, badFieldValue(line[last], at+last)
	}
	value, end := trimOWS(line, name+1, len(line))
	return FieldSpan{uint16(at), uint16(at + name), uint16(at + value), uint16(at + end)}, nil
}

// badFieldName returns the error for a line whose name ends at line[n] with
// something else than a colon.
func badFieldName(line []byte, n, at int) *Error {
	switch {
	case n == len(line):
		return broken(NoColon, at+n)
	case n == 0 && line[0] == ':':
		return broken(EmptyFieldName, at)
	case n == 0 && is(line[0], space):
		return broken(ObsFold, at)
	case is(line[n], space):
		colon := n + run(line[n:], space)
		if colon < len(line) && line[colon] == ':' {
			return broken(SpaceBeforeColon, at+n)
		}
	}
	return broken(BadFieldName, at+n)
}

// badFieldValue returns the error for a control character in a value.
func badFieldValue(octet byte, offset int) *Error {
	if octet == 0 {
		return broken(NULInValue, offset)
	}
	return broken(BadFieldValue, offset)
}

// members yields where the members of a list-based field stand, without the
// white space around them, empty members included. A comma in a quoted string
// parts members like any other: nobody here accepts a member with quotes.
//
//	#element = [ element ] *( OWS "," OWS [ element ] )
//
// RFC 9110, Section 5.6.1.
func members(message []byte, field FieldSpan) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		start := int(field.Value)
		for i := start; i <= int(field.End); i++ {
			if i < int(field.End) && message[i] != ',' {
				continue
			}
			if !yield(trimOWS(message, start, i)) {
				return
			}
			start = i + 1
		}
	}
}

// Header is a section of field lines as they were sent: in wire order and wire
// case, with duplicates. Names are compared without regard to case. The zero
// value is an empty section.
//
// A Header is a string and an index of it. Nothing it returns is ever
// overwritten: every string may be kept for ever.
type Header struct {
	text   string      // of the message, from its first octet on
	fields []FieldSpan // in wire order
}

// Len returns the number of field lines.
func (h Header) Len() int { return len(h.fields) }

// Field returns the name and value of field line i, 0 <= i < Len.
func (h Header) Field(i int) (name, value string) {
	f := h.fields[i]
	return f.name(h.text), f.value(h.text)
}

// Get returns the value of the first field line with the name, or "".
func (h Header) Get(name string) string {
	for _, f := range h.fields {
		if equalFold(f.name(h.text), name) {
			return f.value(h.text)
		}
	}
	return ""
}

// Has reports whether there is a field line with the name.
func (h Header) Has(name string) bool {
	for _, f := range h.fields {
		if equalFold(f.name(h.text), name) {
			return true
		}
	}
	return false
}

// Values returns the values of all field lines with the name, in wire order.
// They are not combined: for some fields, such as Set-Cookie, that would be
// wrong (RFC 9110, Section 5.3).
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h.fields {
		if equalFold(f.name(h.text), name) {
			values = append(values, f.value(h.text))
		}
	}
	return values
}

// All yields the name and value of every field line in wire order.
func (h Header) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for i := range h.fields {
			if !yield(h.Field(i)) {
				return
			}
		}
	}
}

// List yields the members of a list-based field, over all its field lines,
// without the white space around them. Empty members are skipped; a comma
// inside a quoted string separates nothing. RFC 9110, Section 5.6.1.
func (h Header) List(name string) iter.Seq[string] {
	return func(yield func(member string) bool) {
		for _, value := range h.Values(name) {
			for value != "" {
				var member string
				member, value = cutMember(value)
				if member = strings.Trim(member, " \t"); member != "" && !yield(member) {
					return
				}
			}
		}
	}
}

// Raw returns the exact octets of the field lines, line endings included,
// without the empty line that ends the section.
func (h Header) Raw() string {
	if len(h.fields) == 0 {
		return ""
	}
	return h.text[h.fields[0].Name : len(h.text)-2]
}

// cutMember cuts the first member from a list, at the first comma that is not
// inside a quoted string.
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
func cutMember(list string) (member, rest string) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == '"':
			quoted = !quoted
		case list[i] == '\\' && quoted:
			i++ // a quoted-pair: the next octet is no delimiter
		case list[i] == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, ""
}
