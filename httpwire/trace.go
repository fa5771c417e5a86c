package httpwire

import (
	"strconv"

	"rawserve/httpwire/syntax"
)

// Trace receives what a connection does, octet by octet. Every function may be
// nil; with a nil Trace nothing is called and nothing is paid. The functions run
// in the connection's goroutine and must not block. Octets alias buffers and are
// valid only during the call.
//
// What the octets mean is not reported: whoever wants to know gives them to a
// HeadParser and a ChunkDecoder with their Span hooks set.
type Trace struct {
	// Read is told of each read from the network.
	Read func(c *Conn, octets []byte)

	// Write is told of the octets that a write to the network has taken. A vectored
	// write makes two calls.
	Write func(c *Conn, octets []byte)

	// Sendfile is told of n octets that went from a file to the network without
	// passing through here.
	Sendfile func(c *Conn, n int64)

	// State is told of a connection's new state.
	State func(c *Conn, state ConnState)

	// Decision is told what was decided, and why.
	Decision func(c *Conn, what Decision, value string)

	// Wants is asked before a value is made for Decision, which costs more than the
	// call. Nil means always.
	Wants func(c *Conn) bool
}

// Decision is what Trace.Decision reports about.
type Decision string

// The decisions.
const (
	// How the end of the request body is found, and by which rule.
	DecisionFraming Decision = "request framing"

	// "keep open", or why the connection closes.
	DecisionPersistence Decision = "connection"

	// What made the server send 100 (Continue), or why it did not.
	DecisionContinue Decision = "100-continue"

	// How the response is delimited, and why.
	DecisionResponse Decision = "response framing"

	// What happened to octets of the body that the handler left.
	DecisionUnreadBody Decision = "unread body"

	// The rule that was broken, and where.
	DecisionRefusal Decision = "refusal"

	// The timer that fired.
	DecisionTimeout Decision = "timeout"

	// What is set on the connection, with its first request.
	DecisionSocket Decision = "socket"

	// That a read waits for what follows the request, to notice a client
	// that leaves.
	DecisionWatch Decision = "watching"

	// What arrived between closing our half and closing the connection.
	DecisionLinger Decision = "lingering close"
)

func (c *Conn) traceRead(octets []byte) {
	if t := c.trace; t != nil && t.Read != nil && len(octets) > 0 {
		t.Read(c, octets)
	}
}

func (c *Conn) traceWrite(octets []byte) {
	if t := c.trace; t != nil && t.Write != nil && len(octets) > 0 {
		t.Write(c, octets)
	}
}

func (c *Conn) traceSendfile(n int64) {
	if t := c.trace; t != nil && t.Sendfile != nil {
		t.Sendfile(c, n)
	}
}

func (c *Conn) traceState(state ConnState) {
	if t := c.trace; t != nil && t.State != nil {
		t.State(c, state)
	}
}

// traces reports whether decisions are wanted; ask before making a value.
func (c *Conn) traces() bool {
	t := c.trace
	return t != nil && t.Decision != nil && (t.Wants == nil || t.Wants(c))
}

func (c *Conn) traceDecision(what Decision, value string) {
	if c.traces() {
		c.trace.Decision(c, what, value)
	}
}

// traceSocket reports what has been set on a connection without its being
// asked, when its first request arrives.
func (c *Conn) traceSocket() {
	if c.Requests() == 1 && c.traces() && c.isTCP() {
		c.traceDecision(DecisionSocket, "TCP_NODELAY, and TCP keep-alive every 15 s")
	}
}

// traceLinger reports how a lingering close ended.
func (c *Conn) traceLinger(discarded int, err error) {
	if c.traces() {
		end := "the client has closed as well"
		switch {
		case err == nil:
			end = "enough was discarded"
		case err == errTimeout:
			end = "time was up"
		}
		c.traceDecision(DecisionLinger, "our half closed, "+strconv.Itoa(discarded)+" octets discarded, then "+end)
	}
}

// traceFraming reports how the end of the request body is found.
func (c *Conn) traceFraming(f syntax.Framing) {
	if c.traces() {
		c.traceDecision(DecisionFraming, explainFraming(f))
	}
}

// traceResponse reports how the response is delimited, and why.
func (c *Conn) traceResponse(f syntax.Framing) {
	if c.traces() {
		c.traceDecision(DecisionResponse, explainFraming(f))
	}
}

// explainFraming describes a framing and the rule that decided it.
func explainFraming(f syntax.Framing) string {
	text := f.String() + ", "
	if n := f.Rule.Number(); n > 0 {
		text += "rule " + strconv.Itoa(n) + ": "
	}
	return text + f.Rule.String()
}

// traceUnread reports what happened to n body octets that the handler left.
func (c *Conn) traceUnread(n int64, value string) {
	if c.traces() {
		c.traceDecision(DecisionUnreadBody, value+" after "+strconv.FormatInt(n, 10)+" octets")
	}
}
