package httpwire

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const upgradeHead = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, Chat/1\r\n\r\n"

// TestUpgrade: 101 goes out behind the answers before it, and no octet behind
// the request is lost, however the octets were cut.
func TestUpgrade(t *testing.T) {
	for _, cut := range []int{0, 30, len(get("/")), len(get("/") + upgradeHead), len(get("/")+upgradeHead) + 3} {
		var upgraded string
		done := make(chan struct{})
		s := &Server{
			OnUpgrade: func(c *Conn, protocol string) { upgraded = protocol },
			OnClose:   func(*Conn, CloseInfo) { t.Error("OnClose for a connection that is not ours to close") },
			Handler: func(w *Response, r *Request) error {
				if r.Target == "/" {
					return nil
				}
				ctx := r.Context() // starts a watcher, which reads ahead
				nc, err := w.Upgrade("chat/1", "X-Sub", "a")
				if err != nil {
					return err
				}
				if ctx.Err() != nil {
					t.Error("the context was cancelled by the hand-over")
				}
				r.Context()
				for _, err := range []error{w.Flush(), r.Continue(), second(r.Body.Read(make([]byte, 1))), second(w.Write([]byte("x"))), w.Header().Set("A", "b"),
					w.Informational(103), w.SetStatus(200), third(w.Hijack()), third(w.Upgrade("chat/1"))} {
					if err == nil {
						t.Error("the response can still be used")
					}
				}
				go func() {
					defer close(done)
					defer nc.Close()
					got, _ := io.ReadAll(nc)
					io.WriteString(nc, strings.ToUpper(string(got)))
				}()
				return nil
			},
		}
		c := dial(t, s)
		go func() {
			stream := get("/") + upgradeHead + "hello"
			io.WriteString(c.conn, stream[:cut])
			io.WriteString(c.conn, stream[cut:])
		}()
		c.receive("GET")
		a := c.receive("GET")
		if a.status != 101 || a.get("Upgrade") != "chat/1" || a.get("Connection") != "Upgrade" || a.get("X-Sub") != "a" {
			t.Errorf("got %v %v", a, a.fields)
		}
		go func() {
			io.WriteString(c.conn, " world")
			c.conn.CloseWrite()
		}()
		if got := c.closed(); got != "HELLO WORLD" || upgraded != "chat/1" {
			t.Errorf("cut at %d: got %q, upgraded to %q", cut, got, upgraded)
		}
		<-done
	}
}

func second(_ int, err error) error { return err }

func third(_ net.Conn, err error) error { return err }

// TestNotUpgradable: what is not offered is not switched to, and the request can
// still be answered as HTTP. RFC 9110, Section 7.8.
func TestNotUpgradable(t *testing.T) {
	for _, test := range []struct{ name, head, body string }{
		{"9110_7.8_nothing_offered", get("/"), ""},
		{"9110_7.8_something_else_offered", strings.Replace(upgradeHead, "Chat/1", "chat/2", 1), ""},
		{"9110_7.8_without_the_connection_option", strings.Replace(upgradeHead, ", Upgrade\r\n", "\r\n", 1), ""},
		{"9110_7.8_http10", strings.Replace(upgradeHead, "1.1", "1.0", 1), ""},
		{"9110_7.8_with_a_body", strings.Replace(upgradeHead, "Host: a\r\n", "Host: a\r\nContent-Length: 2\r\n", 1), "hi"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{Handler: func(w *Response, r *Request) error {
				if _, err := w.Upgrade("chat/1"); err != ErrNotUpgradable {
					t.Errorf("got %v", err)
				}
				return echo(w, r)
			}}
			if answers := talkFor(t, s, test.head+test.body); len(answers) != 1 || answers[0].body != test.body {
				t.Errorf("got %v", answers)
			}
		})
	}
	t.Run("bad_fields", func(t *testing.T) {
		s := &Server{Handler: func(w *Response, r *Request) error {
			for _, field := range [][]string{{"a b", ""}, {"a", "b\r\nc"}, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}} {
				if _, err := w.Upgrade("chat/1", field...); err == nil {
					t.Errorf("%q accepted", field)
				}
			}
			return nil
		}}
		if answers := talkFor(t, s, upgradeHead); len(answers) != 1 || answers[0].status != 200 {
			t.Errorf("got %v", answers)
		}
	})
	t.Run("empty_body_is_none", func(t *testing.T) {
		s := &Server{Handler: func(w *Response, r *Request) error {
			nc, err := w.Upgrade("chat/1")
			if err == nil {
				nc.Close()
			}
			return err
		}}
		head := strings.Replace(upgradeHead, "Host: a\r\n", "Host: a\r\nContent-Length: 0\r\n", 1)
		if answers := talkFor(t, s, head); len(answers) != 1 || answers[0].status != 101 {
			t.Errorf("got %v", answers)
		}
	})
}

