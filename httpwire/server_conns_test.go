package httpwire

import (
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// expectPlaces checks that a server in a bubble has room for so many
// connections, and for not one more.
func (h *host) expectPlaces(places int) {
	h.t.Helper()
	clients := make([]*client, places+1)
	for i := range clients {
		clients[i] = h.dial()
		clients[i].send(get("/"))
		synctest.Wait()
	}
	for _, c := range clients[:places] {
		c.expect("200 *")
	}
	over := clients[places]
	synctest.Wait()
	check(h.t, "writes to one connection more", over.server.writes(), 0)
	clients[0].close()
	over.expect("200 *")
	for _, c := range clients {
		c.close()
		<-c.served
	}
}

// TestMaxConns: with as many connections as allowed the next one waits to be
// accepted; it is neither refused nor lost, and the log says why it waits.
func TestMaxConns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		h := newHost(t, &Server{Handler: hello, MaxConns: 2, IdleTimeout: time.Minute, ErrorLog: logTo(&log)})
		l := newQueueListener()
		h.serve(l)
		dial := func() *client {
			server, conn := h.pipes()
			l.queue <- server
			return h.client(conn)
		}
		for range 2 {
			c := dial()
			c.send(get("/"))
			c.expect("200 length 3 1 /")
		}
		synctest.Wait()
		checkContains(t, "log", log.String(), "more wait to be accepted")
		start := time.Now()
		c := dial() // waits until the first ones have been idle for too long
		check(t, "accepted after", time.Since(start), time.Minute)
		c.send(getAndClose("/"))
		c.expect("200 length 3 1 /")
		c.expectClosed(ReasonRequested)
	})
}

// flushesAndPanics and exits end their goroutine in an untidy way.
func flushesAndPanics(w *Response, r *Request) error {
	w.Flush()
	panic("handler")
}

func exits(w *Response, r *Request) error {
	runtime.Goexit()
	return nil
}

func refusesConnection(*Conn) error       { return errors.New("refused") }
func panicsOnConnection(*Conn) error      { panic("OnConnection") }
func panicsOnExchange(Exchange)           { panic("OnExchange") }
func panicsOnClose(*Conn, CloseInfo)      { panic("OnClose") }
func hijacksAndCloses(w *Response) error  { return closeTwice(w.Hijack()) }
func upgradesAndCloses(w *Response) error { return closeTwice(w.Upgrade("chat/1")) }

func closeTwice(nc net.Conn, err error) error {
	if err == nil {
		nc.Close()
		nc.Close()
	}
	return err
}

// handsOver takes the connection over, as the target says, and closes it twice.
func handsOver(w *Response, r *Request) error {
	if r.Target == "/chat" {
		return upgradesAndCloses(w)
	}
	return hijacksAndCloses(w)
}

// TestPlaces: every way in which a connection can end gives its place back, once,
// and the server does not wait for the connection any more.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		name   string
		server *Server
		octets string
	}{
		{"nothing", &Server{Handler: echo}, ""},
		{"half_a_head", &Server{Handler: echo}, "GET"},
		{"answered", &Server{Handler: echo}, get("/")},
		{"refused", &Server{Handler: echo}, "BAD\r\n"},
		{"body_too_large", &Server{Handler: echo, MaxBody: 10}, post("/", strings.Repeat("x", 20))},
		{"half_a_body", &Server{Handler: echo}, post("/", "hello")[:50]},
		{"handler_panics", &Server{Handler: flushesAndPanics}, get("/")},
		{"handler_exits", &Server{Handler: exits}, get("/")},
		{"handed_over", &Server{Handler: handsOver}, get("/")},
		{"upgraded", &Server{Handler: handsOver}, upgrading},
		{"not_admitted", &Server{Handler: echo, OnConnection: refusesConnection}, get("/")},
		{"OnConnection_panics", &Server{Handler: echo, OnConnection: panicsOnConnection}, get("/")},
		{"OnExchange_panics", &Server{Handler: echo, OnExchange: panicsOnExchange}, get("/")},
		{"OnClose_panics", &Server{Handler: echo, OnClose: panicsOnClose}, get("/")},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.server.MaxConns = 2
				h := newHost(t, test.server)
				for range 3 {
					c := h.dial()
					c.send(test.octets)
					c.closeWrite()
					c.rest()
					c.close()
					<-c.served
				}
				synctest.Wait()
				h.server.Handler, h.server.OnConnection, h.server.OnExchange, h.server.OnClose = hello, nil, nil, nil
				h.expectPlaces(2)
				start := time.Now()
				checkError(t, "Shutdown", h.server.Shutdown(t.Context()), nil)
				check(t, "Shutdown returned after", time.Since(start), 0)
			})
		})
	}
}

// TestPlaceOfAHandOver: a connection that was handed over keeps its place until
// its owner closes it.
func TestPlaceOfAHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		owned := make(chan net.Conn, 1)
		h := newHost(t, &Server{MaxConns: 2, Handler: func(w *Response, r *Request) error {
			if r.Target != "/hijack" {
				return hello(w, r)
			}
			nc, err := w.Hijack()
			owned <- nc
			return err
		}})
		c := h.dial()
		c.send(get("/hijack"))
		nc := <-owned
		<-c.served
		h.expectPlaces(1)
		nc.Close()
		nc.Close()
		h.expectPlaces(2)
	})
}

// TestServeConnGivesUp: a connection that waits for a place does not outlast the
// server.
func TestServeConnGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, &Server{MaxConns: 1, Handler: waits})
		first := h.dial()
		first.send(get("/"))
		synctest.Wait()
		second := h.dial()
		synctest.Wait()
		h.server.Close()
		second.expectEnd()
		<-second.served
	})
}

// TestMaxConnsOfListeners: a listener that waits takes no place: with one place,
// whichever listener has a connection serves it.
func TestMaxConnsOfListeners(t *testing.T) {
	s := &Server{Handler: hello, MaxConns: 1}
	first, second := listen(t, s), newHost(t, s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	second.address = l.Addr().String()
	second.serve(l)
	for _, h := range []*host{second, first, second} {
		c := h.dial()
		c.send(getAndClose("/"))
		c.expect("200 length 3 1 /")
		c.expectEnd()
	}
}
