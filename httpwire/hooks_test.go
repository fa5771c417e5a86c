package httpwire

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire/syntax"
)

// TestHooks: every hook is called, in order, with what it needs to know.
func TestHooks(t *testing.T) {
	var seen []string
	note := func(format string, args ...any) { seen = append(seen, fmt.Sprintf(format, args...)) }
	s := &Server{
		OnConnection: func(c *Conn) error {
			note("connection %d after %d requests", c.ID(), c.Requests())
			return nil
		},
		OnRequest: func(r *Request) { note("request %d %s %s", r.Conn().Requests(), r.Method, r.Target) },
		OnError: func(c *Conn, e *syntax.Error, received []byte) *Problem {
			note("error %s at %d behind %d octets", e.Rule.Name, e.Offset, len(received))
			return nil
		},
		OnExchange: func(e Exchange) {
			note("exchange %d %s %s%s 1.%d %d in=%d body=%v out=%v %q %v", e.Number, e.Method, e.Host, e.Target, e.Minor, e.Status, e.In, e.BodyIn, e.BodyOut, e.Reason, e.Err)
			if e.Out <= int64(len("HTTP/1.1 200 OK\r\n")) || e.Duration < 0 || e.Conn == nil {
				t.Errorf("got %+v", e)
			}
		},
		OnClose: func(c *Conn, info CloseInfo) {
			note("close %d %q requests=%d in=%d", c.ID(), info.Reason, info.Requests, info.In)
			if info.Out < 100 || info.Duration <= 0 {
				t.Errorf("got %+v", info)
			}
		},
		Handler: func(w *Response, r *Request) error {
			note("handler")
			if r.Target == "/404" {
				return Fail(404, "gone")
			}
			return echo(w, r)
		},
	}
	first, second, third := post("/echo", "hello"), chunkedPost("/404", "2\r\nhi\r\n0\r\n\r\n"), "GET /bad HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
	talk(t, s, first+second+third)
	want := []string{
		"connection 1 after 0 requests",
		"request 1 POST /echo", "handler",
		fmt.Sprintf(`exchange 1 POST a/echo 1.1 200 in=%d body=length 5 out=length 5 "" <nil>`, len(first)),
		"request 2 POST /404", "handler",
		fmt.Sprintf(`exchange 2 POST a/404 1.1 404 in=%d body=chunked out=length 51 "" 404 Not Found: gone`, len(second)),
		"error SecondHost at 28 behind 39 octets",
		`exchange 3 GET /bad 1.1 400 in=39 body=none out=length 187 "request refused" 400 at byte 32: more than one Host field (RFC 9112, Section 3.2)`,
		fmt.Sprintf(`close 1 "request refused" requests=3 in=%d`, len(first+second+third)),
	}
	for i, line := range seen {
		if i < len(want) && line != want[i] && !strings.HasPrefix(line, "exchange 3") {
			t.Errorf("got  %s\nwant %s", line, want[i])
		}
	}
	if len(seen) != len(want) {
		t.Errorf("got %d calls, want %d: %q", len(seen), len(want), seen)
	}
}

// TestCounts: what the hooks are told about octets is what was on the wire.
func TestCounts(t *testing.T) {
	var out, in int64
	var info CloseInfo
	s := &Server{
		OnExchange: func(e Exchange) { in += e.In; out += e.Out },
		OnClose:    func(_ *Conn, i CloseInfo) { info = i },
		Handler: func(w *Response, r *Request) error {
			w.Informational(103)
			_, err := w.Write(make([]byte, len(r.Target)*7919))
			return err
		},
	}
	octets := get("/") + post("/ab", strings.Repeat("x", 100_000)) + chunkedPost("/", "5\r\nhello\r\n0\r\nA: b\r\n\r\n") + "HEAD /abcdef HTTP/1.1\r\nHost: a\r\n\r\n"
	sent := int64(len(talk(t, s, octets)))
	if out != sent || info.Out != sent || info.In != int64(len(octets)) || in != info.In {
		t.Errorf("sent %d: exchanges say %d, the close says %d; received %d: %d and %d", sent, out, info.Out, len(octets), in, info.In)
	}
}

// TestRefusedConnection: OnConnection can turn a client away, without a word.
func TestRefusedConnection(t *testing.T) {
	var ends closings
	s := &Server{Handler: hello, OnClose: ends.note, OnConnection: func(*Conn) error { return errors.New("no") }}
	if got := talk(t, s, get("/")); got != "" || ends.last() != ReasonNotAdmitted {
		t.Errorf("got %q, %q", got, ends.last())
	}
}

