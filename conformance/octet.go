package conformance

import (
	"fmt"
	"strings"
)

// isTchar reports whether an octet can stand in a token. RFC 9110, Section
// 5.6.2.
func isTchar(octet byte) bool {
	return octet >= '0' && octet <= '9' || octet >= 'a' && octet <= 'z' || octet >= 'A' && octet <= 'Z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", octet) >= 0
}

// isToken reports whether s is a token.
func isToken(s string) bool {
	for i := range len(s) {
		if !isTchar(s[i]) {
			return false
		}
	}
	return s != ""
}

// visible writes octets with the escapes of the .wire format, so that a terminal
// shows control characters instead of acting on them.
func visible(octets string) string {
	var b strings.Builder
	for i := range len(octets) {
		switch c := octets[i]; {
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == 0:
			b.WriteString(`\0`)
		case c == '\\':
			b.WriteString(`\\`)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// clip shortens octets for a message, keeping their beginning.
func clip(octets string, limit int) string {
	if len(octets) <= limit {
		return visible(octets)
	}
	return fmt.Sprintf("%s... (%d octets)", visible(octets[:limit]), len(octets))
}

// excerpt shows octets as a quoted, shortened text.
func excerpt(octets string) string { return `"` + clip(octets, 120) + `"` }
