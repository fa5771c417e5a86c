package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// step is one thing a case does, or one block of things it must see. Exactly
// one of its parts is set.
type step struct {
	line   int
	send   []template    // octets to send in one write
	lines  []int         // where each of them stands
	action *event        // done to the connection
	await  []alternative // what must be seen: one of these
	curl   *curlRun
}

// alternative is one list of things to be seen, in order.
type alternative struct {
	warn  bool // seen, it is graded WARN
	wants []want
}

// want is one thing to be seen: a response, octets after an upgrade, or an
// event. Exactly one of its parts is set.
type want struct {
	line     int
	response *responseWant
	raw      []template
	event    *event
}

// event is the meaning of a "*" line.
type event struct {
	name string        // "split", "closed", ...
	wait time.Duration // of pause, quiet and closed within
	conn string        // of on
}

// events lists the forms of a "*" line: those done to the connection, and
// those seen on it.
var events = map[string]struct{ done, duration bool }{
	"split":         {done: true},
	"pause":         {done: true, duration: true},
	"half-close":    {done: true},
	"reset":         {done: true},
	"on":            {done: true},
	"open":          {},
	"quiet":         {duration: true},
	"not reset":     {},
	"closed":        {},
	"closed within": {duration: true},
}

// compiler turns the lines of a case into its script.
type compiler struct {
	c         *Case
	curl      bool // a "$" line was seen
	sent      Line // last send line
	underSent bool // only "!" lines followed it
	wanted    int  // last line of expectation
	captured  map[string]bool
	repeated  int // octets that repetitions make
	errs      []*Error
}

// problem returns an error at a column, from 1, of the line being compiled.
func problem(column int, format string, args ...any) *Error {
	return &Error{Column: column, Message: fmt.Sprintf(format, args...)}
}

// line compiles one line that is neither metadata nor a comment.
func (k *compiler) line(l Line) *Error {
	if l.Sign == "!" && !k.underSent && k.wanted > 0 {
		return k.breaks(l)
	}
	k.wanted = 0
	if strings.HasPrefix(l.Sign, "<") || strings.HasPrefix(l.Sign, "{") || l.Sign == "*" {
		k.wanted = l.Number
	}
	if k.curl || l.Sign == "$" {
		return k.curlLine(l)
	}
	if l.Sign != "!" {
		k.underSent = false
	}
	switch l.Sign {
	case ">", "}":
		return k.send(l)
	case "*":
		return k.event(l)
	case "!":
		return k.objection(l)
	case "=":
		return k.fact(l)
	}
	return k.expect(l)
}

// last returns the step that can still grow, or nil.
func (k *compiler) last() *step {
	if len(k.c.script) == 0 {
		return nil
	}
	return &k.c.script[len(k.c.script)-1]
}

// add appends a step and returns it.
func (k *compiler) add(s step) *step {
	k.c.script = append(k.c.script, s)
	return k.last()
}

// template parses the text of a line.
func (k *compiler) template(l Line, text string, stars bool) (template, *Error) {
	return k.parse(text, l.Column+len(l.Text)-len(text), stars)
}

// parse parses a text that begins at a column, from 0. It notes the roles used
// and counts what repetitions make.
func (k *compiler) parse(text string, column int, stars bool) (template, *Error) {
	t, err := parseTemplate(text, column, stars, k.captured)
	k.c.Roles = append(k.c.Roles, t.uses()...)
	for _, p := range t {
		k.repeated += p.count * len(p.octets)
		if k.repeated > maxRepeat && err == nil {
			err = problem(p.column+1, "together the ${repeat N text} of a case make at most %d octets", maxRepeat)
		}
	}
	return t, err
}

// send compiles a ">" or "}" line.
func (k *compiler) send(l Line) *Error {
	text, open := l.Text, false
	if l.Sign == ">" && !strings.HasSuffix(text, `\\c`) {
		text, open = strings.CutSuffix(text, `\c`)
	}
	if l.Sign == "}" && text == "" {
		return problem(1, `"}" alone sends nothing`)
	}
	t, err := k.parse(text, l.Column, false)
	if err != nil {
		return err
	}
	if l.Sign == ">" && !open {
		t = append(t, part{octets: "\r\n", column: textColumn + len(text), width: 2, plain: true})
	}
	s := k.last()
	if s == nil || s.send == nil {
		s = k.add(step{line: l.Number})
	}
	s.send, s.lines = append(s.send, t), append(s.lines, l.Number)
	k.sent, k.underSent = l, true
	return nil
}

// event compiles a "*" line.
func (k *compiler) event(l Line) *Error {
	if l.Text == "or" || l.Text == "or warn" {
		return k.or(l)
	}
	e, err := parseEvent(l)
	if err != nil {
		return err
	}
	if events[e.name].done {
		k.add(step{line: l.Number, action: e})
		return nil
	}
	if e.name == "closed within" {
		e.name = "closed"
	}
	k.want(want{line: l.Number, event: e})
	return nil
}

