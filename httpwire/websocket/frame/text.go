package frame

import "unicode/utf8"

// TextCheck checks that the octets of a message are UTF-8 as they arrive, in any
// pieces. The zero value is the beginning of a message. RFC 6455, Section 8.1.
type TextCheck struct {
	open  [utf8.UTFMax]byte // octets of a character that is not yet whole
	count int
}

// Write checks the next octets. It returns the offset in p of the first one that no
// continuation can make valid, or -1.
func (c *TextCheck) Write(p []byte) (wrong int) {
	at := 0
	for c.count > 0 && at < len(p) {
		if !c.add(p[at]) {
			return at
		}
		at++
	}
	whole := at + wholeCharacters(p[at:])
	if !utf8.Valid(p[at:whole]) {
		whole = at // look for it, octet by octet
	}
	for i, octet := range p[whole:] {
		if !c.add(octet) {
			return whole + i
		}
	}
	return -1
}

// add takes one octet. It reports false if no character begins with the open octets
// and this one.
func (c *TextCheck) add(octet byte) bool {
	c.open[c.count] = octet
	c.count++
	if !utf8.FullRune(c.open[:c.count]) {
		return true
	}
	r, size := utf8.DecodeRune(c.open[:c.count])
	c.count = 0
	return r != utf8.RuneError || size > 1
}

// IsWhole reports whether the last character is whole.
func (c *TextCheck) IsWhole() bool { return c.count == 0 }

// wholeCharacters returns the length of p without a character at its end of which
// octets are missing.
func wholeCharacters(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return len(p) - n
			}
			break
		}
	}
	return len(p)
}
