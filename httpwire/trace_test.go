package httpwire

import (
	"fmt"
	"strings"
	"testing"
)

// writesLargely answers with many octets, and asks for the context where the
// target says so.
func writesLargely(w *Response, r *Request) error {
	if r.Target == "/context" {
		r.Context()
	}
	_, err := w.Write(make([]byte, 50_000))
	return err
}

// TestTrace: all octets are seen as they were on the wire, and every decision.
func TestTrace(t *testing.T) {
	var in, out strings.Builder
	var states []ConnState
	decisions := map[Decision]int{}
	c := dial(t, &Server{Handler: writesLargely, Trace: &Trace{
		Read:     func(_ *Conn, octets []byte) { in.Write(octets) },
		Write:    func(_ *Conn, octets []byte) { out.Write(octets) },
		State:    func(_ *Conn, state ConnState) { states = append(states, state) },
		Decision: func(_ *Conn, decision Decision, _ string) { decisions[decision]++ },
	}})
	octets := get("/context") + request("POST", "/", "Expect: 100-continue", "Content-Length: 5",
		"Connection: close") + "hello"
	c.send(octets)
	c.closeWrite()
	c.expect("200 chunked *")
	c.expect("200 chunked *")
	c.expectClosed(ReasonRequested)
	<-c.served
	check(t, "octets received", in.String(), octets)
	check(t, "octets sent", out.String(), c.came.String())
	check(t, "states", fmt.Sprint(states), "[idle active closed]")
	check(t, "decisions", fmt.Sprint(decisions),
		"map[connection:2 lingering close:1 request framing:2 response framing:2 unread body:1 watching:1]")
}

// TestTCPTraceSocket: what package net sets is told once, and how a close that
// waited has ended.
func TestTCPTraceSocket(t *testing.T) {
	var socket, linger []string
	c := listen(t, &Server{Handler: hello, Trace: &Trace{Decision: func(_ *Conn, decision Decision, value string) {
		switch decision {
		case DecisionSocket:
			socket = append(socket, value)
		case DecisionLinger:
			linger = append(linger, value)
		}
	}}}).dial()
	c.send(get("/1") + get("/2") + "BAD\r\n")
	c.expect("200 length 4 1 /1")
	c.expect("200 length 4 2 /2")
	c.expect("400 *")
	c.expectClosed(ReasonRefused)
	check(t, "socket", len(socket), 1)
	checkContains(t, "socket", fmt.Sprint(socket), "TCP_NODELAY")
	check(t, "linger", fmt.Sprint(linger), "[our half closed, 0 octets discarded, then the client has closed as well]")
}