// parseEvent reads the words of a "*" line.
func parseEvent(l Line) (*event, *Error) {
	name, last := l.Text, ""
	if _, known := events[name]; !known {
		i := strings.LastIndexByte(name, ' ')
		name, last = name[:max(i, 0)], name[i+1:]
	}
	form, known := events[name]
	if !known || (last == "") == (form.duration || name == "on") {
		return nil, problem(l.Column+1, "unknown event %q: known are split, pause D, half-close, reset, on NAME, "+
			"closed, closed within D, open, quiet D, not reset, or, or warn", l.Text)
	}
	e := &event{name: name}
	if name == "on" {
		e.conn = last
		return e, nil
	}
	if form.duration {
		wait, err := time.ParseDuration(last)
		if err != nil || wait <= 0 || wait > time.Minute {
			return nil, problem(l.Column+len(name)+2, "want a duration of at most 1m, such as 300ms")
		}
		e.wait = wait
	}
	return e, nil
}

// or begins another alternative of the block of expectations before it.
func (k *compiler) or(l Line) *Error {
	s := k.last()
	if s == nil || s.await == nil || len(s.await[len(s.await)-1].wants) == 0 {
		return problem(1, `"* %s" stands between two blocks of expectations`, l.Text)
	}
	s.await = append(s.await, alternative{warn: l.Text == "or warn"})
	return nil
}

// want adds something to be seen to the alternative being described.
func (k *compiler) want(w want) {
	s := k.last()
	if s == nil || s.await == nil {
		s = k.add(step{line: w.line, await: []alternative{{}}})
	}
	a := &s.await[len(s.await)-1]
	a.wants = append(a.wants, w)
}

// objection compiles a "!" line.
func (k *compiler) objection(l Line) *Error {
	if !k.underSent {
		return problem(1, `"!" stands under the send line it is about`)
	}
	caret := len(l.Text) - len(strings.TrimLeft(l.Text, " "))
	words := strings.Fields(l.Text)
	if len(words) < 2 || words[0] != "^" || !ruleSyntax.MatchString(words[1]) {
		return problem(l.Column+caret+1, "want a caret, then the requirement broken, such as: ^ rfc9112-5.1-01 -> 400")
	}
	o := objection{line: l.Number, target: k.sent.Number, column: l.Column + caret, rule: words[1]}
	if len(words) > 2 {
		status, err := strconv.Atoi(words[len(words)-1])
		if err != nil || len(words) != 4 || words[2] != "->" || status < 400 || status > 599 {
			return problem(l.Column+caret+1, "want the status after the requirement as: -> 400")
		}
		o.status = status
	}
	k.c.objections = append(k.c.objections, o)
	return nil
}

// breaks compiles a "!" line under a line of expectation: the requirement that is
// not met where what comes differs from that line, or none: then the server does
// not do what the case presumes, and it cannot be asked.
func (k *compiler) breaks(l Line) *Error {
	if l.Text != "none" && !slices.ContainsFunc(k.c.Rules, func(r RuleRef) bool { return r.ID == l.Text }) {
		return problem(l.Column+1, "want none, or a requirement of a @rule line of the case, such as: ! rfc9112-9.3-01")
	}
	if k.c.breaks == nil {
		k.c.breaks = map[int][]string{}
	}
	k.c.breaks[k.wanted] = append(k.c.breaks[k.wanted], l.Text)
	return nil
}

// factNames lists what a parser can be asked about a request.
var factNames = []string{
	"method", "target", "version", "form", "path", "query", "host", "field", "no-field", "framing", "body", "trailer",
	"no-trailer",
}

// fact compiles an "=" line.
func (k *compiler) fact(l Line) *Error {
	name, value, _ := strings.Cut(l.Text, " ")
	if !slices.Contains(factNames, name) {
		return problem(l.Column+1, "unknown fact %q: known are %s", name, strings.Join(factNames, " "))
	}
	t, err := k.template(l, value, false)
	k.c.facts = append(k.c.facts, fact{l.Number, name, t})
	return err
}

// finish checks the script as a whole.
func (k *compiler) finish() []*Error {
	awaits := false
	for i := range k.c.script {
		s := &k.c.script[i]
		awaits = awaits || s.await != nil || s.curl != nil
		if s.await != nil && len(s.await[len(s.await)-1].wants) == 0 {
			k.fail(s.line, `nothing is expected after the last "* or"`)
		}
	}
	if !awaits && k.c.objections == nil && k.c.facts == nil {
		k.fail(k.c.Number, "case %s expects nothing", k.c.ID)
	}
	return k.errs
}

// fail notes a mistake of the whole case.
func (k *compiler) fail(line int, format string, args ...any) {
	k.errs = append(k.errs, &Error{Line: line, Column: 1, Message: fmt.Sprintf(format, args...)})
}
