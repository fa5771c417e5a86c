package httpwire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// goroutine names the goroutine it is called in.
func goroutine() string {
	stack := make([]byte, 64)
	name, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte("["))
	return string(name)
}

// accept lets the server accept a connection, as if it were a socket's, and
// returns the client's end.
func accept(t *testing.T, s *Server) *client {
	server, conn := pipes()
	s.initialise()
	s.takePlace()
	c := s.admit(server)
	c.idle.parkable = true
	go c.serve()
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

// TestRest: a connection that has been idle for a while goes on in a goroutine
// with a new stack, which neither the client nor the idle timeout notices.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var names []string
		var ends closings
		var admitted int
		c := accept(t, &Server{
			OnConnection: func(*Conn) error { admitted++; return nil },
			OnClose:      ends.note,
			Handler: func(w *Response, r *Request) error {
				names = append(names, goroutine())
				return hello(w, r)
			}})
		for i, pause := range []time.Duration{0, time.Second, 3 * time.Second, time.Minute, time.Second} {
			time.Sleep(pause)
			c.send(get("/"))
			if a := c.receive("GET"); a.body != fmt.Sprint(i+1, " /") {
				t.Errorf("answer %d: %q", i+1, a.body)
			}
		}
		start := time.Now()
		c.closed()
		synctest.Wait()
		if took := time.Since(start); took != 75*time.Second || ends.last() != ReasonIdleTimeout || admitted != 1 {
			t.Errorf("closed after %v: %q; admitted %d times", took, ends.last(), admitted)
		}
		first, third, last := names[0], names[2], names[4]
		if want := []string{first, first, third, last, last}; !slices.Equal(names, want) || first == third || third == last {
			t.Errorf("requests were served in %q", names)
		}
	})
}

// TestRestAndShutdown: a connection at rest is idle like any other.
func TestRestAndShutdown(t *testing.T) {
	for _, pause := range []time.Duration{time.Second, parkAfter, 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			var ends closings
			s := &Server{Handler: hello, OnClose: ends.note}
			c := accept(t, s)
			c.send(get("/"))
			c.receive("GET")
			time.Sleep(pause)
			go func() {
				c.closed()
				c.conn.Close()
			}()
			start := time.Now()
			if err := s.Shutdown(context.Background()); err != nil || time.Since(start) > 0 || ends.last() != ReasonShutdown {
				t.Errorf("behind %v: %v, %q after %v", pause, err, ends.last(), time.Since(start))
			}
		})
	}
}

// TestRestAndPanic: a hook that panics, or ends the goroutine, ends a connection
// at rest, once.
func TestRestAndPanic(t *testing.T) {
	t.Run("panic", func(t *testing.T) {
		testRestAndPanic(t, func() { panic("hook") }, []CloseReason{ReasonPanic})
	})
	t.Run("Goexit", func(t *testing.T) { testRestAndPanic(t, runtime.Goexit, nil) })
}

func testRestAndPanic(t *testing.T, hook func(), want []CloseReason) {
	synctest.Test(t, func(t *testing.T) {
		var ends closings
		reads := 0
		s := &Server{Handler: hello, OnClose: ends.note, Trace: &Trace{Read: func(*Conn, []byte) {
			if reads++; reads == 2 {
				hook()
			}
		}}}
		c := accept(t, s)
		c.send(get("/"))
		c.receive("GET")
		time.Sleep(3 * time.Second)
		c.sendAside(get("/"))
		c.closed()
		c.conn.Close()
		if err := s.Shutdown(t.Context()); err != nil || !slices.Equal(ends.all, want) || len(s.places) != 0 {
			t.Errorf("got %v, %q, %d places held", err, ends.all, len(s.places))
		}
	})
}
