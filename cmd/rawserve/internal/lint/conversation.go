package lint

import (
	"bytes"
	"iter"
	"slices"

	"rawserve/cmd/rawserve/internal/xray"
)

// Conversation is what is known of one connection. The octets are not masked:
// findings quote none of them.
type Conversation struct {
	Responses []byte // what the server has sent
	Requests  []byte // what the client has sent
	Closed    bool   // the server has closed the connection after its last octet
	Marks     []Mark // what came before what, as far as that is known, in order
}

// Mark says how many octets the client had sent when one of the server came.
type Mark struct {
	Received int // offset of the octet in Responses
	Sent     int // octets of Requests
}

// sentBefore returns how many octets of the requests were sent before an octet
// of the responses came, and whether that is known.
func (c *Conversation) sentBefore(received int) (sent int, known bool) {
	after, exact := slices.BinarySearchFunc(c.Marks, received, func(m Mark, at int) int { return m.Received - at })
	if exact {
		after++
	}
	if after == 0 {
		return 0, false
	}
	return c.Marks[after-1].Sent, true
}

// Each yields the messages that the server has sent, each with its findings.
// asked are the requests, dissected: they are taken one after the other, as
// responses need them. Nil means that they are not known, unless they come among
// the messages: then both directions stand in Responses.
func (c *Conversation) Each(messages, asked iter.Seq[*xray.Message]) iter.Seq[*xray.Message] {
	return func(yield func(*xray.Message) bool) {
		l := &linter{Conversation: c, seen: map[string]representation{}}
		l.pull = func() (*xray.Message, bool) { return nil, false }
		if asked != nil {
			next, stop := iter.Pull(asked)
			defer stop()
			l.pull, l.known = next, true
		}
		for m := range messages {
			if m.Type == "request" {
				l.known = true
				l.queue = append(l.queue, newMessage(m, c.Responses))
			} else {
				l.response(m)
			}
			if !yield(m) {
				return
			}
		}
	}
}

// linter is the state of a conversation between two responses.
type linter struct {
	*Conversation
	pull  func() (*xray.Message, bool)
	queue []*message // requests among the messages

	known     bool     // which requests there are
	current   *message // the request that the next response answers
	continued bool     // by 100
	before    *check   // of the last final response
	last      *check   // of the last response
	seen      map[string]representation
}

// response finds what is wrong with a response.
func (l *linter) response(m *xray.Message) {
	c := &check{message: newMessage(m, l.Responses), before: l.before, continued: l.continued, seen: l.seen}
	if m.Head == 0 {
		l.noHead(c)
		return
	}
	unasked := false
	if l.current == nil {
		l.current = l.next()
		unasked = l.known && l.current == nil
	}
	c.asked = l.current
	sent, known := l.sentBefore(c.Offset)
	switch {
	case unasked:
		c.unasked()
	case known && c.asked != nil && sent <= c.asked.Offset && c.Status != 408:
		c.report(earlyResponse, c.Offset)
	}
	for _, look := range checks {
		look(c)
	}
	l.last = c
	l.continued = l.continued || m.Status == 100
	if c.final() {
		c.remember()
		l.lastRequest()
		l.current, l.continued, l.before = nil, false, c
		l.unanswered(c)
	}
}

// next returns the next request, nil if there is none or it is not known.
func (l *linter) next() *message {
	if len(l.queue) > 0 {
		next := l.queue[0]
		l.queue = l.queue[1:]
		return next
	}
	m, found := l.pull()
	switch {
	case !found:
		return nil
	case m.Verdict.Outcome == xray.NeedMore && m.Head == 0:
		l.known = false // which request that is
		return nil
	}
	return newMessage(m, l.Requests)
}

// lastRequest notes that no request is known after one that is refused here: another
// reader may take its octets for other requests.
func (l *linter) lastRequest() {
	if l.current != nil && l.current.Verdict.Outcome == xray.Reject {
		l.known = false
	}
}

// unanswered checks that a server that closes has answered, or says that it closes.
func (l *linter) unanswered(c *check) {
	if !l.Closed || c.End() < len(l.Responses) || c.saysClose() || c.Connection.Value != staysOpen {
		return
	}
	if l.current = l.next(); l.current != nil {
		c.report(closesUnsaid, c.codeAt)
	}
}

// staysOpen is what a dissection says of a connection that another message can
// follow on.
const staysOpen = "stays open"

// noHead looks at octets that are no response, but stand where one would.
func (l *linter) noHead(c *check) {
	if l.last != nil && !bytes.HasPrefix(l.Responses[c.Offset:], []byte("HTTP/")) {
		c.report(l.last.extraOctets(), c.Offset)
	}
}

// check looks for findings in one response.
type check struct {
	*message
	asked     *message // the request, nil if it is not known
	before    *check   // of the final response before this one, nil if there is none
	continued bool     // there has been a 100 for the request
	seen      map[string]representation
}

// maxFindings is how many findings are kept of one response.
const maxFindings = 64

// report adds a finding.
func (c *check) report(r *rule, at int) {
	if len(c.Findings) < maxFindings {
		c.Findings = append(c.Findings, r.finding(at))
	}
}

// checks are all that is looked at, in the order in which it is reported.
var checks = []func(*check){
	(*check).statusLine, (*check).interim, (*check).framing, (*check).switching,
	(*check).connection, (*check).refusedRequest,
	(*check).repeats, (*check).spacing, (*check).lists, (*check).productions, (*check).dates, (*check).references,
	(*check).challenges, (*check).needed, (*check).content205, (*check).described, (*check).explained,
	(*check).ranges, (*check).preconditions, (*check).notModified,
	(*check).ignored, (*check).sameAsBefore,
	(*check).chunkExtensions, (*check).trailerSection, (*check).traced,
}
