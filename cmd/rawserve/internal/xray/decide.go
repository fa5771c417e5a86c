package xray

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// The timers that run while octets are missing, with their defaults.
const (
	headTimer = "head timeout: 10 s from its first octet, then 408 and close"
	bodyTimer = "body timeout: 30 s without an octet, then 408 and close; a body that arrives too slowly ends sooner"
)

// needMore ends a message of which octets are missing. If the sender has closed,
// they will never come.
func (b *build) needMore(missing, timer string) {
	m := b.m
	if n := len(m.Spans); n > 0 {
		last := &m.Spans[n-1]
		last.Partly = last.Kind != KindSpace && !endsLine(last)
	}
	if b.options.Ended && m.Type == "request" && !b.onlyEmptyLine() {
		m.Verdict = Verdict{Outcome: Reject, Offset: int64(m.Length), At: m.End(), Status: httpwire.Incomplete.Status,
			Missing: missing}
		b.rule = httpwire.Incomplete
		return
	}
	if m.Type == "response" {
		timer = "" // it is the client that waits
	}
	m.Verdict = Verdict{Outcome: NeedMore, Used: m.Head, Missing: missing, Timer: timer}
	if m.Head > 0 {
		m.Verdict.Used = m.Length
	}
}

// endsLine reports whether a span is a whole line ending.
func endsLine(s *Span) bool {
	return (s.Kind == KindLineEnd || s.Kind == KindEmptyLine) && s.Length == len("\r\n")
}

// decideRequest says in words what the parser has decided about a request.
func (b *build) decideRequest() {
	m := b.m
	if head := b.head; head != nil {
		m.Framing = requestFraming(head.Framing)
		m.Framing.Spans = b.fieldSpans("transfer-encoding", "content-length")
		m.Connection = b.requestPersistence(head)
		m.Effects = b.effects(head)
	}
	switch m.Verdict.Outcome {
	case Reject:
		m.Verdict.Broken = brokenRule(b.rule)
		m.Connection = &Decision{Value: closes, Ref: "9112 §9.6",
			Reason: "after a refused request nobody can say where the next one begins"}
		m.Verdict.Sends = refusal(&m.Verdict)
		m.Verdict.Readings = b.readings()
	case Accept:
		m.Verdict.Sends = b.answer()
		if more := len(b.octets) - m.End(); more > 0 && m.Connection.Value != closes {
			m.Effects = append(m.Effects, Octets(more)+" had arrived after this request (pipelining): they are read when it is answered")
		}
	}
}

// closes is the decision about a connection that ends with a message.
const closes = "closes"

// requestFraming puts the parser's decision into words.
func requestFraming(f syntax.Framing) *Decision {
	return &Decision{Value: f.String(), Reason: f.Rule.String(), Ref: "9112 §6.3 rule " + strconv.Itoa(f.Rule.Number())}
}

// requestPersistence says what becomes of the connection after a request that
// is answered, and why. RFC 9112, Section 9.3.
func (b *build) requestPersistence(head *syntax.Head) *Decision {
	d := &Decision{Value: "stays open", Ref: "9112 §9.3", Spans: b.fieldSpans("connection")}
	switch {
	case head.Persistent && head.Minor > 0:
		d.Reason = `HTTP/1.1 without "close"`
	case head.Persistent:
		d.Reason = `HTTP/1.0 with "keep-alive"`
	case head.Minor > 0 || b.lists(d.Spans, "close"):
		d.Value, d.Reason = closes, `the client asks for "close"`
	default:
		d.Value, d.Reason = closes, `HTTP/1.0 without "keep-alive"`
	}
	return d
}

// lists reports whether one of the spans is a list with a member, in any case.
func (b *build) lists(spans []int, member string) bool {
	for _, i := range spans {
		for m := range syntax.List(string(b.m.Spans[i].Octets)) {
			if syntax.EqualFold(m, member) {
				return true
			}
		}
	}
	return false
}

