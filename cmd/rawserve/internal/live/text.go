package live

import (
	"bytes"
	"fmt"
	"strings"
)

// Requests as text that people keep: a conformance case, and a shell command.

// fixture writes the request as a conformance case that expects what was seen.
func (v *exchangeView) fixture() string {
	var b strings.Builder
	fmt.Fprintf(&b, "@id     copied-c%d-%d\n@title  Copied from the x-ray page\n", v.Conn, v.Number)
	for _, hidden := range v.In.Masked {
		fmt.Fprintf(&b, "# octets %d to %d are dots here: a secret that is not shown\n", hidden[0], hidden[1]-1)
	}
	b.WriteByte('\n')
	rest := v.In.shown
	if head := v.waitedFor(); head > 0 {
		b.WriteString(sendLines(rest[:head]) + "< HTTP/1.1 100 *\n<\n")
		rest = rest[head:]
	}
	b.WriteString(sendLines(rest))
	b.WriteString(v.expected())
	return b.String()
}

// waitedFor returns how many octets of the request the client sent before it waited
// for 100 (Continue), or 0 if it did not.
func (v *exchangeView) waitedFor() int {
	if len(v.In.Messages) == 0 || len(v.Out.Messages) == 0 || v.Out.Messages[0].Status != 100 {
		return 0
	}
	return v.In.Messages[0].Head
}

// expected writes what was answered, as far as another server can be expected to
// answer the same.
func (v *exchangeView) expected() string {
	switch x := v.Exchange; {
	case x == nil || x.Status == 0 && v.Closed == "":
		return ""
	case x.Status == 0:
		return "* closed\n"
	case x.Reason == "":
		return fmt.Sprintf("< HTTP/1.1 %d *\n<\n* open\n", x.Status)
	case strings.EqualFold(x.Method, "HEAD"):
		return fmt.Sprintf("< HTTP/1.1 %d *\n<\n", x.Status)
	default:
		return fmt.Sprintf("< HTTP/1.1 %d *\n<\n* closed\n", x.Status)
	}
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

// escapes are the octets that a notation has a sign for, and how it writes those
// that are not printable.
type escapes struct {
	signs map[byte]string
	other string // format
}

// wireEscapes are those of conformance cases, printfEscapes those of printf within
// the quotes of a shell.
var (
	wireEscapes   = escapes{map[byte]string{'\r': `\r`, '\n': `\n`, '\t': `\t`, '\\': `\\`}, `\x%02x`}
	printfEscapes = escapes{map[byte]string{'\r': `\r`, '\n': `\n`, '\t': `\t`, '\\': `\\`, '%': `%%`, '\'': `\047`}, `\%03o`}
)

// write writes octets in a notation.
func (e escapes) write(octets []byte) string {
	var b strings.Builder
	for _, octet := range octets {
		sign, found := e.signs[octet]
		switch {
		case found:
			b.WriteString(sign)
		case octet < ' ' || octet > '~':
			fmt.Fprintf(&b, e.other, octet)
		default:
			b.WriteByte(octet)
		}
	}
	return b.String()
}

// escaped writes octets as the text of a line of a conformance case: no blank at its
// edges, nothing that would be replaced.
func escaped(octets []byte) string {
	text := wireEscapes.write(octets)
	if trimmed, found := strings.CutPrefix(text, " "); found {
		text = `\s` + trimmed
	}
	if trimmed, found := strings.CutSuffix(text, " "); found {
		text = trimmed + `\s`
	}
	return strings.ReplaceAll(text, "${", `\x24{`)
}

// printfCommand writes a shell command that sends a request to the server.
func printfCommand(octets []byte) string { return "printf '" + printfEscapes.write(octets) + "'" }
