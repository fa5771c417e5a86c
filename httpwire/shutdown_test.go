package httpwire

import (
	"context"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestShutdown: what a connection is doing decides what becomes of it.
func TestShutdown(t *testing.T) {
	slow := func(w *Response, r *Request) error {
		io.Copy(io.Discard, r.Body)
		select {
		case <-time.After(5 * time.Second):
		case <-r.Context().Done():
			return r.Context().Err()
		}
		return hello(w, r)
	}
	for _, test := range []struct {
		name   string
		before string        // what has arrived at Shutdown
		behind string        // what arrives a second later
		took   time.Duration // until Shutdown returns
		want   string
		reason CloseReason
	}{
		{"new", "", get("/"), 0, "", ReasonShutdown},
		{"half_a_head", "GET /", " HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2"), 6 * time.Second, "1 /", ReasonShutdown},
		{"half_a_head_for_ever", "GET /", "", 10 * time.Second, "", ReasonHeadTimeout},
		{"half_a_body", post("/", "hello")[:48], "hello", 6 * time.Second, "1 /", ReasonShutdown},
		{"in_flight", get("/"), "", 5 * time.Second, "1 /", ReasonShutdown},
		{"in_flight_with_a_burst_behind", get("/") + get("/2"), "", 5 * time.Second, "1 /", ReasonShutdown},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ends closings
				s := &Server{Handler: slow, OnClose: ends.note}
				c := dial(t, s)
				if test.before != "" {
					c.send(test.before)
				}
				synctest.Wait()
				start := time.Now()
				go func() {
					time.Sleep(time.Second)
					io.WriteString(c.conn, test.behind)
				}()
				var answers []*reply
				read := make(chan struct{})
				go func() {
					defer close(read)
					answers, _ = readAnswers(c.closed())
					c.conn.Close()
				}()
				if err := s.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				took := time.Since(start)
				<-read
				<-c.served
				time.Sleep(2 * time.Second)
				got := ""
				for _, a := range answers {
					if !a.closes() {
						t.Errorf("%v lacks Connection: close", a)
					}
					if a.status == 200 {
						got += a.body
					}
				}
				if got != test.want || took != test.took || ends.last() != test.reason {
					t.Errorf("got %q after %v, %q; want %q after %v, %q", got, took, ends.last(), test.want, test.took, test.reason)
				}
			})
		})
	}
}

// TestShutdownOfAnIdleConnection: it is closed at once.
func TestShutdownOfAnIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ends closings
		s := &Server{Handler: hello, OnClose: ends.note}
		c := dial(t, s)
		c.send(get("/"))
		if a := c.receive("GET"); a.closes() {
			t.Errorf("got %v", a.fields)
		}
		synctest.Wait()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if rest := c.closed(); rest != "" || ends.last() != ReasonShutdown {
			t.Errorf("got %q, %q", rest, ends.last())
		}
	})
}

// TestShutdownForced: when its context ends, so do those of the requests, and
// the connections are closed. Later calls find the work done.
func TestShutdownForced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ends closings
		cause := make(chan error, 1)
		s := &Server{OnClose: ends.note, Handler: func(w *Response, r *Request) error {
			<-r.Context().Done()
			cause <- r.Context().Err()
			return nil
		}}
		c := dial(t, s)
		stuck := dial(t, s)
		stuck.send("GET / HT")
		c.send(get("/"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		start := time.Now()
		if err := s.Shutdown(ctx); err != context.DeadlineExceeded || time.Since(start) != 3*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if err := <-cause; err != context.Canceled {
			t.Errorf("the request's context says %v", err)
		}
		<-c.served
		<-stuck.served
		for range 2 {
			if err := s.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			s.Close()
		}
	})
}

// TestShutdownTwice: a second call waits like the first.
func TestShutdownTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: func(w *Response, r *Request) error { time.Sleep(time.Second); return nil }}
		c := dial(t, s)
		c.send(get("/"))
		synctest.Wait()
		start := time.Now()
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				if err := s.Shutdown(context.Background()); err != nil || time.Since(start) < time.Second {
					t.Errorf("got %v after %v", err, time.Since(start))
				}
			})
		}
		if a := c.receive("GET"); !a.closes() {
			t.Errorf("got %v", a.fields)
		}
		c.conn.Close()
		calls.Wait()
	})
}

// TestShutdownBeforeServe: nothing is accepted any more.
func TestShutdownBeforeServe(t *testing.T) {
	s := &Server{Handler: hello}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is still open")
	}
	if got := talk(t, s, get("/")); got != "" {
		t.Errorf("got %q", got)
	}
}

// TestShutdownRace: Shutdown comes at any moment of a request; the client gets a
// whole answer or none, and Shutdown always returns.
func TestShutdownRace(t *testing.T) {
	for i := range 300 {
		s := &Server{Handler: hello, LingerTimeout: time.Millisecond}
		server, conn := pipes()
		served := make(chan struct{})
		go func() { s.ServeConn(server); close(served) }()
		down := make(chan error, 1)
		go func() {
			for range i % 20 {
				runtime.Gosched()
			}
			down <- s.Shutdown(context.Background())
		}()
		go io.WriteString(conn, get("/1")+get("/2"))
		got, _ := io.ReadAll(conn)
		answers, err := readAnswers(string(got))
		if err != nil || len(answers) > 2 {
			t.Fatalf("got %q, %v", got, err)
		}
		conn.Close()
		if err := <-down; err != nil {
			t.Fatal(err)
		}
		<-served
	}
}
