package httpwire

import (
	"slices"

	"rawserve/httpwire/syntax"
)

// What can be wrong with a request though each of its octets is valid: there are
// too many of them, or too few in the time given. The rules of the grammar are
// those of package syntax.
var (
	BodyTooLarge *syntax.Rule = rule("BodyTooLarge", 413, "rfc9110-15.5.14-01",
		"body larger than this resource accepts", "send a smaller body")
	Incomplete *syntax.Rule = rule("Incomplete", 400, "rfc9112-6.3-08",
		"the connection ended before the request did", "send the whole request before closing")
	HeadTimeout *syntax.Rule = rule("HeadTimeout", 408, "rfc9110-15.5.9-01",
		"the head did not arrive in time", "send the whole head at once")
	BodyTimeout *syntax.Rule = rule("BodyTimeout", 408, "rfc9110-15.5.9-01",
		"the body stopped arriving or arrives too slowly", "send the body without long pauses")
)

func rule(name string, status int, id, sentence, hint string) *syntax.Rule {
	return &syntax.Rule{Name: name, Status: status, ID: id, Sentence: sentence, Hint: hint}
}

// Rules returns all rules by which a request can be refused: those of package
// syntax, then those of this one.
func Rules() []*syntax.Rule {
	return slices.Concat(syntax.Rules(), []*syntax.Rule{BodyTooLarge, Incomplete, HeadTimeout, BodyTimeout})
}

// refuseHead answers a head that cannot be accepted. The answers to the good
// requests before it go out first, in the same write. The connection closes:
// nobody can say where the next request begins.
func (c *Conn) refuseHead(e *syntax.Error) outcome {
	c.requests++
	c.writePace, c.writeTimeout = pace{}, c.server.writeTimeout()
	before := len(c.out)
	p := c.problemFor(e)
	window := c.window()
	isHead := string(c.head.Head().Method.Of(window)) == "HEAD"
	length := c.appendRefusal(p, isHead)
	c.octetsIn += int64(len(window))
	if f := c.server.OnExchange; f != nil {
		h := c.head.Head()
		f(Exchange{
			Conn: c, Number: c.requests,
			Method: string(h.Method.Of(window)), Target: string(h.Target.Of(window)), Minor: h.Minor,
			Status: p.Status, In: int64(len(window)), Out: int64(len(c.out) - before),
			BodyOut: syntax.Framing{Kind: syntax.ContentLength, Length: length},
			Reason:  refusalReason(e), Err: e,
		})
	}
	return outcome{reason: refusalReason(e), linger: true}
}

// refusalReason returns why the connection closes behind a refusal.
func refusalReason(e *syntax.Error) CloseReason {
	switch e.Rule {
	case HeadTimeout:
		return ReasonHeadTimeout
	case BodyTimeout:
		return ReasonBodyTimeout
	}
	return ReasonRefused
}

// problemFor returns the body of a refusal, shaped by Server.OnError. A status
// that is no error's is replaced by that of the refusal.
func (c *Conn) problemFor(e *syntax.Error) *Problem {
	if c.traces() {
		c.traceDecision(DecisionRefusal, e.Error())
	}
	if f := c.server.OnError; f != nil {
		if p := f(c, e, c.window()); p != nil {
			if p.Status < 400 || p.Status > 599 {
				shaped := *p
				shaped.Status = e.Rule.Status
				p = &shaped
			}
			return p
		}
	}
	return refusalProblem(e)
}

// appendRefusal appends a whole response to the buffered answers, and returns the
// length of its content. It needs no exchange, because the request never became
// one.
func (c *Conn) appendRefusal(p *Problem, isHead bool) (length int64) {
	body := p.body()
	b := syntax.AppendStatusLine(c.out, p.Status, "")
	b = c.server.date.append(b)
	b = syntax.AppendField(b, "Content-Type", problemType)
	b = syntax.AppendLength(b, int64(len(body)))
	for i := 0; i+1 < len(p.Fields); i += 2 {
		name, value := p.Fields[i], p.Fields[i+1]
		if syntax.CheckField(name, value) == nil && !special(name) && !syntax.EqualFold(name, "content-type") {
			b = syntax.AppendField(b, name, value)
		}
	}
	b = append(b, "Connection: close\r\n\r\n"...)
	if !isHead {
		b = append(b, body...)
	}
	c.out = b
	return int64(len(body))
}

const problemType = "application/problem+json"
