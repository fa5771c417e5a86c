package syntax

import (
	"encoding/binary"
	"math/bits"
)

// class is a set of octet classes, one bit each.
type class uint16

const (
	tchar     class = 1 << iota // may stand in a token: method, field name, coding
	content                     // may stand in a field value or reason phrase
	pathChar                    // may stand in a path as itself
	queryChar                   // may stand in a query as itself
	hostChar                    // may stand in a reg-name as itself
	hexdig                      // hexadecimal digit
	digit                       // decimal digit
	space                       // SP or HTAB: the octets of OWS and BWS
	quotable                    // may stand in a quoted-string as itself
)

const (
	digits     = "0123456789"
	alpha      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	unreserved = alpha + digits + "-._~"
	subDelims  = "!$&'()*+,;="

	// What browsers leave in a path, and in a query besides, as it is, a percent sign
	// without two digits in a query included. RFC 3986 has no place for them, the URL
	// Standard has, and they are no delimiters of HTTP: to refuse them breaks pages.
	browsersPath  = "[]|"
	browsersQuery = `{}^\` + "`"
)

// classes says for each octet which classes it belongs to.
var classes = makeClasses()

// makeClasses builds the table from strings that read like the grammar.
//
//	tchar       = "!" / "#" / "$" / … / DIGIT / ALPHA     RFC 9110, Section 5.6.2
//	field-vchar = VCHAR / obs-text                        RFC 9110, Section 5.5
//	pchar       = unreserved / pct-encoded / sub-delims / ":" / "@"
//	qdtext      = HTAB / SP / "!" / %x23-5B / %x5D-7E / obs-text
func makeClasses() (table [256]class) {
	mark := func(octets string, c class) {
		for i := range len(octets) {
			table[octets[i]] |= c
		}
	}
	mark("!#$%&'*+-.^_`|~"+digits+alpha, tchar)
	mark(unreserved+subDelims+":@/"+browsersPath, pathChar)
	mark(unreserved+subDelims+":@/?%"+browsersPath+browsersQuery, queryChar)
	mark(unreserved+subDelims, hostChar)
	mark(digits+"abcdefABCDEF", hexdig)
	mark(digits, digit)
	mark(" \t", space)
	for o := range 256 {
		vchar := o > 0x20 && o < 0x7f
		obsText := o >= 0x80
		if vchar || obsText || o == ' ' || o == '\t' {
			table[o] |= content
			if o != '"' && o != '\\' {
				table[o] |= quotable
			}
		}
	}
	return table
}

// is reports whether the octet belongs to one of the classes in c.
func is(octet byte, c class) bool { return classes[octet]&c != 0 }

// all reports whether every octet of a text belongs to c.
func all(text string, c class) bool {
	for i := range len(text) {
		if !is(text[i], c) {
			return false
		}
	}
	return true
}

// run returns how many octets at the beginning of b belong to c.
func run(b []byte, c class) int {
	for i, octet := range b {
		if classes[octet]&c == 0 {
			return i
		}
	}
	return len(b)
}

// contentRun is run(b, content) for whole lines. It looks at eight octets at a
// time, and at single ones only where one is no printable ASCII character.
func contentRun(b []byte) int {
	rest := b
	for len(rest) >= 8 {
		marks := unusual(rest)
		if marks == 0 {
			rest = rest[8:]
			continue
		}
		n := bits.TrailingZeros64(marks) / 8
		if !is(rest[n], content) {
			return len(b) - len(rest) + n
		}
		rest = rest[n+1:]
	}
	return len(b) - len(rest) + run(rest, content)
}

// unusual marks the octets among the first eight that are not in 0x20 to 0x7e,
// the lowest octet in the lowest byte. The first mark is exact; it may carry
// into those after it.
func unusual(b []byte) uint64 {
	const (
		ones   = 0x0101010101010101
		spaces = ' ' * ones
		highs  = 0x80 * ones
	)
	eight := binary.LittleEndian.Uint64(b)
	return ((eight - spaces) | (eight + ones)) & highs
}

// trimOWS returns the range of b[start:end] without the white space around it.
//
//	OWS = *( SP / HTAB )
func trimOWS(b []byte, start, end int) (int, int) {
	for start < end && is(b[start], space) {
		start++
	}
	for end > start && is(b[end-1], space) {
		end--
	}
	return start, end
}

// isAlpha reports whether the octet is an ASCII letter.
func isAlpha(octet byte) bool { return 'a' <= lower(octet) && lower(octet) <= 'z' }

// lower returns an ASCII letter in lower case and any other octet as it is.
func lower(octet byte) byte {
	if 'A' <= octet && octet <= 'Z' {
		return octet | 0x20
	}
	return octet
}

// text is octets in either form: the window of a parser or an accepted string.
type text interface{ ~string | ~[]byte }

// EqualFold reports whether two texts are equal but for the case of ASCII
// letters. Unlike strings.EqualFold it folds nothing else: U+212A is no "k".
func EqualFold[A, B text](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}