// TestShapedRefusal: OnError decides what the client reads, in the refusal of a
// head and in that of a body.
func TestShapedRefusal(t *testing.T) {
	s := &Server{Handler: echo, OnError: func(c *Conn, e *syntax.Error, received []byte) *Problem {
		return &Problem{Status: e.Rule.Status, Detail: "shaped", Fields: []string{"X-Rule", e.Rule.Name}}
	}}
	for octets, rule := range map[string]string{"GET / HTTP/1.1\r\n\r\n": "NoHost", chunkedPost("/", "x\r\n"): "BadChunkSize", post("/", strings.Repeat("x", 2<<20)): "BodyTooLarge"} {
		a := talkFor(t, s, octets)[0]
		if a.get("X-Rule") != rule || !strings.Contains(a.body, `"detail":"shaped"`) || !a.closes() {
			t.Errorf("%s: got %v %v", rule, a, a.fields)
		}
	}
}

// TestRefusedHead: a refusal in answer to HEAD has no body either.
func TestRefusedHead(t *testing.T) {
	answers := talkFor(t, &Server{Handler: hello}, get("/")+"HEAD / HTTP/1.1\r\n\r\n", "GET", "HEAD")
	if got := statuses(answers); !slices.Equal(got, []int{200, 400}) || answers[1].get("Content-Length") == "0" {
		t.Errorf("got %v", answers)
	}
}

// TestPanickingHooks: a hook that panics ends its connection, not the process,
// and what a handler has kept is dead.
func TestPanickingHooks(t *testing.T) {
	for _, name := range []string{"OnConnection", "OnRequest", "OnError", "OnExchange", "OnClose", "BeforeHead", "AfterEnd", "Trace"} {
		t.Run(name, func(t *testing.T) {
			fail := func(hook string) {
				if hook == name {
					panic(hook)
				}
			}
			var log strings.Builder
			var ends closings
			var kept *Response
			s := &Server{
				OnConnection: func(*Conn) error { fail("OnConnection"); return nil },
				OnRequest:    func(*Request) { fail("OnRequest") },
				OnError:      func(*Conn, *syntax.Error, []byte) *Problem { fail("OnError"); return nil },
				OnExchange:   func(Exchange) { fail("OnExchange") },
				OnClose:      func(c *Conn, info CloseInfo) { ends.note(c, info); fail("OnClose") },
				Trace: &Trace{Decision: func(_ *Conn, decision Decision, _ string) {
					if decision == DecisionResponse {
						fail("Trace")
					}
				}},
				ErrorLog: slog.New(slog.NewTextHandler(&log, nil)),
				Handler: func(w *Response, r *Request) error {
					kept = w
					w.BeforeHead(func(*Response) { fail("BeforeHead") })
					w.AfterEnd(func(Exchange) { fail("AfterEnd") })
					return nil
				},
			}
			readAnswers(talk(t, s, get("/")+"BAD\r\n"))
			if !strings.Contains(log.String(), "panic: "+name) {
				t.Errorf("log: %s", log.String())
			}
			want := map[string]CloseReason{"OnClose": ReasonRefused, "OnRequest": ReasonRefused}[name]
			if want == "" {
				want = ReasonPanic
			}
			if ends.last() != want {
				t.Errorf("got reason %q, want %q", ends.last(), want)
			}
			if kept != nil && !errors.Is(kept.Flush(), ErrDone) {
				t.Error("the response is still alive")
			}
		})
	}
}

// TestTrace: all octets are seen as they were on the wire, and every decision.
func TestTrace(t *testing.T) {
	var in, out strings.Builder
	var states []ConnState
	decisions := map[Decision]int{}
	s := &Server{IdleTimeout: 50 * time.Millisecond, Trace: &Trace{
		Read:     func(_ *Conn, octets []byte) { in.Write(octets) },
		Write:    func(_ *Conn, octets []byte) { out.Write(octets) },
		State:    func(_ *Conn, state ConnState) { states = append(states, state) },
		Decision: func(_ *Conn, decision Decision, value string) { decisions[decision]++ },
	}, Handler: func(w *Response, r *Request) error {
		if r.Target == "/context" {
			r.Context()
		}
		w.Write(make([]byte, 50_000))
		return nil
	}}
	octets := get("/context") + "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
	if sent := talk(t, s, octets); out.String() != sent || in.String() != octets {
		t.Errorf("traced %d of %d octets sent, %q received", out.Len(), len(sent), in.String())
	}
	if got, want := fmt.Sprint(states), "[idle active closed]"; got != want {
		t.Errorf("got states %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(decisions), "map[connection:2 lingering close:1 request framing:2 response framing:2 unread body:1 watching:1]"; got != want {
		t.Errorf("got decisions %s, want %s", got, want)
	}
}