// fieldSpans returns the indices of the name and value spans of the head's
// fields with one of the names.
func (b *build) fieldSpans(names ...string) []int {
	indices := []int{}
	named := false
	for i := range b.m.Spans {
		switch s := &b.m.Spans[i]; s.Kind {
		case KindFieldName:
			named = slices.Contains(names, strings.ToLower(string(s.Octets)))
			if named {
				indices = append(indices, i)
			}
		case KindFieldValue:
			if named {
				indices = append(indices, i)
			}
		}
	}
	return indices
}

// defaultMaxBody is the default of httpwire.Server.MaxBody.
const defaultMaxBody = 1 << 20

// effects lists what else follows from an accepted head.
func (b *build) effects(head *syntax.Head) (effects []string) {
	add := func(effect string) { effects = append(effects, effect) }
	if head.Continue {
		add("100 (Continue) is sent when the handler first reads the body, and never after a final answer")
	}
	if head.Upgrade {
		add("offers another protocol: the request is answered as HTTP unless the handler switches")
	}
	if head.Form == syntax.AuthorityForm {
		add("asks for a tunnel to another server: this one opens none (9110 §9.3.6)")
	} else if !slices.Contains(standardMethods, b.m.Method) {
		add("not a standard method: the answer is 501 unless a route takes it, or any (9110 §9.1)")
	}
	if head.Form == syntax.AbsoluteForm {
		add("the authority in the target is what counts; the value of Host is ignored (9112 §3.2.2)")
	}
	if b.m.Method == "HEAD" {
		add("the answer has a head only, whatever its Content-Length says (9110 §9.3.2)")
	}
	if head.Minor > 1 {
		add(fmt.Sprintf("HTTP/1.%d is served as HTTP/1.1 (9110 §2.5)", head.Minor))
	}
	if head.Framing.Length > defaultMaxBody {
		add("longer than the server accepts by default (1 MiB): 413 when the handler reads it")
	}
	return effects
}

// standardMethods are those that package router knows without a route.
var standardMethods = strings.Fields("GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH")

// answer says what the server answers to an accepted request, where no route
// decides that: the target names no resource.
func (b *build) answer() string {
	closing := ""
	if b.m.Connection.Value == closes {
		closing = " · Connection: close"
	}
	switch b.head.Form {
	case syntax.AuthorityForm:
		return "HTTP/1.1 501 Not Implemented · Date · Content-Type: application/problem+json" + closing + ` · JSON body: "this server opens no tunnels"`
	case syntax.AsteriskForm:
		return "HTTP/1.1 204 No Content · Date · Allow: the methods of all routes" + closing
	}
	return ""
}

// refusal says what the server answers to octets it refuses. The body is JSON
// with the same sentence, rule and offset. The server counts from the first octet
// of the request, as it sees no more of the stream.
func refusal(v *Verdict) string {
	text := fmt.Sprintf("HTTP/1.1 %d %s · Date · Content-Type: application/problem+json · Connection: close · JSON body with the offset %d",
		v.Status, syntax.StatusText(v.Status), v.Offset)
	if int64(v.At) != v.Offset {
		text += ", counted from the first octet of this request"
	}
	return text
}

// step records what a read led to, if anybody wants to know.
func (b *build) step(end int, expects string, consumed int, err error) {
	if !b.options.Steps {
		return
	}
	used := b.m.Length
	if b.m.Head == 0 {
		used = consumed // a head is used as a whole
	}
	s := Step{End: end, Expects: expects, Result: "need more", Buffered: end - b.m.Offset - used}
	switch e, refused := err.(*syntax.Error); {
	case refused && b.m.Type == "response":
		s.Result = fmt.Sprintf("refused at octet %d", b.m.Offset+int(e.Offset))
	case refused:
		s.Result = fmt.Sprintf("%d at octet %d", e.Rule.Status, b.m.Offset+int(e.Offset))
	case consumed > 0:
		s.Result = fmt.Sprintf("%d consumed", consumed)
	}
	b.m.Steps = append(b.m.Steps, s)
}
