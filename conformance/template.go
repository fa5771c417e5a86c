package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// template is the text of a line with its escapes undone and its substitutions
// still to be made.
type template []part

// part is a run of octets, a substitution or a wildcard.
type part struct {
	column int    // where it begins in the line, from 0
	width  int    // in columns
	octets string // literal octets; with repeat, what is repeated
	name   string // substitution: "host", "repeat", a role, ...; "" for literal octets
	arg    string // of ${file name}
	count  int    // of ${repeat count text}
	star   bool   // an unescaped "*", where the sign gives it a meaning
	plain  bool   // literal octets, one column for each
}

// textColumn is where the text after a sign of one octet begins, from 0.
const textColumn = 2

// substitutions lists the names that stand for a value of the server under
// test; the roles and ${repeat n text}, ${file name} come on top.
var substitutions = []string{"host", "url", "hostname", "port"}

// scanner reads the text of a line from left to right.
type scanner struct {
	text   string
	at     int
	column int // of text[0] in the line
	stars  bool
	known  map[string]bool // groups captured so far
	out    template
}

// parseTemplate undoes the escapes of text and finds its substitutions. With
// stars, an unescaped "*" is a wildcard; captured holds the names of groups
// that earlier lines captured. The error has only its column and message set.
func parseTemplate(text string, column int, stars bool, captured map[string]bool) (template, *Error) {
	s := &scanner{text: text, column: column, stars: stars, known: captured}
	for s.at < len(text) {
		if err := s.part(); err != nil {
			return nil, err
		}
	}
	return s.out, nil
}

// part reads one escape, substitution or wildcard, or the octets up to the next.
func (s *scanner) part() *Error {
	rest := s.text[s.at:]
	switch {
	case rest[0] == '\\':
		return s.escape(rest)
	case strings.HasPrefix(rest, "${"):
		return s.substitution(rest)
	case rest[0] == '*' && s.stars:
		s.add(part{star: true}, 1)
	default:
		n := 1
		for n < len(rest) && !s.special(rest[n:]) {
			n++
		}
		s.add(part{octets: rest[:n], plain: true}, n)
	}
	return nil
}

// special reports whether rest begins with something other than an octet that
// stands for itself.
func (s *scanner) special(rest string) bool {
	return rest[0] == '\\' || rest[0] == '*' && s.stars || strings.HasPrefix(rest, "${")
}

// add appends p, which is width columns wide.
func (s *scanner) add(p part, width int) {
	p.column, p.width = s.column+s.at, width
	s.out = append(s.out, p)
	s.at += width
}

// escapes maps the letter after a backslash to its octet.
var escapes = map[byte]byte{'r': '\r', 'n': '\n', 't': '\t', '0': 0, '\\': '\\', 's': ' '}

// escape reads one escape at the beginning of rest.
func (s *scanner) escape(rest string) *Error {
	if len(rest) < 2 {
		return s.fail(0, `a backslash at the end: write \\ for one`)
	}
	if octet, ok := escapes[rest[1]]; ok {
		s.add(part{octets: string([]byte{octet})}, 2)
		return nil
	}
	if rest[1] != 'x' {
		if rest == `\c` {
			return s.fail(0, `\c stands only at the end of a ">" line`)
		}
		return s.fail(0, `unknown escape \%c: known are \r \n \t \0 \\ \s \xHH and, at the end of a ">" line, \c`, rest[1])
	}
	if len(rest) < 4 {
		return s.fail(0, `\x needs two hexadecimal digits`)
	}
	octet, err := strconv.ParseUint(rest[2:4], 16, 8)
	if err != nil {
		return s.fail(0, `\x needs two hexadecimal digits`)
	}
	s.add(part{octets: string([]byte{byte(octet)})}, 4)
	return nil
}

// substitution reads ${...} at the beginning of rest.
func (s *scanner) substitution(rest string) *Error {
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return s.fail(0, "a substitution without its closing brace")
	}
	name, arg, _ := strings.Cut(rest[2:end], " ")
	p := part{name: name, arg: arg}
	switch {
	case name == "repeat":
		if err := s.repeat(&p); err != nil {
			return err
		}
	case name == "file":
		if !knownFile(arg) {
			return s.fail(0, "unknown file %q: files stand in testdata, or are one of %s", arg, generatedNames())
		}
	case arg != "" || !builtIn(name) && !s.known[name]:
		return s.fail(0, "unknown substitution ${%s}: known are ${host} ${url} ${hostname} ${port} ${repeat N text} ${file name}, "+
			"the roles %s, and groups of earlier <~ lines", rest[2:end], strings.Join(roles, " "))
	}
	s.add(p, end+1)
	return nil
}

// builtIn reports whether ${name} means something without a capture.
func builtIn(name string) bool {
	return name == "repeat" || name == "file" || slices.Contains(substitutions, name) || slices.Contains(roles, name)
}

// maxRepeat bounds what the ${repeat N text} of a case make together, in octets.
const maxRepeat = 64 << 20

// repeat reads the argument of ${repeat N text}. The text may hold escapes,
// but no substitutions.
func (s *scanner) repeat(p *part) *Error {
	number, text, found := strings.Cut(p.arg, " ")
	count, err := strconv.Atoi(number)
	if err != nil || !found || count < 0 || text == "" || count > maxRepeat/len(text) {
		return s.fail(0, "want ${repeat N text} with at most %d octets in all", maxRepeat)
	}
	inner, lineErr := parseTemplate(text, s.column+s.at+len("${repeat ")+len(number)+1, false, nil)
	if lineErr != nil {
		return lineErr
	}
	for _, q := range inner {
		p.octets += q.octets
	}
	p.count = count
	return nil
}

// fail returns an error at an offset from the scanner's place.
func (s *scanner) fail(offset int, format string, args ...any) *Error {
	return &Error{Column: s.column + s.at + offset + 1, Message: fmt.Sprintf(format, args...)}
}

// uses returns the roles that t names.
func (t template) uses() []string {
	var used []string
	for _, p := range t {
		if slices.Contains(roles, p.name) {
			used = append(used, p.name)
		}
	}
	return used
}

// missing returns the name of a capture that t uses and that was not made.
func (t template) missing(env *environment) string {
	for _, p := range t {
		if p.name == "" || builtIn(p.name) {
			continue
		}
		if _, ok := env.captures[p.name]; !ok {
			return p.name
		}
	}
	return ""
}

// expand returns the octets of t on one server.
func (t template) expand(env *environment) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.expand(env))
	}
	return b.String()
}

// expand returns the octets of p on one server. A wildcard gives a star.
func (p part) expand(env *environment) string {
	switch {
	case p.star:
		return "*"
	case p.name == "":
		return p.octets
	case p.name == "repeat":
		return strings.Repeat(p.octets, p.count)
	case p.name == "file":
		return string(readFile(p.arg))
	}
	return env.value(p.name)
}

// offset returns where the octet written at a column stands in what t expands
// to. A column inside an escape or a substitution means its first octet; one
// after the text counts on, into the line ending.
func (t template) offset(env *environment, column int) int {
	offset, end := 0, textColumn
	for _, p := range t {
		end = p.column + p.width
		if column < end && p.plain {
			return offset + column - p.column
		}
		if column < end {
			return offset
		}
		offset += len(p.expand(env))
	}
	return offset + column - end
}
