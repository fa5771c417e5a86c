package httpwire

import (
	"errors"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// queueListener gives out connections and errors as they come.
type queueListener struct {
	queue  chan any // a net.Conn or an error
	closed chan struct{}
	close  func()
}

func newQueueListener() *queueListener {
	closed := make(chan struct{})
	return &queueListener{make(chan any), closed, sync.OnceFunc(func() { close(closed) })}
}

func (l *queueListener) Accept() (net.Conn, error) {
	select {
	case next := <-l.queue:
		if err, ok := next.(error); ok {
			return nil, err
		}
		return next.(net.Conn), nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *queueListener) Close() error {
	l.close()
	return nil
}

func (l *queueListener) Addr() net.Addr { return memoryAddr("listener") }

// TestAcceptBackOff: errors of accept make the server wait, longer each time up
// to a second, and never end it.
func TestAcceptBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		h := newHost(t, &Server{Handler: hello, ErrorLog: logTo(&log)})
		l := newQueueListener()
		h.serve(l)
		l.queue <- syscall.EMFILE
		for _, want := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000} {
			last := time.Now()
			l.queue <- syscall.EMFILE
			check(t, "pause", time.Since(last), want*time.Millisecond)
		}
		server, conn := h.pipes()
		l.queue <- server
		c := h.client(conn)
		c.send(getAndClose("/"))
		c.expect("200 length 3 1 /")
		c.expectClosed(ReasonRequested)
		l.queue <- syscall.ENFILE
		last := time.Now()
		l.queue <- syscall.ENFILE
		check(t, "pause after a success", time.Since(last), 5*time.Millisecond)
		synctest.Wait()
		check(t, "errors logged", strings.Count(log.String(), "accept failed"), 13)
	})
}

// TestShutdownWhileBackingOff: a server that waits after an error of accept stops
// at once.
func TestShutdownWhileBackingOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: hello}
		l := newQueueListener()
		result := make(chan error, 1)
		go func() { result <- s.Serve(l) }()
		for range 10 {
			l.queue <- syscall.EMFILE
		}
		synctest.Wait() // it waits a second
		start := time.Now()
		checkError(t, "Shutdown", s.Shutdown(t.Context()), nil)
		checkError(t, "Serve", <-result, ErrServerClosed)
		check(t, "Serve returned after", time.Since(start), 0)
	})
}

// TestServeReturns: a listener that is closed by its owner ends Serve with its
// own error.
func TestServeReturns(t *testing.T) {
	l := newQueueListener()
	l.Close()
	checkError(t, "Serve", (&Server{Handler: hello}).Serve(l), net.ErrClosed)
}

// TestServeWithoutHandler: a mistake in the program is told at the start, not
// with a 500 for each request, and the listener is closed.
func TestServeWithoutHandler(t *testing.T) {
	l := newQueueListener()
	err := new(Server).Serve(l)
	if err == nil || errors.Is(err, ErrServerClosed) {
		t.Fatalf("got %v, want an error about the handler", err)
	}
	checkContains(t, "error", err.Error(), "Handler is nil")
	checkError(t, "Accept", second(l.Accept()), net.ErrClosed)
}
