package httpwire

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// TestStrayGoroutine: a goroutine that still reads or writes when the handler has
// returned costs the connection, not the process, and gets nothing of anybody
// else's. It is told when its call ends.
func TestStrayGoroutine(t *testing.T) {
	for name, use := range map[string]func(w *Response, r *Request) error{
		"reads_the_body":  func(w *Response, r *Request) error { _, err := r.Body.Read(make([]byte, 100)); return err },
		"copies_the_body": func(w *Response, r *Request) error { _, err := io.Copy(io.Discard, r.Body); return err },
		"writes":          func(w *Response, r *Request) error { _, err := w.Write(make([]byte, 100_000)); return err },
		"copies_to_it": func(w *Response, r *Request) error {
			_, err := io.Copy(w, strings.NewReader(strings.Repeat("x", 1<<20)))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ends closings
				var log strings.Builder
				var status []CloseReason
				stray := make(chan error, 1)
				s := &Server{
					ErrorLog:   slog.New(slog.NewTextHandler(&log, nil)),
					OnClose:    ends.note,
					OnExchange: func(e Exchange) { status = append(status, e.Reason) },
					Handler: func(w *Response, r *Request) error {
						go func() { stray <- use(w, r) }()
						synctest.Wait() // it blocks
						return nil
					},
				}
				c := dial(t, s)
				c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
				<-c.served
				if err := <-stray; err == nil {
					t.Error("the call succeeded")
				}
				if ends.last() != ReasonHandlerFailed || len(status) != 1 || !strings.Contains(log.String(), errStray.Error()) {
					t.Errorf("got %q, %q; log %s", ends.last(), status, log.String())
				}
			})
		})
	}
}

// TestStrayHandOver: a connection that a stray goroutine is about to take over is
// nobody's any more: it is closed, and its place is free once.
func TestStrayHandOver(t *testing.T) {
	for name, take := range map[string]func(w *Response) (net.Conn, error){
		"hijack":  (*Response).Hijack,
		"upgrade": func(w *Response) (net.Conn, error) { return w.Upgrade("chat") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ends closings
				stray := make(chan error, 1)
				s := &Server{MaxConns: 2, OnClose: ends.note, Handler: func(w *Response, r *Request) error {
					if r.Target == "/first" {
						return hello(w, r)
					}
					go func() { _, err := take(w); stray <- err }()
					synctest.Wait() // it blocks: nobody takes the first answer
					return nil
				}}
				c := dial(t, s)
				c.send(get("/first") + "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n")
				<-c.served
				if err := <-stray; err == nil {
					t.Error("the connection was handed over")
				}
				if ends.last() != ReasonHandlerFailed || len(s.places) != 0 {
					t.Errorf("got %q, %d places taken", ends.last(), len(s.places))
				}
			})
		})
	}
}

// TestInUse: who comes too late does not enter.
func TestInUse(t *testing.T) {
	var u inUse
	for range 2 {
		if !u.enter() {
			t.Error("the handler may not enter")
		}
	}
	u.leave()
	if !u.end() {
		t.Error("nobody is said to be inside")
	}
	u.leave()
	for range 2 {
		if u.enter() {
			t.Error("entered behind the end")
		}
	}
	if err := (&Body{use: &u}).sendContinue(); !errors.Is(err, ErrDone) {
		t.Errorf("got %v", err)
	}
}
