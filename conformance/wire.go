package conformance

import (
	"bytes"
	"strings"
	"time"
)

// File is one .wire file, as Parse reads it.
type File struct {
	Name  string  // base name: "9112-5.1-field-lines.wire"
	Lines []Line  // every line, in order, for Format
	Cases []*Case // in the order of the file
}

// Section returns the name of the file without .wire. Reports group cases by it.
func (f *File) Section() string { return strings.TrimSuffix(f.Name, ".wire") }

// Format returns the text of the file: the octets that Parse read, except that
// white space at the end of lines pasted from a curl session is gone.
func (f *File) Format() []byte {
	var b bytes.Buffer
	for _, l := range f.Lines {
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Line is one line of a file: a sign, and the text after it as written.
type Line struct {
	Number int    // from 1
	Sign   string // such as ">" or "<!"; "" for an empty or a pasted line
	Text   string // what follows the sign and its space
	Column int    // where Text begins, from 0
}

// String returns the line as it stands in the file.
func (l Line) String() string {
	if l.Text == "" || l.Column == len(l.Sign) {
		return l.Sign + l.Text
	}
	return l.Sign + " " + l.Text
}

// Case is one conformance case: what is sent, and what must be seen. Parse makes
// cases; they are not changed afterwards and may be shared by goroutines.
type Case struct {
	File    string        // name of its file
	Section string        // of its file
	Number  int           // line of its @id, from 1
	ID      string        // unique among the files that are loaded together
	Title   string        // what a server is expected to do; may be empty
	Rules   []RuleRef     // in the order of the @rule lines; may be empty
	Roles   []string      // named by @role or used in a substitution; sorted
	Needs   []string      // features named by @needs or implied
	Timeout time.Duration // for the responses; zero means that of the Runner
	Splits  Splits        // for the parser run
	Draft   bool          // @status draft: a failure is a WARN
	Lines   []Line        // from @id to the line before the next

	script     []step
	objections []objection
	facts      []fact
	breaks     map[int][]string // requirements of the "!" lines under a line of expectation, by its number
}

// RuleRef is a requirement that a case checks, by its number and level.
type RuleRef struct {
	ID    string // RFC, section, number in the section: "rfc9112-5.1-01"
	Level Level
}

// Splits says how the parser run cuts the octets of a case into pieces. The zero
// value cuts inputs of up to 2 KiB as SplitEach does, longer ones not at all.
type Splits string

// The values of @splits.
const (
	SplitEach Splits = "each" // octet by octet, and in two at every place, however long
	SplitNone Splits = "none" // not at all
)

// Level is how strongly the RFC asks for something.
type Level int

// Levels, weakest first. NoLevel is that of a case without a @rule line: it is
// about something that the server itself promises, and the RFC does not ask for.
const (
	NoLevel Level = iota
	May
	Should
	Must
)

// levels maps the words of RFC 2119 to their strength.
var levels = map[string]Level{
	"MAY": May, "OPTIONAL": May,
	"SHOULD": Should, "SHOULD NOT": Should, "RECOMMENDED": Should, "NOT RECOMMENDED": Should,
	"MUST": Must, "MUST NOT": Must, "REQUIRED": Must, "SHALL": Must, "SHALL NOT": Must,
}

// String returns MUST, SHOULD or MAY, or "-" for NoLevel.
func (l Level) String() string { return [...]string{"-", "MAY", "SHOULD", "MUST"}[l] }

// Level returns the strongest level among the rules of the case, or NoLevel if it
// has none. MUST NOT is as strong as MUST, and SHOULD NOT as SHOULD.
func (c *Case) Level() Level {
	level := NoLevel
	for _, r := range c.Rules {
		level = max(level, r.Level)
	}
	return level
}

// Source returns the text of the case, without empty lines at its end.
func (c *Case) Source() string {
	var b strings.Builder
	for _, l := range c.Lines {
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// objection is a "!" line: where a strict parser must refuse the octets sent.
type objection struct {
	line   int    // of the "!"
	target int    // line of the send line it stands under
	column int    // of the caret, from 0
	rule   string // requirement the refusal must name
	status int    // zero means any
}

// fact is an "=" line: something a parser must have understood.
type fact struct {
	line  int
	name  string
	value template
}
