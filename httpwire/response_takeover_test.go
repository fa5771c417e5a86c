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

// upgrading is a request that offers two protocols.
const upgrading = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, Chat/1\r\n\r\n"

// shouts answers what the client has said, when it has closed its half, in
// capitals.
func shouts(nc net.Conn) {
	defer nc.Close()
	said, _ := io.ReadAll(nc)
	io.WriteString(nc, strings.ToUpper(string(said)))
}

// upgradesToShouting switches to a protocol, in a goroutine of its own, while
// the client is watched.
func upgradesToShouting(w *Response, r *Request) error {
	if r.Target != "/chat" {
		return nil
	}
	r.Context()
	nc, err := w.Upgrade("chat/1", "X-Sub", "a")
	if err == nil {
		go shouts(nc)
	}
	return err
}

// TestUpgrade: 101 goes out after the answers before it, and no octet after the
// request is lost, however the octets were cut.
func TestUpgrade(t *testing.T) {
	stream := get("/") + upgrading + "hello"
	for _, cut := range []int{0, 30, len(get("/")), len(get("/") + upgrading), len(get("/")+upgrading) + 3} {
		var upgraded string
		c := dial(t, &Server{Handler: upgradesToShouting,
			OnUpgrade: func(_ *Conn, protocol string) { upgraded = protocol },
			OnClose:   func(*Conn, CloseInfo) { t.Error("OnClose for a connection that is not ours to close") }})
		c.send(stream[:cut])
		c.send(stream[cut:])
		c.expect("200 length 0")
		c.expect("101 none", "Upgrade: chat/1", "Connection: Upgrade", "X-Sub: a")
		c.send(" world")
		c.closeWrite()
		c.expectOctets("HELLO WORLD")
		c.expectEnd()
		<-c.served
		check(t, "OnUpgrade", upgraded, "chat/1")
	}
}

// TestTCPUpgrade: octets that came with the request are the first ones the new
// owner reads.
func TestTCPUpgrade(t *testing.T) {
	c := listen(t, &Server{Handler: upgradesToShouting}).dial()
	c.send(upgrading + "hello")
	c.expect("101 none")
	c.send(" world")
	c.closeWrite()
	c.expectOctets("HELLO WORLD")
	c.expectEnd()
}

// TestUpgraded: after an upgrade the response and the request are of no use; the
// context goes on.
func TestUpgraded(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		ctx := r.Context()
		nc, err := w.Upgrade("chat/1")
		if err != nil {
			return err
		}
		defer nc.Close()
		checkError(t, "context", ctx.Err(), nil)
		r.Context()
		checkError(t, "Flush", w.Flush(), ErrDone)
		checkError(t, "Continue", r.Continue(), ErrDone)
		checkError(t, "Read", second(r.Body.Read(make([]byte, 1))), ErrDone)
		checkError(t, "Write", second(w.Write([]byte("x"))), ErrDone)
		checkError(t, "Set", w.Header().Set("A", "b"), ErrHeadSent)
		checkError(t, "Informational", w.Informational(103), ErrDone)
		checkError(t, "SetStatus", w.SetStatus(200), ErrHeadSent)
		checkError(t, "Hijack", second(w.Hijack()), ErrDone)
		checkError(t, "Upgrade", second(w.Upgrade("chat/1")), ErrDone)
		return nil
	}})
	c.send(upgrading)
	c.expect("101 none")
	c.expectEnd()
}

// second returns the error of two results.
func second[T any](_ T, err error) error { return err }

// TestNotUpgradable: what is not offered is not switched to, and the request can
// still be answered as HTTP. RFC 9110, Section 7.8.
func TestNotUpgradable(t *testing.T) {
	for _, test := range []struct{ name, request, want string }{
		{"9110_7.8_nothing_offered", get("/"), "200 length 0"},
		{"9110_7.8_something_else_offered", strings.Replace(upgrading, "Chat/1", "chat/2", 1), "200 length 0"},
		{"9110_7.8_without_the_connection_option", strings.Replace(upgrading, ", Upgrade\r\n", "\r\n", 1), "200 length 0"},
		{"9110_7.8_http10", strings.Replace(upgrading, "1.1", "1.0", 1), "200 length 0"},
		{"9110_7.8_with_a_body", strings.Replace(upgrading, "Host: a\r\n", "Host: a\r\nContent-Length: 2\r\n",
			1) + "hi", "200 length 2 hi"},
		// A Kelvin sign is no letter k, and never goes out in a 101.
		{"9110_7.8_ASCII_only", strings.Replace(upgrading, "Chat/1", "WebSocket", 1), "200 length 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
				for _, protocol := range []string{"chat/1", "websoc\u212aet"} {
					checkError(t, "Upgrade to "+protocol, second(w.Upgrade(protocol)), ErrNotUpgradable)
				}
				return echo(w, r)
			}})
			c.send(test.request)
			c.expect(test.want)
		})
	}
}

