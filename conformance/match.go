package conformance

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// mismatch says where an answer differs from what its case expects.
type mismatch struct {
	line int // of the fixture
	want string
	got  string

	// rule is the requirement that any difference of this kind breaks, whatever the
	// case is about, unless a "!" line of the case says otherwise.
	rule RuleRef

	// refused holds the status codes wanted, if the request was refused, but in
	// another way: with another code, or by closing.
	refused []string

	// permitted is set where the alternative that was seen is one of "* or warn".
	permitted bool

	// skip says what the server does not offer, though the case builds on it.
	skip string

	// lost is set when nothing came, or the connection was reset. A machine that has
	// too much to do can be the reason.
	lost bool
}

// orLost sets lost if it is true, and returns m.
func (m *mismatch) orLost(lost bool) *mismatch {
	m.lost = m.lost || lost
	return m
}

// differ returns a mismatch.
func differ(line int, want, got string) *mismatch {
	return &mismatch{line: line, want: want, got: got}
}

// String returns the mismatch as one line.
func (m *mismatch) String() string {
	return fmt.Sprintf("line %d: want %s, got %s", m.line, m.want, m.got)
}

// pattern is a text in which any octets may stand between its parts.
type pattern []string

// pattern returns t as a pattern: the text between its wildcards.
func (t template) pattern(env *environment) pattern {
	p := pattern{""}
	for _, part := range t {
		if part.star {
			p = append(p, "")
			continue
		}
		p[len(p)-1] += part.expand(env)
	}
	return p
}

// matches reports whether p describes the whole of text.
func (p pattern) matches(text string) bool {
	if len(p) == 1 {
		return p[0] == text
	}
	text, found := strings.CutPrefix(text, p[0])
	if !found {
		return false
	}
	last := p[len(p)-1]
	for _, part := range p[1 : len(p)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, last)
}

// String shows the pattern.
func (p pattern) String() string { return visible(strings.Join(p, "*")) }

// matcher compares one response with what is wanted.
type matcher struct {
	env  *environment
	got  *response
	used []bool // which fields a wanted line has taken
	last int    // field taken by the "<=" line just before, or -1
	c    *Case
	soft *mismatch // the first difference that breaks no MUST
}

// match compares a response with what it must look like. It returns nil if
// they agree. After a difference in a field that breaks no MUST, which is soft, the
// rest is compared all the same.
func (w *responseWant) match(env *environment, got *response) (m, soft *mismatch) {
	if m, soft = w.matchHead(env, got); m != nil {
		return m, nil
	}
	return w.matchContent(env, got), soft
}

// matchHead compares the status line, the fields and the trailer fields.
func (w *responseWant) matchHead(env *environment, got *response) (problem, soft *mismatch) {
	if problem = w.status.match(w.line, env, got); problem != nil {
		return problem, nil
	}
	m := matcher{env: env, got: got, c: w.c}
	if problem = m.fields(w.fields, got.fields); problem == nil {
		problem = m.fields(w.trailers, got.trailers)
	}
	return problem, m.soft
}

// match compares a status line.
func (w *statusWant) match(line int, env *environment, got *response) *mismatch {
	if w.expr != nil {
		return matchExpr(line, w.expr, got.line, env, "the status line")
	}
	if name := w.reason.missing(env); name != "" {
		return nothingCaptured(line, name)
	}
	reason := w.reason.pattern(env)
	if w.matchVersion(got.version) && w.matchCode(fmt.Sprint(got.status)) && (w.any || reason.matches(got.reason)) {
		return nil
	}
	m := differ(line, w.describe(env), clip(got.line, 120))
	if slices.Contains(refusals, got.status) {
		m.refused = w.refusal()
	}
	return m
}

// describe shows the status line that is wanted.
func (w *statusWant) describe(env *environment) string {
	if w.expr != nil {
		return "a status line that matches " + w.expr.String()
	}
	want := "HTTP/" + w.version + " " + w.codes
	if !w.any {
		want += " " + w.reason.pattern(env).String()
	}
	return want
}

// matchVersion compares the version of a response. A case that is not about
// versions takes HTTP/1.0 for HTTP/1.1: what it asks for holds for both.
func (w *statusWant) matchVersion(got string) bool {
	return matchDigits(w.version, got) || !w.exact && w.version == "1.1" && got == "1.0"
}

// matchCode reports whether a status code is among those wanted.
func (w *statusWant) matchCode(code string) bool {
	return w.codes == "*" || slices.ContainsFunc(strings.Split(w.codes, "|"), func(want string) bool {
		return matchDigits(want, code)
	})
}

// matchDigits compares octet by octet; x and * stand for any.
func matchDigits(want, got string) bool {
	if len(want) != len(got) {
		return false
	}
	for i := range len(want) {
		if want[i] != 'x' && want[i] != '*' && want[i] != got[i] {
			return false
		}
	}
	return true
}

// fields compares field lines. Each wanted line takes one received line.
func (m *matcher) fields(wants []fieldWant, got []receivedField) *mismatch {
	m.used, m.last = make([]bool, len(got)), -1
	for _, w := range wants {
		if name := w.value.missing(m.env); name != "" {
			return nothingCaptured(w.line, name)
		}
		var problem *mismatch
		switch w.sign {
		case "<!":
			continue // once all others have taken theirs
		case "<~":
			problem = m.expr(w, got)
		default:
			problem = m.field(w, got)
		}
		switch {
		case problem == nil:
		case problem.skip == "" && m.c.soft(problem):
			m.soft = cmp.Or(m.soft, problem)
		default:
			return problem
		}
	}
	return m.absent(wants, got)
}

