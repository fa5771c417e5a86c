package syntax

import (
	"iter"
	"strings"
)

// members yields where the members of a list-based field line stand, without the
// white space around them, empty members included. A comma in a quoted string
// separates members like any other: no field that this package obeys has members
// with quotes.
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

// List yields the members of the value of a list-based field line, without the
// white space around them. Empty members are ignored, and a comma inside a quoted
// string separates nothing. RFC 9110, Section 5.6.1.
func List(value string) iter.Seq[string] {
	return func(yield func(member string) bool) {
		for value != "" {
			var member string
			member, value = cutMember(value)
			if member = strings.Trim(member, " \t"); member != "" && !yield(member) {
				return
			}
		}
	}
}

// cutMember cuts the first member from a list, at the first comma that is not
// inside a quoted string.
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//
// RFC 9110, Section 5.6.4.
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