// TestUpgradeWithBadFields: they are refused, and the request can still be
// answered.
func TestUpgradeWithBadFields(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		for _, field := range [][]string{{"a b", ""}, {"a", "b\r\nc"}, {"Content-Length", "1"},
			{"Transfer-Encoding", "chunked"}} {
			if _, err := w.Upgrade("chat/1", field...); err == nil {
				t.Errorf("%q accepted", field)
			}
		}
		return nil
	}})
	c.send(upgrading)
	c.expect("200 length 0")
}

// TestUpgradeWithEmptyBody: a body of no octets is none.
func TestUpgradeWithEmptyBody(t *testing.T) {
	c := dial(t, &Server{Handler: upgradesToShouting})
	c.send(strings.Replace(upgrading, "Host: a\r\n", "Host: a\r\nContent-Length: 0\r\n", 1))
	c.expect("101 none")
	c.closeWrite()
	c.expectEnd()
}

// TestHijack: what has not been read belongs to the new owner, the body as well,
// and nobody else sets deadlines or closes.
func TestHijack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		owned := make(chan net.Conn, 1)
		c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
			io.ReadFull(r.Body, make([]byte, 2))
			nc, err := w.Hijack()
			owned <- nc
			return err
		}})
		c.send(post("/", "hello") + "more")
		nc := <-owned
		<-c.served
		time.Sleep(time.Hour)
		c.send("last")
		got := make([]byte, len("llomorelast"))
		_, err := io.ReadFull(nc, got)
		checkError(t, "reading", err, nil)
		check(t, "octets", string(got), "llomorelast")
		checkError(t, "CloseWrite", nc.(interface{ CloseWrite() error }).CloseWrite(), nil)
		c.expectEnd()
		nc.Close()
	})
}

// TestHijackTooLate: after the head there is nothing to hand over any more.
func TestHijackTooLate(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		if r.Target == "/flushed" {
			w.Flush()
			checkError(t, "Hijack after the head", second(w.Hijack()), ErrHeadSent)
			return nil
		}
		w.BeforeHead(func(w *Response) { // runs when the handler has returned
			checkError(t, "Hijack in a hook", second(w.Hijack()), ErrDone)
		})
		return nil
	}})
	c.send(get("/flushed") + get("/"))
	c.expect("200 chunked")
	c.expect("200 length 0")
}

func hijacksAndFails(w *Response, r *Request) error {
	if _, err := w.Hijack(); err != nil {
		return err
	}
	return errors.New("failed")
}

func hijacksAndPanics(w *Response, r *Request) error {
	w.Hijack()
	panic("failed")
}

// TestHandOverAndFail: a handler that takes the connection over and then fails
// does not leave it open, nor its place among MaxConns taken.
func TestHandOverAndFail(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
	}{{"error", hijacksAndFails}, {"panic", hijacksAndPanics}} {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(t, &Server{MaxConns: 1, Handler: test.handler})
			for range 3 {
				c := h.dial()
				c.send(get("/"))
				c.expectEnd()
				c.close()
			}
		})
	}
}

// hijacksFor hands a connection over to a test, and stays until its context ends,
// as the handler of a WebSocket does.
func hijacksFor(owned chan<- net.Conn) Handler {
	return func(w *Response, r *Request) error {
		ctx := r.Context()
		nc, err := w.Hijack()
		owned <- nc
		<-ctx.Done()
		return err
	}
}

// TestHandOverAndShutdown: the server neither waits for a connection that was
// handed over nor closes it.
func TestHandOverAndShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		owned := make(chan net.Conn)
		s := &Server{Handler: hijacksFor(owned)}
		c := dial(t, s)
		c.send(get("/"))
		nc := <-owned
		checkError(t, "Shutdown", s.Shutdown(context.Background()), nil)
		s.Close()
		go io.WriteString(nc, "still here")
		c.expectOctets("still here")
		<-c.served
		nc.Close()
		c.expectEnd()
	})
}

// TestHandOverInHook: when a hook hands the connection over, nothing of the response
// reaches the new owner's peer.
func TestHandOverInHook(t *testing.T) {
	use := map[string]func(*Response) error{
		"Write":    func(w *Response) error { return second(w.Write(make([]byte, 100_000))) },
		"Flush":    (*Response).Flush,
		"ReadFrom": func(w *Response) error { return second(w.ReadFrom(strings.NewReader(strings.Repeat("x", 1<<20)))) },
	}
	for name, call := range use {
		t.Run(name, func(t *testing.T) {
			c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
				w.BeforeHead(func(w *Response) {
					nc, err := w.Hijack()
					checkError(t, "Hijack", err, nil)
					go func() {
						io.WriteString(nc, "mine")
						nc.Close()
					}()
				})
				checkError(t, name, call(w), ErrDone)
				return nil
			}})
			c.send(get("/"))
			c.expectOctets("mine")
			c.expectEnd()
		})
	}
}