// TestUpgradeFoldsASCII: a Kelvin sign is no letter k, and never goes out in a 101.
func TestUpgradeFoldsASCII(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		if _, err := w.Upgrade("websoc\u212aet"); err != ErrNotUpgradable {
			t.Errorf("got %v", err)
		}
		return nil
	}}
	talkFor(t, s, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n\r\n")
}

// TestHijack: what has not been read belongs to the new owner, the body as well,
// and nobody but he sets deadlines or closes.
func TestHijack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		owned := make(chan net.Conn, 1)
		s := &Server{Handler: func(w *Response, r *Request) error {
			io.ReadFull(r.Body, make([]byte, 2))
			nc, err := w.Hijack()
			owned <- nc
			return err
		}}
		c := dial(t, s)
		c.send(post("/", "hello") + "more")
		nc := <-owned
		<-c.served
		time.Sleep(time.Hour)
		c.sendAside("last")
		got := make([]byte, 11)
		if _, err := io.ReadFull(nc, got); err != nil || string(got) != "llomorelast" {
			t.Errorf("got %q, %v", got, err)
		}
		if err := nc.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Error(err)
		}
		if rest := c.closed(); rest != "" {
			t.Errorf("got %q", rest)
		}
		nc.Close()
	})
}

// TestHijackTooLate: behind the head there is nothing to hand over any more.
func TestHijackTooLate(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		if r.Target == "/flushed" {
			w.Flush()
			if _, err := w.Hijack(); err != ErrHeadSent {
				t.Errorf("behind the head: %v", err)
			}
			return nil
		}
		w.BeforeHead(func(w *Response) {
			if _, err := w.Hijack(); err != ErrDone {
				t.Errorf("in a hook: %v", err)
			}
		})
		return nil
	}}
	if answers := talkFor(t, s, get("/flushed")+get("/")); len(answers) != 2 {
		t.Errorf("got %v", answers)
	}
}

// TestHandOverAndFail: a handler that takes the connection over and then fails
// does not leave it open, nor its place among MaxConns taken.
func TestHandOverAndFail(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("failed") },
		"panic": func() error { panic("failed") },
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{MaxConns: 1, Handler: func(w *Response, r *Request) error {
				if _, err := w.Hijack(); err != nil {
					return err
				}
				return fail()
			}}
			for range 3 {
				if got := talk(t, s, get("/")); got != "" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

// TestHandOverAndShutdown: the server neither waits for a connection that was
// handed over nor closes it, and its place is free when the owner closes it.
func TestHandOverAndShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		owned := make(chan net.Conn)
		s := &Server{MaxConns: 2, Handler: func(w *Response, r *Request) error {
			ctx := r.Context()
			nc, err := w.Hijack()
			owned <- nc
			<-ctx.Done() // the handler stays, as that of a WebSocket does
			return err
		}}
		c := dial(t, s)
		c.send(get("/"))
		nc := <-owned
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		s.Close()
		go io.WriteString(nc, "still here")
		got := make([]byte, 10)
		if _, err := io.ReadFull(c.r, got); err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		<-c.served
		if len(s.places) != 1 {
			t.Errorf("got %d places taken, want 1", len(s.places))
		}
		nc.Close()
		nc.Close()
		if len(s.places) != 0 {
			t.Errorf("got %d places taken, want none", len(s.places))
		}
	})
}
