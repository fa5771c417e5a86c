package httpwire

import (
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// worksFor5s reads the body, and answers five seconds later.
func worksFor5s(w *Response, r *Request) error {
	if err := discard(w, r); err != nil {
		return err
	}
	select {
	case <-time.After(5 * time.Second):
	case <-r.Context().Done():
		return r.Context().Err()
	}
	return hello(w, r)
}

// TestShutdown: what a connection is doing decides what becomes of it.
func TestShutdown(t *testing.T) {
	for _, test := range []struct {
		name   string
		before string        // what has arrived at Shutdown
		after  string        // what arrives a second later
		took   time.Duration // until the server has closed
		want   string
		reason CloseReason
	}{
		{"new", "", get("/"), 0, "", ReasonShutdown},
		{"half_a_head", "GET /", " HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2"), 6 * time.Second, "200 length 3 1 /",
			ReasonShutdown},
		{"half_a_head_for_ever", "GET /", "", 10 * time.Second, "408 *", ReasonHeadTimeout},
		{"half_a_body", post("/", "hello")[:48], "hello", 6 * time.Second, "200 length 3 1 /", ReasonShutdown},
		{"in_flight", get("/"), "", 5 * time.Second, "200 length 3 1 /", ReasonShutdown},
		{"in_flight_with_another_request", get("/") + get("/2"), "", 5 * time.Second, "200 length 3 1 /", ReasonShutdown},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, &Server{Handler: worksFor5s})
				c := h.dial()
				c.send(test.before)
				synctest.Wait()
				start := time.Now()
				stopped := make(chan error, 1)
				go func() { stopped <- h.server.Shutdown(t.Context()) }()
				if test.after != "" {
					c.sendLater(time.Second, test.after)
				}
				if test.want != "" {
					c.expect(test.want, "Connection: close")
				}
				c.expectClosed(test.reason)
				checkError(t, "Shutdown", <-stopped, nil)
				check(t, "Shutdown returned after", time.Since(start), test.took)
			})
		})
	}
}

// TestShutdownOfAnIdleConnection: it is closed at once.
func TestShutdownOfAnIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: hello}
		c := dial(t, s)
		c.send(get("/"))
		c.expect("200 length 3 1 /", "!Connection")
		synctest.Wait()
		start := time.Now()
		stopped := make(chan error, 1)
		go func() { stopped <- s.Shutdown(t.Context()) }()
		c.expectClosed(ReasonShutdown)
		checkError(t, "Shutdown", <-stopped, nil)
		check(t, "Shutdown returned after", time.Since(start), 0)
	})
}

// TestShutdownForced: when its context ends, so do those of the requests, and
// the connections are closed. Later calls find the work done.
func TestShutdownForced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := make(chan error, 2)
		h := newHost(t, &Server{Handler: func(w *Response, r *Request) error {
			<-r.Context().Done()
			cause <- r.Context().Err()
			return nil
		}})
		c, unwatched, stuck := h.dial(), h.dial(), h.dial()
		stuck.send("GET / HT")
		unwatched.send(request("POST", "/", "Content-Length: 5")) // nobody reads until the body has come
		c.send(get("/"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		start := time.Now()
		checkError(t, "Shutdown", h.server.Shutdown(ctx), context.DeadlineExceeded)
		check(t, "Shutdown returned after", time.Since(start), 3*time.Second)
		for range 2 {
			checkError(t, "context of a request", <-cause, context.Canceled)
		}
		stuck.expectClosed(ReasonShutdown)
		<-c.served
		<-unwatched.served
		for range 2 {
			checkError(t, "Shutdown again", h.server.Shutdown(context.Background()), nil)
			checkError(t, "Close", h.server.Close(), nil)
		}
	})
}

// worksFor1s answers a second later.
func worksFor1s(w *Response, r *Request) error {
	time.Sleep(time.Second)
	return nil
}

// TestShutdownTwice: a second call waits like the first.
func TestShutdownTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: worksFor1s}
		c := dial(t, s)
		c.send(get("/"))
		synctest.Wait()
		start := time.Now()
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				checkError(t, "Shutdown", s.Shutdown(context.Background()), nil)
				check(t, "Shutdown returned after", time.Since(start), time.Second)
			})
		}
		c.expect("200 length 0", "Connection: close")
		c.expectClosed(ReasonShutdown)
		calls.Wait()
	})
}

// TestShutdownBeforeServe: nothing is accepted any more.
func TestShutdownBeforeServe(t *testing.T) {
	s := &Server{Handler: hello}
	checkError(t, "Shutdown", s.Shutdown(context.Background()), nil)
	l := newQueueListener()
	checkError(t, "Serve", s.Serve(l), ErrServerClosed)
	checkError(t, "Accept", second(l.Accept()), net.ErrClosed)
	c := dial(t, s)
	c.send(get("/"))
	c.expectEnd()
}

// TestShutdownRace: Shutdown comes at any moment of a request; the client gets a
// whole answer or none, and Shutdown always returns.
func TestShutdownRace(t *testing.T) {
	for i := range 300 {
		s := &Server{Handler: hello, LingerTimeout: time.Millisecond}
		c := dial(t, s)
		down := make(chan error, 1)
		go func() {
			for range i % 20 {
				runtime.Gosched()
			}
			down <- s.Shutdown(context.Background())
		}()
		c.send(get("/1") + get("/2"))
		sent := c.rest()
		answers, err := readAnswers(sent)
		if err != nil {
			t.Fatalf("got %v in %q", err, sent)
		}
		for i, a := range answers {
			check(t, "answer", a.body, []string{"1 /1", "2 /2"}[min(i, 1)])
		}
		c.close()
		checkError(t, "Shutdown", <-down, nil)
		<-c.served
	}
}

// TestTCPShutdownAfterAnAnswer: a request that arrives while the last answer is
// still on its way is not answered, but must not cost that answer either: octets
// left unread at the close make the system send a reset.
func TestTCPShutdownAfterAnAnswer(t *testing.T) {
	content := strings.Repeat("x", 8<<20) // more than the sockets hold
	begun := make(chan bool, 1)
	h := listen(t, &Server{Handler: func(w *Response, r *Request) error {
		w.SetContentLength(int64(len(content)))
		w.Flush() // the head says that the connection stays open
		begun <- true
		_, err := io.WriteString(w, content)
		return err
	}})
	c := h.dial()
	c.send(get("/1"))
	<-begun
	c.send(get("/2"))
	c.expectSent()
	stopped := make(chan error, 1)
	go func() { stopped <- h.server.Shutdown(t.Context()) }()
	<-h.served // Shutdown has begun
	c.expect("200 length 8388608 "+content, "!Connection")
	info := c.expectClosed(ReasonShutdown)
	check(t, "requests", info.Requests, 1)
	checkError(t, "Shutdown", <-stopped, nil)
}
