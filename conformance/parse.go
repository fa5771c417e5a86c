package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// signs lists what a line can begin with, longer ones before their prefixes.
var signs = []string{"<=", "<!", "<~", "{|", "{~", "#", "@", ">", "}", "<", "{", "*", "!", "=", "$"}

// Parse reads a .wire file, strictly: whatever is not described in the package
// comment is an error. The name is kept for messages; without .wire it becomes
// the section. The file is never nil. The error joins one *Error for each
// mistake, as errors.Join does; cases with mistakes must not be run. Parse keeps
// no reference to data.
func Parse(name string, data []byte) (*File, error) {
	p := &parser{file: &File{Name: name}}
	p.lines(string(data))
	if len(p.file.Cases) == 0 && p.errs == nil {
		p.fail(1, 1, "no case: begin one with @id")
	}
	p.finish()
	return p.file, errors.Join(p.errs...)
}

// parser collects the cases and the mistakes of one file.
type parser struct {
	file   *File
	errs   []error
	c      *Case     // the case being read
	script *compiler // of that case
	body   bool      // a line other than metadata was seen
}

// fail notes a mistake; line and column count from 1.
func (p *parser) fail(line, column int, format string, args ...any) {
	p.errs = append(p.errs, &Error{p.file.Name, line, column, fmt.Sprintf(format, args...)})
}

// lines cuts the file into lines and calls line for each.
func (p *parser) lines(text string) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		p.fail(strings.Count(text, "\n")+1, 1, "the last line does not end in a line feed")
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		p.line(number, strings.TrimSuffix(line, "\n"))
	}
}

// Bounds of a line, in octets without its line feed. What is sent may be octets that
// were recorded, such as a head of 64 KiB with an escape for each octet.
const (
	maxLine     = 4 << 10
	maxSendLine = 512 << 10
)

// line checks the octets of one line and hands it to its case.
func (p *parser) line(number int, text string) {
	pasted := p.script != nil && p.script.curl
	if pasted || strings.HasPrefix(text, "$ ") {
		text = strings.TrimRight(text, " \t\r") // a pasted session ends its empty lines in a blank
	}
	limit := maxLine
	if strings.HasPrefix(text, ">") || strings.HasPrefix(text, "}") {
		limit = maxSendLine
	}
	if len(text) > limit {
		p.fail(number, limit+1, "a line of %d octets: write at most %d, the rest as ${repeat N text} or on another line", len(text), limit)
		return
	}
	for i := range len(text) {
		if octet := text[i]; octet >= 0x7f || octet < ' ' && !(pasted && octet == '\t') {
			p.fail(number, i+1, `octet %#02x in the file: write it as \x%02x`, octet, octet)
			return
		}
	}
	if strings.HasSuffix(text, " ") {
		p.fail(number, len(text), `a blank at the end of the line: write \s`)
		return
	}
	l, ok := cutSign(number, text)
	if !ok && pasted {
		l, ok = Line{Number: number, Text: text}, true
	}
	if !ok {
		p.fail(number, 1, "want an empty line or one of the signs %s, followed by a space", strings.Join(signs, " "))
		return
	}
	p.file.Lines = append(p.file.Lines, l)
	p.belongs(l)
}

// cutSign splits a line into its sign and text.
func cutSign(number int, text string) (Line, bool) {
	if text == "" {
		return Line{Number: number}, true
	}
	for _, sign := range signs {
		rest, found := strings.CutPrefix(text, sign)
		if !found {
			continue
		}
		if rest == "" {
			return Line{Number: number, Sign: sign, Column: len(sign)}, true
		}
		if sign == "@" { // the only sign that its word follows at once
			return Line{Number: number, Sign: sign, Text: rest, Column: 1}, rest[0] != ' '
		}
		if rest[0] == ' ' {
			return Line{Number: number, Sign: sign, Text: rest[1:], Column: len(sign) + 1}, true
		}
	}
	return Line{}, false
}

