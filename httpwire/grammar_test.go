package httpwire

import "regexp"

// The grammar of RFC 9110, RFC 9112 and RFC 3986 as regular expressions: slow,
// and as close to the ABNF as they can be written. Fuzzing compares the parser
// with it. Regular expressions work on characters, so each octet becomes the
// character of the same number first.
type abnf struct{ *regexp.Regexp }

func octets(expression string) abnf { return abnf{regexp.MustCompile(`(?s)` + expression)} }

// latin1 returns the string whose characters have the numbers of the octets.
func latin1(b []byte) string {
	characters := make([]rune, len(b))
	for i, octet := range b {
		characters[i] = rune(octet)
	}
	return string(characters)
}

func (a abnf) match(b []byte) bool { return a.MatchString(latin1(b)) }
