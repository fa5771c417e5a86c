package httpwire

import (
	"net"
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
	Read     func(c *Conn, octets []byte)          // one read from the network
	Write    func(c *Conn, octets []byte)          // octets that one write to the network has taken; a vectored write makes two calls
	Sendfile func(c *Conn, n int64)                // n octets that went from a file to the network without passing through here
	State    func(c *Conn, state string)           // "active" with the first octet of a request, "idle" behind it, "upgraded", "closed"
	Decision func(c *Conn, decision, value string) // see Decision constants
	Wants    func(c *Conn) bool                    // asked before a value is made for Decision, which costs more than the call; nil means always
}

// What Trace.Decision reports.
const (
	DecisionFraming     = "request framing"  // how the end of the request body is found, and by which rule
	DecisionPersistence = "connection"       // "keep open", or why the connection closes
	DecisionContinue    = "100-continue"     // what made the server send it, or why not
	DecisionResponse    = "response framing" // how the response is delimited, and why
	DecisionUnreadBody  = "unread body"      // what happened to body octets that the handler left
	DecisionRefusal     = "refusal"          // the rule that was broken, and where
	DecisionTimeout     = "timeout"          // the timer that fired
	DecisionSocket      = "socket"           // what is set on the connection, with its first request
	DecisionWatch       = "watching"         // that a read waits behind the request, to notice a client that leaves
	DecisionLinger      = "lingering close"  // what arrived between closing our half and closing the connection
)

func (c *Conn) traceRead(octets []byte) {
	if t := c.server.Trace; t != nil && t.Read != nil {
		t.Read(c, octets)
	}
}

// traceWrite reports the first n octets of head and tail.
func (c *Conn) traceWrite(head, tail []byte, n int) {
	t := c.server.Trace
	if t == nil || t.Write == nil {
		return
	}
	if taken := min(n, len(head)); taken > 0 {
		t.Write(c, head[:taken])
		n -= taken
	}
	if n > 0 {
		t.Write(c, tail[:n])
	}
}

func (c *Conn) traceSendfile(n int64) {
	if t := c.server.Trace; t != nil && t.Sendfile != nil {
		t.Sendfile(c, n)
	}
}

func (c *Conn) traceState(state string) {
	if t := c.server.Trace; t != nil && t.State != nil {
		t.State(c, state)
	}
}

// traces reports whether decisions are wanted; ask before making a value.
func (c *Conn) traces() bool {
	t := c.server.Trace
	return t != nil && t.Decision != nil && (t.Wants == nil || t.Wants(c))
}

func (c *Conn) traceDecision(decision, value string) {
	if c.traces() {
		c.server.Trace.Decision(c, decision, value)
	}
}

// traceSocket reports what has been set on a connection without its being
// asked, when its first request arrives.
func (c *Conn) traceSocket() {
	if _, ok := c.nc.(*net.TCPConn); ok && c.requests == 1 && c.traces() {
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
