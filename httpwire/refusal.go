package httpwire

// refuseHead answers a head that cannot be accepted. The answers to the good
// requests before it go out first, in the same write. The connection closes:
// nobody can say where the next request begins.
func (c *Conn) refuseHead(e *Error) outcome {
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
			BodyOut: Framing{Kind: ContentLength, Length: length},
			Reason:  refusalReason(e), Err: e,
		})
	}
	return outcome{reason: refusalReason(e), linger: true}
}

// refusalReason returns why the connection closes behind a refusal.
func refusalReason(e *Error) CloseReason {
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
func (c *Conn) problemFor(e *Error) *Problem {
	if c.traces() {
		c.traceDecision(DecisionRefusal, e.Error())
	}
	if f := c.server.OnError; f != nil {
		if p := f(c, e, c.window()); p != nil {
			if p.Status < 400 || p.Status > 599 {
				shaped := *p
				shaped.Status = e.Status
				p = &shaped
			}
			return p
		}
	}
	return e.problem()
}

// appendRefusal appends a whole response to the buffered answers, and returns the
// length of its content. It needs no exchange, because the request never became
// one.
func (c *Conn) appendRefusal(p *Problem, isHead bool) (length int64) {
	body := p.body()
	b := appendStatusLine(c.out, p.Status, "")
	b = c.server.date.append(b)
	b = appendField(b, "Content-Type", problemType)
	b = appendLength(b, int64(len(body)))
	for i := 0; i+1 < len(p.Fields); i += 2 {
		name, value := p.Fields[i], p.Fields[i+1]
		if checkField(name, value) == nil && !special(name) && !equalFold(name, "content-type") {
			b = appendField(b, name, value)
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
