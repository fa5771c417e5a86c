package live

import (
	"bytes"
	"fmt"
	"strings"
)

// Requests as text that people keep: a conformance case, and a shell command.

// fixture writes a request as a conformance case that expects what was seen.
func fixture(id string, octets []byte, status int, open, head bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@id     %s\n@title  Copied from the x-ray page\n\n%s", id, sendLines(octets))
	if status > 0 {
		fmt.Fprintf(&b, "< HTTP/1.1 %d *\n<\n", status)
		switch {
		case open:
			b.WriteString("* open\n")
		case !head:
			b.WriteString("* closed\n")
		}
	}
	return b.String()
}

// sendLines writes octets as lines that send them: "> " for what ends in CR LF,
// "} " for what does not.
func sendLines(octets []byte) string {
	var b strings.Builder
	for len(octets) > 0 {
		line, rest, ended := bytes.Cut(octets, []byte("\r\n"))
		switch {
		case ended && len(line) <= longestLine:
			b.WriteString(strings.TrimRight("> "+escaped(line), " ") + "\n")
		case ended:
			b.WriteString(rawLines(octets[:len(line)+2]))
		default:
			b.WriteString(rawLines(line))
		}
		octets = rest
	}
	return b.String()
}

// longestLine is how many octets a line of a fixture holds.
const longestLine = 4096

// rawLines writes octets as lines of at most longestLine.
func rawLines(octets []byte) string {
	var b strings.Builder
	for len(octets) > 0 {
		n := min(len(octets), longestLine)
		b.WriteString("} " + escaped(octets[:n]) + "\n")
		octets = octets[n:]
	}
	return b.String()
}

// escaped writes octets in the escapes of fixtures.
func escaped(octets []byte) string {
	var b strings.Builder
	for i, octet := range octets {
		edge := i == 0 || i == len(octets)-1
		switch {
		case octet == '\r':
			b.WriteString(`\r`)
		case octet == '\n':
			b.WriteString(`\n`)
		case octet == '\t':
			b.WriteString(`\t`)
		case octet == '\\':
			b.WriteString(`\\`)
		case octet == ' ' && edge:
			b.WriteString(`\s`)
		case octet == '$' && i+1 < len(octets) && octets[i+1] == '{':
			b.WriteString(`\x24`)
		case octet < ' ' || octet > '~':
			fmt.Fprintf(&b, `\x%02x`, octet)
		default:
			b.WriteByte(octet)
		}
	}
	return b.String()
}

// printfCommand writes a shell command that sends a request to the server.
func printfCommand(octets []byte) string {
	var b strings.Builder
	for _, octet := range octets {
		switch {
		case octet == '\r':
			b.WriteString(`\r`)
		case octet == '\n':
			b.WriteString(`\n`)
		case octet == '\t':
			b.WriteString(`\t`)
		case octet == '\\':
			b.WriteString(`\\`)
		case octet == '%':
			b.WriteString(`%%`)
		case octet == '\'':
			b.WriteString(`\047`)
		case octet < ' ' || octet > '~':
			fmt.Fprintf(&b, `\%03o`, octet)
		default:
			b.WriteByte(octet)
		}
	}
	return "printf '" + b.String() + "'"
}