// field finds the received line for a "<" or "<=" line.
func (m *matcher) field(w fieldWant, got []receivedField) *mismatch {
	value, exact := w.value.pattern(m.env), w.sign == "<="
	var seen []string
	for i, f := range got {
		named := f.name == w.name || !exact && strings.EqualFold(f.name, w.name)
		if named {
			seen = append(seen, f.name+": "+f.value)
		}
		if !named || m.used[i] || !value.matchesField(f) || exact && m.last >= 0 && i != m.last+1 {
			continue
		}
		m.used[i], m.last = true, -1
		if exact {
			m.last = i
		}
		return nil
	}
	what := "none"
	if seen != nil {
		what = clip(strings.Join(seen, ", "), 120)
	}
	if exact && m.last >= 0 {
		what += ", or not right after the previous field"
	}
	problem := differ(w.line, w.name+": "+value.String(), what)
	switch {
	case strings.EqualFold(w.name, "Connection") && slices.Equal(value, pattern{"close"}):
		problem.rule = announcement
	case strings.EqualFold(w.name, "Date") && seen == nil:
		problem.rule = dated
	}
	return problem
}

// matchesField reports whether p describes the value of a field. Connection options
// and transfer codings are compared without regard to case (RFC 9110, Section 7.6.1,
// and RFC 9112, Section 7).
func (p pattern) matchesField(f receivedField) bool {
	if !strings.EqualFold(f.name, "Connection") && !strings.EqualFold(f.name, "Transfer-Encoding") {
		return p.matches(f.value)
	}
	lower := make(pattern, len(p))
	for i, part := range p {
		lower[i] = strings.ToLower(part)
	}
	return lower.matches(strings.ToLower(f.value))
}

// expr finds the received line that a "<~" line describes, and captures its
// groups.
func (m *matcher) expr(w fieldWant, got []receivedField) *mismatch {
	problem := &mismatch{line: w.line, want: w.source, got: "none"}
	if w.name != "" && w.captures() {
		problem.skip = "the server sends no " + w.name + ", on which the case builds"
	}
	for i, f := range got {
		text := f.value
		if w.name == "" {
			text = f.name + ": " + f.value
		}
		named := strings.EqualFold(w.name, f.name)
		if (named || w.name == "") && !m.used[i] && w.expr.MatchString(text) {
			m.used[i] = true
			return matchExpr(w.line, w.expr, text, m.env, "")
		}
		if named {
			problem.got, problem.skip = clip(f.name+": "+f.value, 120), ""
		}
	}
	return problem
}

// absent checks that no field of the "<!" lines is left.
func (m *matcher) absent(wants []fieldWant, got []receivedField) *mismatch {
	for _, w := range wants {
		for i, f := range got {
			if w.sign == "<!" && !m.used[i] && strings.EqualFold(f.name, w.name) &&
				(w.value == nil || w.value.pattern(m.env).matchesField(f)) {
				return differ(w.line, "no "+w.name, clip(f.name+": "+f.value, 120))
			}
		}
	}
	return nil
}

// matchExpr compares text with an expression and captures its named groups.
func matchExpr(line int, expr *regexp.Regexp, text string, env *environment, what string) *mismatch {
	groups := expr.FindStringSubmatch(text)
	if groups == nil {
		return differ(line, what+" to match "+expr.String(), excerpt(text))
	}
	for i, name := range expr.SubexpNames() {
		if name != "" {
			env.capture(name, groups[i])
		}
	}
	return nil
}

// nothingCaptured is the mismatch of a line that uses a group that has captured
// nothing.
func nothingCaptured(line int, name string) *mismatch {
	return differ(line, "a value for ${"+name+"}", "nothing captured as ${"+name+"}")
}

// matchContent compares the content, de-framed and as framed.
func (w *responseWant) matchContent(env *environment, got *response) *mismatch {
	if m := matchOctets(w.contentLine, "content", w.content, got.content, env); m != nil {
		return m
	}
	if m := matchOctets(w.contentLine, "framed content", w.framed, got.framed, env); m != nil {
		return m
	}
	return matchAll(w.matches, got.content)
}

// matchOctets compares octets with those of some lines, which are one text.
func matchOctets(line int, what string, wants []template, got string, env *environment) *mismatch {
	if wants == nil {
		return nil
	}
	var want strings.Builder
	for _, t := range wants {
		if name := t.missing(env); name != "" {
			return nothingCaptured(line, name)
		}
		want.WriteString(t.expand(env))
	}
	if got == want.String() {
		return nil
	}
	return differ(line, what+" "+excerpt(want.String()), excerpt(got))
}

// matchAll checks content against all expressions.
func matchAll(matches []contentMatch, content string) *mismatch {
	for _, m := range matches {
		if !m.expr.MatchString(content) {
			return differ(m.line, "content that matches "+m.expr.String(), excerpt(content))
		}
	}
	return nil
}
