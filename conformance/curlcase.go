package conformance

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// curlRun is one "$ curl" line with what its session must show.
type curlRun struct {
	line       int
	words      []template
	next       []int           // how many words there are up to each --next
	asks       int             // how many words are URLs
	verbose    bool            // -v is among the options
	sent       []lineWant      // lines of the requests curl sent
	responses  []*responseWant // in order
	output     []template      // all that curl writes to its output; nil: any
	outputLine int             // the first line about it
	pasted     []Line          // lines that its output must contain
	matches    []contentMatch  // expressions that its output must match
	exit       int
}

// lineWant is a line that the transcript must contain.
type lineWant struct {
	line int
	text template
}

// progress matches what curl -v says about data instead of showing it.
var progress = regexp.MustCompile(`^\[[0-9]+ bytes data\]$`)

// curlLine compiles a line of a curl session: the command itself, or what its
// transcript must show.
func (k *compiler) curlLine(l Line) *Error {
	if l.Sign == "$" {
		return k.command(l)
	}
	s := k.last()
	if s == nil || s.curl == nil {
		return nil // the command before was refused, which has been said
	}
	run := s.curl
	switch l.Sign {
	case ">":
		if l.Text == "" {
			return nil
		}
		t, err := k.template(l, l.Text, true)
		run.sent = append(run.sent, lineWant{l.Number, t})
		return err
	case "*":
		return run.event(l)
	case "}":
		return nil // how much curl sent, which is not compared
	case "{", "{~":
		return k.output(l, run)
	case "":
		run.paste(l)
		return nil
	case "<", "<=", "<!", "<~":
		return k.head(l, run)
	}
	return problem(1, `"%s" has no place in a curl session`, l.Sign)
}

// command compiles a "$" line.
func (k *compiler) command(l Line) *Error {
	if k.c.script != nil && !k.curl {
		return problem(1, "a case is either a curl session or sends octets, not both")
	}
	k.curl = true
	words, err := splitWords(l.Text)
	if err != nil {
		return problem(l.Column+err.Column, "%s", err.Message)
	}
	if words[0].text != "curl" {
		return problem(l.Column+1, "only curl can be run")
	}
	run := &curlRun{line: l.Number}
	for rest := words[1:]; len(rest) > 0; {
		taken, err := k.curlArgument(l, run, rest)
		if err != nil {
			return err
		}
		rest = rest[taken:]
	}
	if run.asks == 0 {
		return problem(l.Column+1, "the command names no URL of the server under test: use ${url}")
	}
	k.c.Needs = append(k.c.Needs, "curl")
	slices.Sort(k.c.Needs)
	k.c.Needs = slices.Compact(k.c.Needs)
	k.add(step{line: l.Number, curl: run})
	return nil
}

// word compiles one word of the command. A URL of this machine, as pasted
// sessions have it, means the server under test.
func (k *compiler) word(l Line, w word) (template, *Error) {
	text := w.text
	u, err := url.Parse(text)
	if err == nil && u.Scheme == "http" && u.User == nil && strings.HasPrefix(text, "http://") &&
		slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname()) {
		text = "${url}" + text[len("http://")+len(u.Host):]
	}
	// Backslashes are the shell's here; what is left of them is curl's.
	return k.parse(strings.ReplaceAll(text, `\`, `\\`), l.Column+w.column-1, false)
}

// event compiles a "*" line of a session: "exit N", or a message of curl, which is
// ignored.
func (run *curlRun) event(l Line) *Error {
	rest, found := strings.CutPrefix(l.Text, "exit ")
	if !found {
		return nil
	}
	number, err := strconv.Atoi(rest)
	if err != nil || number < 0 || number > 255 {
		return problem(l.Column+6, "want the exit status of curl, such as: exit 0")
	}
	run.exit = number
	return nil
}

// output compiles a line about what curl writes to its standard output.
func (k *compiler) output(l Line, run *curlRun) *Error {
	if l.Sign == "{~" {
		expr, err := compileExpr(l)
		run.matches = append(run.matches, contentMatch{l.Number, expr})
		return err
	}
	if progress.MatchString(l.Text) {
		return nil
	}
	t, err := k.template(l, l.Text, false)
	run.output, run.outputLine = append(run.output, t), cmp.Or(run.outputLine, l.Number)
	return err
}

// paste keeps a line without a sign: output of curl as it stood in the terminal.
// Error messages of curl are left out.
func (run *curlRun) paste(l Line) {
	if !strings.HasPrefix(l.Text, "curl: (") && !strings.HasPrefix(l.Text, " ") {
		run.pasted = append(run.pasted, l)
	}
}

// head compiles a line about the head of a response.
func (k *compiler) head(l Line, run *curlRun) *Error {
	if k.beginsResponse(l) {
		r := &responseWant{c: k.c, line: l.Number}
		run.responses = append(run.responses, r)
		return k.status(l, r)
	}
	if len(run.responses) == 0 {
		return problem(1, "a response begins with its status line")
	}
	r := run.responses[len(run.responses)-1]
	if l.Sign == "<" && l.Text == "" {
		return nil
	}
	f, err := k.field(l)
	if strings.EqualFold(f.name, "Date") && l.Sign == "<" {
		f.value = template{{star: true}} // a pasted session was recorded at another time
	}
	r.fields = append(r.fields, f)
	return err
}
