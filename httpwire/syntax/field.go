package syntax

// FieldSpan says where the parts of a field line stand in a message. The name
// begins the line and ends at Colon; the value is Value to End, without the
// optional white space around it.
type FieldSpan struct{ Name, Colon, Value, End uint16 }

// NameIn returns the name of the field as a part of the message.
func (f FieldSpan) NameIn(message string) string { return message[f.Name:f.Colon] }

// ValueIn returns the value of the field as a part of the message.
func (f FieldSpan) ValueIn(message string) string { return message[f.Value:f.End] }

// What is read of field lines is checked here, what is sent in encode.go.

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
		return NoColon.At(at + n)
	case n == 0 && line[0] == ':':
		return EmptyFieldName.At(at)
	case n == 0 && is(line[0], space):
		return ObsFold.At(at)
	case is(line[n], space):
		colon := n + run(line[n:], space)
		if colon < len(line) && line[colon] == ':' {
			return SpaceBeforeColon.At(at + n)
		}
	}
	return BadFieldName.At(at + n)
}

// badFieldValue returns the error for a control character in a value.
func badFieldValue(octet byte, offset int) *Error {
	if octet == 0 {
		return NULInValue.At(offset)
	}
	return BadFieldValue.At(offset)
}
