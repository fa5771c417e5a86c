package httpwire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/syntax"
)

// TestRefusedConnection: OnConnection can turn a client away, without a word.
func TestRefusedConnection(t *testing.T) {
	c := dial(t, &Server{Handler: hello, OnConnection: func(*Conn) error { return errors.New("no") }})
	c.send(get("/"))
	c.expectClosed(ReasonNotAdmitted)
}

// TestLinger: after a refusal the server closes its half at once, and discards
// what the client still sends, for a while, before it closes the connection.
func TestLinger(t *testing.T) {
	for _, test := range []struct {
		name     string
		timeout  time.Duration // Server.LingerTimeout
		interval time.Duration // between the pieces that the client still sends
		piece    string
		want     time.Duration
	}{
		{"until_time_is_up", 0, time.Second, "x", 30 * time.Second},
		{"until_nothing_comes", 0, 3 * time.Second, "x", 2 * time.Second},
		{"as_long_as_was_set", time.Minute, time.Second, "x", time.Minute},
		{"no_longer_than_was_set", time.Second, time.Hour, "x", time.Second},
		{"not_at_all", -1, time.Hour, "x", 0},
		{"until_enough_is_discarded", time.Minute, time.Second, strings.Repeat("x", 8<<20), 8 * time.Second}, // 64 MiB
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, &Server{Handler: hello, LingerTimeout: test.timeout})
				c.patience = time.Hour
				start := time.Now()
				c.send("BAD\r\n")
				c.sendEvery(test.interval, test.piece)
				c.expect("400 *", "Connection: close")
				c.expectEnd()
				check(t, "our half closed after", time.Since(start), 0)
				c.expectReason(ReasonRefused)
				check(t, "closed after", time.Since(start), test.want)
			})
		})
	}
	t.Run("until_the_client_closes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := dial(t, &Server{Handler: hello, LingerTimeout: time.Minute})
			start := time.Now()
			c.send("BAD\r\n")
			c.expect("400 *")
			c.expectEnd()
			time.Sleep(time.Second)
			c.close()
			c.expectReason(ReasonRefused)
			check(t, "closed after", time.Since(start), time.Second)
		})
	})
}

// TestTCPLinger: a refusal can be read although the client is still sending 10 MB
// and looks at the answer only when it has sent them. RFC 9112, Section 9.6.
func TestTCPLinger(t *testing.T) {
	body := strings.Repeat("x", 10<<20)
	for _, test := range []struct {
		name    string
		handler Handler
		head    string
		want    string
		reason  CloseReason
	}{
		{"too_large", echo, request("POST", "/", "Content-Length: 10485760"), "413 *", ReasonUnreadBody},
		{"not_read", refuses, request("POST", "/", "Content-Length: 10485760"), "401 *", ReasonUnreadBody},
		{"bad_chunk", echo, chunkedPost("/", "xyz\r\n"), "400 *", ReasonRefused},
		{"bad_head", echo, "POST / HTTP/1.1\r\nHost : a\r\n\r\n", "400 *", ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := listen(t, &Server{Handler: test.handler}).dial()
			c.send(test.head)
			c.send(body)
			c.expectSent()
			c.expect(test.want, "Connection: close")
			c.close()
			c.expectReason(test.reason)
		})
	}
}

// waits answers when the client has gone.
func waits(w *Response, r *Request) error {
	<-r.Context().Done()
	return hello(w, r)
}

// TestTCPReset: a client that vanishes in the middle of anything.
func TestTCPReset(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
		octets  string
		until   string // what the server has come to
		want    CloseReason
	}{
		{"inside_a_head", hello, "GET / HTTP/1.1\r\nHo", "active", ReasonClientReset},
		{"inside_a_body", echo, post("/", "hello")[:50], "request", ReasonRefused},
		{"while_the_handler_works", waits, get("/"), "request", ReasonWriteFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			events := make(chan string, 10)
			h := listen(t, &Server{
				Handler:   test.handler,
				OnRequest: func(*Request) { events <- "request" },
				Trace:     &Trace{State: func(_ *Conn, state ConnState) { events <- state.String() }},
			})
			c := h.dial()
			c.send(test.octets)
			for event := <-events; event != test.until; {
				event = <-events
			}
			c.reset()
			c.expectReason(test.want)
		})
	}
}

// TestTCPReasonOfCut: a response that is cut reaches the client as an error, even
// where the close would have been its end.
func TestTCPReasonOfCut(t *testing.T) {
	c := listen(t, &Server{Handler: failsLate}).dial()
	c.send("GET / HTTP/1.0\r\n\r\n")
	c.expectReset()
	c.expectReason(ReasonHandlerFailed)
}

// TestPanickingHooks: a hook that panics ends its connection, not the process,
// and what a handler has kept is dead.
func TestPanickingHooks(t *testing.T) {
	for _, test := range []struct {
		hook string
		want CloseReason
	}{
		{"OnConnection", ReasonPanic},
		{"OnRequest", ReasonRefused}, // it belongs to its exchange: the bad request after it is refused
		{"OnError", ReasonPanic},
		{"OnExchange", ReasonPanic},
		{"OnClose", ReasonRefused},
		{"BeforeHead", ReasonRefused}, // its exchange is answered 500, and the bad request after it refused
		{"AfterEnd", ReasonPanic},
		{"Trace", ReasonPanic},
	} {
		t.Run(test.hook, func(t *testing.T) {
			var log strings.Builder
			var kept *Response
			s := serverWithPanickingHook(test.hook, &kept)
			s.ErrorLog = logTo(&log)
			c := dial(t, s)
			c.send(get("/") + "BAD\r\n")
			c.closeWrite()
			c.rest()
			c.close()
			c.expectReason(test.want)
			<-c.served
			checkContains(t, "log", log.String(), "panic: "+test.hook)
			if kept != nil {
				checkError(t, "Flush of a response that was kept", kept.Flush(), ErrDone)
			}
		})
	}
}

