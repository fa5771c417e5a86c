package httpwire

import (
	"iter"

	"rawserve/httpwire/syntax"
)

// Header is a section of field lines as they were sent: in wire order and wire
// case, with duplicates. Names are compared without regard to case. The zero
// value is an empty section.
//
// A Header is a string and an index of it. Nothing it returns is ever
// overwritten: every string may be kept for ever.
type Header struct {
	text   string             // of the message, from its first octet on
	fields []syntax.FieldSpan // in wire order
}

// Len returns the number of field lines.
func (h Header) Len() int { return len(h.fields) }

// Field returns the name and value of field line i, 0 <= i < Len.
func (h Header) Field(i int) (name, value string) {
	f := h.fields[i]
	return f.NameIn(h.text), f.ValueIn(h.text)
}

// Get returns the value of the first field line with the name, or "".
func (h Header) Get(name string) string {
	for _, f := range h.fields {
		if syntax.EqualFold(f.NameIn(h.text), name) {
			return f.ValueIn(h.text)
		}
	}
	return ""
}

// Has reports whether there is a field line with the name.
func (h Header) Has(name string) bool {
	for _, f := range h.fields {
		if syntax.EqualFold(f.NameIn(h.text), name) {
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
		if syntax.EqualFold(f.NameIn(h.text), name) {
			values = append(values, f.ValueIn(h.text))
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
// without the white space around them. Empty members are ignored; a comma inside a
// quoted string separates nothing. RFC 9110, Section 5.6.1.
func (h Header) List(name string) iter.Seq[string] {
	return func(yield func(member string) bool) {
		for _, f := range h.fields {
			if !syntax.EqualFold(f.NameIn(h.text), name) {
				continue
			}
			for member := range syntax.List(f.ValueIn(h.text)) {
				if !yield(member) {
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

// fieldRoom is room for the fields of requests to come. It is never overwritten.
type fieldRoom struct{ spans []syntax.FieldSpan }

// fieldsAtOnce is for how many fields room is made at once: a browser sends about a
// dozen, curl three.
const fieldsAtOnce = 128

// keep returns a copy of fields that is never overwritten. Most requests find room
// for theirs after those of the requests before.
func (r *fieldRoom) keep(fields []syntax.FieldSpan) []syntax.FieldSpan {
	if len(fields) > cap(r.spans)-len(r.spans) {
		r.spans = make([]syntax.FieldSpan, 0, max(len(fields), fieldsAtOnce))
	}
	start := len(r.spans)
	r.spans = append(r.spans, fields...)
	return r.spans[start:len(r.spans):len(r.spans)]
}