// belongs gives a line to the case it belongs to, which it may begin.
func (p *parser) belongs(l Line) {
	if l.Sign == "@" {
		key, value, _ := strings.Cut(l.Text, " ")
		p.metadata(l, key, strings.TrimSpace(value))
		return
	}
	if l.Sign == "$" && p.c == nil {
		p.begin(l, p.file.Section()) // a session pasted into an empty file
	}
	if p.c == nil {
		if l.Sign != "#" && l.Sign != "" {
			p.fail(l.Number, 1, "no case yet: begin one with @id")
		}
		return
	}
	p.c.Lines = append(p.c.Lines, l)
	if l.Sign == "#" || l.Sign == "" && l.Text == "" {
		return
	}
	p.body = true
	if err := p.script.line(l); err != nil {
		p.fail(l.Number, max(err.Column, 1), "%s", err.Message)
	}
}

// begin starts a case and ends the one before.
func (p *parser) begin(l Line, id string) {
	p.finish()
	p.c = &Case{File: p.file.Name, Section: p.file.Section(), Number: l.Number, ID: id}
	p.script = &compiler{c: p.c}
	p.body = false
	p.file.Cases = append(p.file.Cases, p.c)
}

// finish ends the case being read.
func (p *parser) finish() {
	if p.c == nil {
		return
	}
	for _, err := range p.script.finish() {
		p.fail(err.Line, max(err.Column, 1), "%s", err.Message)
	}
	slices.Sort(p.c.Roles)
	p.c.Roles = slices.Compact(p.c.Roles)
}

var (
	idSyntax   = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	ruleSyntax = regexp.MustCompile(`^rfc[0-9]+-[0-9A-Z]+(\.[0-9]+)*-[0-9]{2}$`)
)

// metadata reads an "@key value" line.
func (p *parser) metadata(l Line, key, value string) {
	if key == "id" {
		if !idSyntax.MatchString(value) {
			p.fail(l.Number, 5, "want @id followed by lower-case words joined by hyphens")
		}
		p.begin(l, value)
	}
	if p.c == nil {
		p.fail(l.Number, 1, "a case begins with @id")
		return
	}
	p.c.Lines = append(p.c.Lines, l)
	if p.body {
		p.fail(l.Number, 1, "@%s follows the first line of the case: put it before", key)
		return
	}
	if message := p.c.set(key, value); message != "" {
		p.fail(l.Number, 1+len("@")+len(key)+1, "%s", message)
	}
}

// set stores one line of metadata. It returns what is wrong with it, if anything.
func (c *Case) set(key, value string) string {
	if value == "" {
		return "@" + key + " needs a value"
	}
	switch key {
	case "id":
	case "title":
		c.Title = value
	case "rule":
		return c.setRule(value)
	case "role":
		return c.setNames(&c.Roles, value, roles, "role")
	case "needs":
		return c.setNames(&c.Needs, value, Features(), "feature")
	case "timeout":
		timeout, err := time.ParseDuration(value)
		if err != nil || timeout <= 0 || timeout > time.Minute {
			return "want a duration of at most 1m, such as 2s"
		}
		c.Timeout = timeout
	case "splits":
		c.Splits = Splits(value)
		if c.Splits != SplitEach && c.Splits != SplitNone {
			return "want @splits each or @splits none"
		}
	case "status":
		c.Draft = value == "draft"
		if value != "draft" && value != "stable" {
			return "want @status stable or @status draft"
		}
	default:
		return "unknown key @" + key + ": known are @id @title @rule @role @needs @timeout @splits @status"
	}
	return ""
}

// setRule reads the value of @rule: a requirement and its level.
func (c *Case) setRule(value string) string {
	id, word, _ := strings.Cut(value, " ")
	if !ruleSyntax.MatchString(id) {
		return "want a requirement such as rfc9112-5.1-01, then its level"
	}
	level, ok := levels[word]
	if !ok {
		return "want a level after the requirement: MUST, MUST NOT, SHOULD, SHOULD NOT or MAY"
	}
	c.Rules = append(c.Rules, RuleRef{id, level})
	return ""
}

// setNames adds the names of a list, divided by spaces or slashes, each of
// which must be known.
func (c *Case) setNames(to *[]string, value string, known []string, what string) string {
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '/' || r == ',' }) {
		if !slices.Contains(known, name) {
			return fmt.Sprintf("unknown %s %q: known are %s", what, name, strings.Join(known, " "))
		}
		*to = append(*to, name)
	}
	return ""
}
