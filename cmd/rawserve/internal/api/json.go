package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may be nested in a body. Nothing here
// needs more than one level; the bound protects the stack of whatever reads JSON
// recursively, here or in a program that gets it from here.
const maxDepth = 64

// jsonError says why a body is not the JSON wanted.
type jsonError struct {
	reason string // a sentence, in plain words
	field  string // member of the object it is about; empty if none
	offset int    // first octet of the body it is about; negative if none
}

// Error returns the reason.
func (e *jsonError) Error() string { return "api: " + e.reason }

// member is one member of an object, as written in the body.
type member struct {
	name   string
	value  json.RawMessage
	offset int // of the value, in the body
}

// members returns the members of the object that data holds, all of which must
// be known. encoding/json accepts much that leaves open what was meant: names in
// the wrong case, two members with one name, unknown members, octets that are
// not UTF-8, and anything that follows the object. Each is refused here.
func members(data []byte, known ...string) ([]member, error) {
	if err := checkSyntax(data); err != nil {
		return nil, err
	}
	d := decoder{json.NewDecoder(bytes.NewReader(data)), data}
	if start := d.next(); data[start] != '{' {
		return nil, &jsonError{"this is " + kind(data[start]) + ", not an object", "", start}
	}
	d.json.Token()
	var found []member
	for d.json.More() {
		m, err := d.member(known)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(found, func(f member) bool { return f.name == m.name }) {
			return nil, &jsonError{fmt.Sprintf("the member %q occurs twice", m.name), m.name, m.offset}
		}
		found = append(found, m)
	}
	return found, nil
}

// checkSyntax returns an error unless data is one JSON value with nothing but
// white space around it. RFC 8259.
func checkSyntax(data []byte) error {
	if reason := otherEncoding(data); reason != "" {
		return &jsonError{reason, "", 0}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var value json.RawMessage
	var syntax *json.SyntaxError
	switch err := d.Decode(&value); {
	case errors.Is(err, io.EOF):
		return &jsonError{"the body is empty", "", len(data)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &jsonError{"the JSON ends before it is complete", "", len(data)}
	case errors.As(err, &syntax):
		wrong := int(syntax.Offset) - 1 // Offset counts the octet read last
		// What stands before that octet may be too deep, and the reader gives up
		// only at a depth of its own.
		if err := checkValue(data[:wrong], 0); err != nil {
			return err
		}
		return &jsonError{syntax.Error(), "", wrong}
	case err != nil:
		return err
	}
	end := int(d.InputOffset())
	if rest := bytes.TrimLeft(data[end:], whitespace); len(rest) > 0 {
		return &jsonError{"something follows the JSON value", "", len(data) - len(rest)}
	}
	return nil
}

// otherEncoding says what is wrong with a body whose first octets show that it is
// not plain UTF-8, or returns "". Some editors and PowerShell write such files, and
// "invalid character 'ï'" would tell nobody. RFC 8259, Section 8.1.
func otherEncoding(data []byte) string {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\x00\x00\xfe\xff"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return "the body is UTF-16 or UTF-32: JSON is sent as UTF-8"
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return "the body begins with a byte order mark: send it as UTF-8 without one"
	case len(data) > 1 && (data[0] == 0) != (data[1] == 0):
		return "the body is UTF-16 or UTF-32: JSON is sent as UTF-8"
	}
	return ""
}

// whitespace of JSON. RFC 8259, Section 2.
const whitespace = " \t\r\n"

// decoder walks through the members of an object known to be valid JSON.
type decoder struct {
	json *json.Decoder
	data []byte
}

// next returns the offset of the next name or value.
func (d decoder) next() int {
	rest := d.data[d.json.InputOffset():]
	return len(d.data) - len(bytes.TrimLeft(rest, whitespace+",:"))
}

// member reads the next member, which must be a known one.
func (d decoder) member(known []string) (member, error) {
	start := d.next()
	token, err := d.json.Token()
	if err != nil {
		return member{}, err
	}
	if err := checkValue(d.data[start:d.json.InputOffset()], start); err != nil {
		return member{}, err
	}
	m := member{name: token.(string)} // what begins a member is a string
	if !slices.Contains(known, m.name) {
		return m, &jsonError{fmt.Sprintf("there is no member %.64q here", m.name), fmt.Sprintf("%.64s", m.name), start}
	}
	m.offset = d.next()
	if err := d.json.Decode(&m.value); err != nil {
		return m, err
	}
	if err := checkValue(m.value, m.offset); err != nil {
		err.field = m.name
		return m, err
	}
	return m, nil
}

// text returns the value of a member that must be a string.
func (m member) text() (string, error) {
	if m.value[0] != '"' {
		return "", m.wrongType("a string")
	}
	var s string
	err := json.Unmarshal(m.value, &s)
	return s, err
}

// number returns the value of a member that must be a number, as it is written.
func (m member) number() (json.Number, error) {
	if kind(m.value[0]) != "a number" {
		return "", m.wrongType("a number")
	}
	return json.Number(m.value), nil
}

func (m member) wrongType(want string) error {
	reason := fmt.Sprintf("%s is %s, not %s", m.name, kind(m.value[0]), want)
	return &jsonError{reason, m.name, m.offset}
}

// kind names the kind of the value that begins with an octet.
func kind(first byte) string {
	switch first {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// checkValue finds what encoding/json accepts and this package does not: nesting
// deeper than maxDepth, and strings that are not Unicode. data is valid JSON, or
// the beginning of some; offset is its place in the body.
func checkValue(data []byte, offset int) *jsonError {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return &jsonError{fmt.Sprintf("nested deeper than %d levels", maxDepth), "", offset + i}
			}
		case '}', ']':
			depth--
		case '"':
			n, reason := checkString(data[i+1:])
			if i += 1 + n; reason != "" {
				return &jsonError{reason, "", offset + i}
			}
		}
	}
	return nil
}

// checkString returns the offset of the quotation mark that ends a string, or
// else of the first octet that is not Unicode, and what is wrong with it. data
// begins after the first quotation mark.
func checkString(data []byte) (n int, reason string) {
	for n < len(data) && data[n] != '"' {
		width := 1
		switch {
		case data[n] == '\\':
			if width = escape(data[n:]); width == 0 {
				return n, "an escape for half of a surrogate pair, which is not a character"
			}
		case data[n] >= utf8.RuneSelf:
			var r rune
			if r, width = utf8.DecodeRune(data[n:]); r == utf8.RuneError && width == 1 {
				return n, "an octet that is not UTF-8"
			}
		}
		n += width
	}
	return n, ""
}

// escape returns the length of the escape, or pair of escapes, that data begins
// with, in octets; zero if it is one surrogate without the other of its pair.
func escape(data []byte) int {
	first := codeUnit(data)
	if !utf16.IsSurrogate(first) {
		return 2 // the digits of a \u are as good as any other characters
	}
	if utf16.DecodeRune(first, codeUnit(data[6:])) == utf8.RuneError {
		return 0
	}
	return 12
}

// codeUnit returns the code unit of the \u escape that data begins with, or -1
// if there is none.
func codeUnit(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}
