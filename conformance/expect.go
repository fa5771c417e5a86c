package conformance

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// responseWant is what one response must look like.
type responseWant struct {
	c        *Case
	line     int
	status   statusWant
	fields   []fieldWant
	trailers []fieldWant
	ended    bool       // a "<" alone was seen: fields that follow are trailers
	content  []template // nil: any
	framed   []template // nil: any
	matches  []contentMatch

	contentLine int // first line about the content
}

// statusWant is an expected status line.
type statusWant struct {
	version string // "1.1", or with x for any digit
	codes   string // "200", "4xx", "400|414"
	reason  template
	any     bool           // the reason was left out
	exact   bool           // the case is about versions: HTTP/1.0 is not HTTP/1.1
	expr    *regexp.Regexp // of "<~": for the whole line, instead of all the above
}

// fieldWant is an expected field line.
type fieldWant struct {
	line   int
	sign   string // "<", "<=", "<!" or "<~"
	name   string
	value  template       // nil with "<!": whatever the value
	source string         // the text of a "<~" line
	expr   *regexp.Regexp // of "<~": for the value, or without a name for the whole line
}

// aboutVersions reports whether a requirement of the case is about the version of
// messages: RFC 9110, Section 6.2, and RFC 9112, Section 2.3.
func (c *Case) aboutVersions() bool {
	return slices.ContainsFunc(c.Rules, func(r RuleRef) bool {
		return strings.HasPrefix(r.ID, "rfc9110-6.2-") || strings.HasPrefix(r.ID, "rfc9112-2.3-")
	})
}

// captures reports whether the expression of a "<~" line has named groups.
func (w *fieldWant) captures() bool {
	return slices.ContainsFunc(w.expr.SubexpNames(), func(name string) bool { return name != "" })
}

// contentMatch is an expression that the content must match.
type contentMatch struct {
	line int
	expr *regexp.Regexp
}

// expect compiles a line that says what must be received.
func (k *compiler) expect(l Line) *Error {
	if k.beginsResponse(l) {
		r := &responseWant{c: k.c, line: l.Number}
		k.want(want{line: l.Number, response: r})
		return k.status(l, r)
	}
	r := k.response()
	if l.Sign == "{|" && r == nil {
		return k.raw(l)
	}
	if r == nil {
		return problem(1, "a response begins with its status line, such as: < HTTP/1.1 200 *")
	}
	return k.describe(l, r)
}

// beginsResponse reports whether a line is about a status line.
func (k *compiler) beginsResponse(l Line) bool {
	return (l.Sign == "<" || l.Sign == "<~") && strings.HasPrefix(l.Text, "HTTP/")
}

// response returns the response being described, or nil.
func (k *compiler) response() *responseWant {
	s := k.last()
	if s == nil || s.await == nil {
		return nil
	}
	wants := s.await[len(s.await)-1].wants
	if len(wants) == 0 {
		return nil
	}
	return wants[len(wants)-1].response
}

// raw compiles a "{|" line that follows no response: octets received once the
// connection no longer speaks HTTP.
func (k *compiler) raw(l Line) *Error {
	t, err := k.template(l, l.Text, false)
	if err != nil {
		return err
	}
	if s := k.last(); s != nil && s.await != nil {
		wants := s.await[len(s.await)-1].wants
		if n := len(wants); n > 0 && wants[n-1].raw != nil {
			wants[n-1].raw = append(wants[n-1].raw, t)
			return nil
		}
	}
	k.want(want{line: l.Number, raw: []template{t}})
	return nil
}

// describe adds one line to what r must look like.
func (k *compiler) describe(l Line, r *responseWant) *Error {
	switch l.Sign {
	case "{", "{|":
		r.contentLine = cmp.Or(r.contentLine, l.Number)
		t, err := k.template(l, l.Text, false)
		if l.Sign == "{" {
			r.content = append(r.content, t)
		} else {
			r.framed = append(r.framed, t)
		}
		return err
	case "{~":
		expr, err := compileExpr(l)
		r.matches = append(r.matches, contentMatch{l.Number, expr})
		return err
	case "<":
		if l.Text == "" {
			r.ended = true
			return nil
		}
	}
	f, err := k.field(l)
	if r.ended {
		r.trailers = append(r.trailers, f)
	} else {
		r.fields = append(r.fields, f)
	}
	return err
}

// compileExpr compiles the text of a line as a regular expression in which a
// dot matches any octet.
func compileExpr(l Line) (*regexp.Regexp, *Error) {
	expr, err := regexp.Compile("(?s)" + l.Text)
	if err != nil || l.Text == "" {
		return nil, problem(l.Column+1, "want a regular expression: %v", err)
	}
	return expr, nil
}

// headExpr compiles a "<~" line: a name, a colon and an expression for the
// whole value, or an expression for a whole line of the head. Named groups are
// captured for later lines of the case.
func (k *compiler) headExpr(l Line, f fieldWant) (fieldWant, *Error) {
	text := l.Text
	f.source = text
	if name, rest, colon := strings.Cut(text, ": "); colon && isToken(name) {
		f.name, text = name, rest
	}
	expr, err := regexp.Compile("^(?s:" + text + ")$")
	if err != nil || text == "" {
		return f, problem(l.Column+1, "want a regular expression: %v", err)
	}
	for _, group := range expr.SubexpNames() {
		if group == "" {
			continue
		}
		if builtIn(group) {
			return f, problem(l.Column+1, "a group may not be called %s: ${%s} means something else", group, group)
		}
		if k.captured == nil {
			k.captured = map[string]bool{}
		}
		k.captured[group] = true
	}
	f.expr = expr
	return f, nil
}

// field compiles an expected field line.
func (k *compiler) field(l Line) (fieldWant, *Error) {
	f := fieldWant{line: l.Number, sign: l.Sign}
	if l.Sign == "<~" {
		return k.headExpr(l, f)
	}
	name, value, colon := strings.Cut(l.Text, ":")
	if !isToken(name) || !colon && l.Sign != "<!" {
		return f, problem(l.Column+1, "want a field line: name, colon, value")
	}
	f.name = name
	if !colon {
		return f, nil
	}
	var err *Error
	f.value, err = k.template(l, strings.TrimLeft(value, " "), true)
	if f.value == nil {
		f.value = template{}
	}
	return f, err
}

var (
	versionSyntax = regexp.MustCompile(`^HTTP/[0-9x*]\.[0-9x*]$`)
	codesSyntax   = regexp.MustCompile(`^(?:[1-9x][0-9x]{2}(?:\|[1-9x][0-9x]{2})*|\*)$`)
)

// status compiles an expected status line.
func (k *compiler) status(l Line, r *responseWant) *Error {
	if l.Sign == "<~" {
		f, err := k.headExpr(l, fieldWant{})
		r.status.expr = f.expr
		return err
	}
	version, rest, _ := strings.Cut(l.Text, " ")
	codes, reason, hasReason := strings.Cut(rest, " ")
	if !versionSyntax.MatchString(version) || !codesSyntax.MatchString(codes) {
		return problem(l.Column+1, "want a status line such as: HTTP/1.1 200 OK, HTTP/1.1 4xx *, HTTP/1.x 400|414 *")
	}
	r.status = statusWant{version: strings.TrimPrefix(version, "HTTP/"), codes: codes, any: !hasReason, exact: k.c.aboutVersions()}
	var err *Error
	r.status.reason, err = k.template(l, reason, true)
	return err
}
