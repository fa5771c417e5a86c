package httpwire

import (
	"slices"

	"rawserve/httpwire/syntax"
)

// What can be wrong with a request though each of its octets is valid: there are
// too many of them, or too few in the time given. The rules of the grammar are
// those of package syntax.
var (
	BodyTooLarge = &syntax.Rule{Name: "BodyTooLarge", Status: 413, ID: "rfc9110-15.5.14-01",
		Sentence: "body larger than this resource accepts", Hint: "send a smaller body"}
	Incomplete = &syntax.Rule{Name: "Incomplete", Status: 400, ID: "rfc9112-6.3-08",
		Sentence: "the connection ended before the request did", Hint: "send the whole request before closing"}
	HeadTimeout = &syntax.Rule{Name: "HeadTimeout", Status: 408, ID: "rfc9110-15.5.9-01",
		Sentence: "the head did not arrive in time", Hint: "send the whole head at once"}
	BodyTimeout = &syntax.Rule{Name: "BodyTimeout", Status: 408, ID: "rfc9110-15.5.9-01",
		Sentence: "the body stopped arriving or arrives too slowly", Hint: "send the body without long pauses"}
)

// Rules returns all rules by which a request can be refused: those of package
// syntax, then those of this one.
func Rules() []*syntax.Rule {
	return slices.Concat(syntax.Rules(), []*syntax.Rule{BodyTooLarge, Incomplete, HeadTimeout, BodyTimeout})
}

// refuse answers a head that cannot be accepted: an exchange without a handler. The
// answers to the good requests before it go out first, in the same write. The
// connection closes: nobody can say where the next request begins. Like every final
// response it is finished by exchange.finish and gets Date and Connection from
// answer.appendHead (response.go).
func (b *burst) refuse(e *syntax.Error) step {
	x := &b.exchange
	x.beginRefused(b, b.head.Head(), e)
	next := x.finish(e)
	x.in().use(len(x.in().window()))
	return b.conclude(next)
}

// refusalReason returns why the connection closes after a refusal.
func refusalReason(e *syntax.Error) CloseReason {
	switch e.Rule {
	case HeadTimeout:
		return ReasonHeadTimeout
	case BodyTimeout:
		return ReasonBodyTimeout
	}
	return ReasonRefused
}

// problemFor returns what the client is told about a refusal: what is wrong, where,
// by which rule, and what to do, unless Server.OnError has something else to say. A
// status that is no error's is replaced by that of the rule.
func (x *exchange) problemFor(e *syntax.Error) *Problem {
	c := x.conn()
	if c.traces() {
		c.traceDecision(DecisionRefusal, e.Error())
	}
	if f := x.server().OnError; f != nil {
		if p := f(c, e, x.in().window()); p != nil {
			if p.Status < 400 || p.Status > 599 {
				shaped := *p
				shaped.Status = e.Rule.Status
				p = &shaped
			}
			return p
		}
	}
	return &Problem{
		Status: e.Rule.Status,
		Detail: e.Error() + "; " + e.Rule.Hint,
		Err:    e,
		Extra:  map[string]any{"rule": e.Rule.ID, "offset": e.Offset},
	}
}