// serverWithPanickingHook returns a server of which one hook panics with its own
// name. Its handler keeps the response.
func serverWithPanickingHook(name string, kept **Response) *Server {
	enter := func(hook string) {
		if hook == name {
			panic(hook)
		}
	}
	return &Server{
		OnConnection: func(*Conn) error { enter("OnConnection"); return nil },
		OnRequest:    func(*Request) { enter("OnRequest") },
		OnError:      func(*Conn, *syntax.Error, []byte) *Problem { enter("OnError"); return nil },
		OnExchange:   func(Exchange) { enter("OnExchange") },
		OnClose:      func(*Conn, CloseInfo) { enter("OnClose") },
		Trace: &Trace{Decision: func(_ *Conn, decision Decision, _ string) {
			if decision == DecisionResponse {
				enter("Trace")
			}
		}},
		Handler: func(w *Response, r *Request) error {
			*kept = w
			w.BeforeHead(func(*Response) { enter("BeforeHead") })
			w.AfterEnd(func(Exchange) { enter("AfterEnd") })
			return nil
		},
	}
}

// TestPanicAfterHandOver: a hook that panics when the connection has another owner
// costs that one nothing, and the place is freed when the owner closes it, once.
func TestPanicAfterHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var nc net.Conn
		h := newHost(t, &Server{
			MaxConns: 1,
			OnExchange: func(e Exchange) {
				if e.Target == "/take" {
					panic("OnExchange")
				}
			},
			Handler: func(w *Response, r *Request) (err error) {
				if r.Target != "/take" {
					return hello(w, r)
				}
				nc, err = w.Hijack()
				return err
			},
		})
		c := h.dial()
		c.send(get("/take"))
		<-c.served
		go io.WriteString(nc, "hello")
		c.expectOctets("hello")
		checkError(t, "Close", nc.Close(), nil)
		h.expectPlaces(1)
	})
}

// endsGoroutine ends the goroutine it runs in, as testing.T.FailNow does.
func endsGoroutine(w *Response, r *Request) error {
	runtime.Goexit()
	return nil
}

// TestGoexit: a handler that ends its goroutine has failed: it is answered for, its
// exchange and its connection are told of, and what it has kept is dead.
func TestGoexit(t *testing.T) {
	var kept *Response
	var ctx context.Context
	var told []int
	c := dial(t, &Server{
		OnExchange: func(e Exchange) { told = append(told, e.Status) },
		Handler: func(w *Response, r *Request) error {
			kept, ctx = w, r.Context()
			return endsGoroutine(w, r)
		},
	})
	c.send(get("/"))
	c.expect("500 *", "Connection: close")
	c.expectClosed(ReasonHandlerFailed)
	<-ctx.Done()
	<-c.served
	checkError(t, "Flush of a response that was kept", kept.Flush(), ErrDone)
	check(t, "exchanges", fmt.Sprint(told), "[500]")
}

// TestGoexitAfterHandOver: the place of a connection that was handed over to a
// goroutine that ends comes back.
func TestGoexitAfterHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, &Server{MaxConns: 1, Handler: func(w *Response, r *Request) error {
			if r.Target != "/take" {
				return hello(w, r)
			}
			if _, err := w.Hijack(); err != nil {
				return err
			}
			return endsGoroutine(w, r)
		}})
		c := h.dial()
		c.send(get("/take"))
		<-c.served
		h.expectPlaces(1)
	})
}

// TestEveryoneIsTold: one who panics when told of an exchange does not keep it from
// the others.
func TestEveryoneIsTold(t *testing.T) {
	var told []string
	c := dial(t, &Server{
		OnExchange: func(e Exchange) { told = append(told, fmt.Sprint("OnExchange ", e.Status)) },
		Handler: func(w *Response, r *Request) error {
			w.AfterEnd(func(Exchange) { told = append(told, "first") })
			w.AfterEnd(func(Exchange) { panic("AfterEnd") })
			return hello(w, r)
		},
	})
	c.send(get("/"))
	c.expect("200 length 3 1 /")
	c.expectReason(ReasonPanic)
	<-c.served
	check(t, "told", strings.Join(told, ", "), "first, OnExchange 200")
}

// TestPanicBeforeHead: a BeforeHead hook that panics when the handler has returned
// fails like a handler, and the other hooks see the 500.
func TestPanicBeforeHead(t *testing.T) {
	var reported error
	c := dial(t, &Server{
		OnExchange: func(e Exchange) { reported = e.Err },
		Handler: func(w *Response, r *Request) error {
			w.BeforeHead(func(w *Response) { w.Header().Set("X-Status", fmt.Sprint(w.Status())) })
			w.BeforeHead(func(*Response) { panic("BeforeHead") })
			return hello(w, r)
		},
	})
	c.send(getAndClose("/"))
	c.expect("500 *", "X-Status: 500")
	c.expectClosed(ReasonRequested)
	<-c.served
	checkContains(t, "reported", fmt.Sprint(reported), "panic: BeforeHead")
}

// TestPanickingTrace: what was written when Trace panicked is not written again.
func TestPanickingTrace(t *testing.T) {
	c := dial(t, &Server{Handler: hello, Trace: &Trace{Write: func(*Conn, []byte) { panic("Write") }}})
	c.send(get("/"))
	c.expect("200 length 3 1 /")
	c.expectEnd()
}
