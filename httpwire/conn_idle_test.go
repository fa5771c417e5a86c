package httpwire

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
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

// TestRest: a connection that has been idle for a while goes on in a goroutine
// with a new stack, which neither the client nor the idle timeout notices.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var names []string
		var admitted int
		c := dialParkable(t, &Server{
			OnConnection: func(*Conn) error { admitted++; return nil },
			OnRequest:    func(*Request) { names = append(names, goroutine()) },
			Handler:      hello,
		})
		c.patience = 2 * time.Minute
		for i, pause := range []time.Duration{0, time.Second, 3 * time.Second, time.Minute, time.Second} {
			time.Sleep(pause)
			c.send(get("/"))
			c.expect(fmt.Sprintf("200 length 3 %d /", i+1))
		}
		start := time.Now()
		c.expectClosed(ReasonIdleTimeout)
		check(t, "closed after", time.Since(start), 75*time.Second)
		check(t, "admitted", admitted, 1)
		first, third, fourth := names[0], names[2], names[3]
		if want := []string{first, first, third, fourth, fourth}; !slices.Equal(names, want) {
			t.Errorf("requests were served in %q, want %q", names, want)
		}
		check(t, "a new goroutine after 3 s", first != third, true)
		check(t, "a new goroutine after a minute", third != fourth, true)
	})
}

// TestRestAndShutdown: a connection at rest is idle like any other. It is closed
// at once, before, while and after it goes on in another goroutine.
func TestRestAndShutdown(t *testing.T) {
	for _, pause := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
		t.Run(pause.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Server{Handler: hello}
				c := dialParkable(t, s)
				c.send(get("/"))
				c.expect("200 length 3 1 /")
				time.Sleep(pause)
				start := time.Now()
				stopped := make(chan error, 1)
				go func() { stopped <- s.Shutdown(context.Background()) }()
				c.expectClosed(ReasonShutdown)
				checkError(t, "Shutdown", <-stopped, nil)
				check(t, "closed after", time.Since(start), 0)
			})
		})
	}
}

// TestRestAndPanic: a hook that panics, or ends the goroutine, ends a connection
// at rest, once, and gives its place back.
func TestRestAndPanic(t *testing.T) {
	for _, test := range []struct {
		name string
		hook func()
		want []CloseReason
	}{
		{"panic", failingHook, []CloseReason{ReasonPanic}},
		{"Goexit", runtime.Goexit, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var reasons []CloseReason
				reads := 0
				s := &Server{MaxConns: 1, Handler: hello,
					OnClose: func(_ *Conn, info CloseInfo) { reasons = append(reasons, info.Reason) },
					Trace: &Trace{Read: func(*Conn, []byte) {
						if reads++; reads == 2 {
							test.hook()
						}
					}}}
				c := dialParkable(t, s)
				c.send(get("/"))
				c.expect("200 length 3 1 /")
				time.Sleep(3 * time.Second)
				c.send(get("/"))
				c.expectEnd()
				c.close()
				synctest.Wait()
				check(t, "reasons", fmt.Sprint(reasons), fmt.Sprint(test.want))
				next := dial(t, s)
				next.send(getAndClose("/"))
				next.expect("200 length 3 1 /")
				checkError(t, "Shutdown", s.Shutdown(t.Context()), nil)
			})
		})
	}
}

func failingHook() { panic("hook") }

// TestIdleConnection: a connection that waits for a request holds no buffers and
// no exchange, whatever the last one needed: not even the smallest buffer, of
// 4 KiB, fits what a hundred idle ones take on average.
func TestIdleConnection(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("reading cannot be tried without a buffer")
	}
	const connections, most = 100, 4 << 10
	idle := make(chan bool, connections)
	h := listen(t, &Server{Handler: echo, Trace: &Trace{State: func(c *Conn, state ConnState) {
		if state == StateIdle && c.Requests() > 0 {
			idle <- true
		}
	}}})
	large := "X: " + strings.Repeat("x", 20_000)
	octets := []byte(request("POST", "/", "Content-Length: 100000", large) + strings.Repeat("x", 100_000))
	scratch := make([]byte, 64<<10)
	before := heap()
	for range connections {
		nc := h.dialTCP()
		defer nc.Close()
		go nc.Write(octets)
		for got := 0; got < 100_000; {
			n, err := nc.Read(scratch)
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
		<-idle
	}
	if got := (heap() - before) / connections; got > most {
		t.Errorf("an idle connection holds %d octets, want less than %d", got, most)
	}
}

// heap returns how many octets of memory are in use, those of the pools not
// counted: what is in a pool survives one collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
