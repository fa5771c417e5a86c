package xray

import (
	"strings"
)

// TextOctets is how many octets Span.Text shows at most.
const TextOctets = 256

// Visible writes octets as text in which each can be seen and a terminal obeys
// none: control characters as their pictures, everything beyond ASCII as \xHH.
// UTF-8 is not decoded, because the grammar is about octets, and because
// some characters reverse the direction of the text around them.
func Visible(octets []byte) string {
	var b strings.Builder
	for _, octet := range octets {
		b.WriteString(VisibleOctet(octet))
	}
	return b.String()
}

// visibleSpace is Visible for parts that consist of white space, or end in it:
// a space is a dot.
func visibleSpace(octets []byte) string {
	return strings.ReplaceAll(Visible(octets), " ", "·")
}

// visibleOctets holds the text of each octet.
var visibleOctets = func() (table [256]string) {
	const hex = "0123456789abcdef"
	for o := range 256 {
		switch {
		case o < 0x20:
			table[o] = string(rune(0x2400 + o)) // ␀ ␉ ␊ ␍ and the like
		case o < 0x7f:
			table[o] = string(rune(o))
		case o == 0x7f:
			table[o] = "␡"
		default:
			table[o] = `\x` + hex[o>>4:o>>4+1] + hex[o&15:o&15+1]
		}
	}
	return table
}()

// VisibleOctet is Visible for one octet.
func VisibleOctet(octet byte) string { return visibleOctets[octet] }
