package httpwire

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

func reads(w *Response, r *Request) error { return second(r.Body.Read(make([]byte, 100))) }

func copiesFrom(w *Response, r *Request) error { return second(io.Copy(io.Discard, r.Body)) }

func writes(w *Response, r *Request) error { return second(w.Write(make([]byte, 100_000))) }

func copiesTo(w *Response, r *Request) error {
	return second(io.Copy(w, strings.NewReader(strings.Repeat("x", 1<<20))))
}

// TestStrayGoroutine: a goroutine that still reads or writes when the handler has
// returned costs the connection, not the process, and gets nothing of anybody
// else's. It is told when its call ends. Who comes later does not enter.
func TestStrayGoroutine(t *testing.T) {
	for _, test := range []struct {
		name string
		use  Handler
	}{{"reads_the_body", reads}, {"copies_the_body", copiesFrom}, {"writes", writes}, {"copies_to_it", copiesTo}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				var kept *Response
				var body *Body
				var ctx context.Context
				exchanges := 0
				stray := make(chan error, 1)
				c := dial(t, &Server{
					ErrorLog: logTo(&log),
					OnExchange: func(e Exchange) { // the stray is still inside
						exchanges++
						checkError(t, "writing meanwhile", second(kept.Write([]byte("x"))), ErrDone)
						checkError(t, "reading meanwhile", second(body.Read(make([]byte, 1))), ErrDone)
					},
					Handler: func(w *Response, r *Request) error {
						kept, body, ctx = w, r.Body, r.Context()
						go func() { stray <- test.use(w, r) }()
						synctest.Wait() // it blocks
						return nil
					},
				})
				c.send(request("POST", "/", "Content-Length: 1000"))
				c.expectReason(ReasonHandlerFailed)
				if err := <-stray; err == nil {
					t.Error("the call succeeded")
				}
				<-c.served
				checkError(t, "context", ctx.Err(), context.Canceled)
				check(t, "exchanges reported", exchanges, 1)
				checkContains(t, "log", log.String(), "another goroutine was using its request or response")
				checkError(t, "writing afterwards", second(kept.Write([]byte("x"))), ErrDone)
				checkError(t, "reading afterwards", second(body.Read(make([]byte, 1))), ErrDone)
			})
		})
	}
}

func upgradesToChat(w *Response) (net.Conn, error) { return w.Upgrade("chat/1") }

// TestStrayHandOver: a connection that a stray goroutine is about to take over is
// nobody's any more: it is closed, and its place is free, once.
func TestStrayHandOver(t *testing.T) {
	for _, test := range []struct {
		name string
		take func(*Response) (net.Conn, error)
	}{{"hijack", (*Response).Hijack}, {"upgrade", upgradesToChat}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stray := make(chan error, 1)
				h := newHost(t, &Server{MaxConns: 1, Handler: func(w *Response, r *Request) error {
					if r.Target != "/chat" {
						return hello(w, r)
					}
					go func() { stray <- second(test.take(w)) }()
					synctest.Wait() // it blocks: nobody takes the first answer
					return nil
				}})
				c := h.dial()
				c.send(get("/") + upgrading)
				c.expectReason(ReasonHandlerFailed)
				if err := <-stray; err == nil {
					t.Error("the connection was handed over")
				}
				<-c.served
				h.expectPlaces(1)
			})
		})
	}
}

// TestStrayAndPanickingHook: a hook that panics while a stray goroutine is inside
// does not give that goroutine's buffers to anybody else.
func TestStrayAndPanickingHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var used *burst
		stray := make(chan error, 1)
		c := dial(t, &Server{
			OnExchange: func(Exchange) { panic("OnExchange") },
			Handler: func(w *Response, r *Request) error {
				used = burstOf(w)
				go func() { stray <- reads(w, r) }()
				synctest.Wait() // it blocks
				return nil
			},
		})
		c.send(request("POST", "/", "Content-Length: 1000"))
		c.expectReason(ReasonPanic)
		<-c.served
		check(t, "burst given back", used.isFree(), false)
		if err := <-stray; err == nil {
			t.Error("the call succeeded")
		}
	})
}

// TestStrayAtTheEnd: a stray goroutine that comes to the end of the body at the very
// moment the handler returns is no data race.
func TestStrayAtTheEnd(t *testing.T) {
	h := newHost(t, &Server{Handler: func(w *Response, r *Request) error {
		r.Context()
		go io.ReadAll(r.Body)
		return nil
	}})
	for range 100 {
		c := h.dial()
		c.send(post("/", "hello") + get("/"))
		c.closeWrite()
		c.rest()
		<-c.served
	}
}
