package httpwire

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// queueListener gives out connections and errors as they come.
type queueListener struct {
	queue  chan any // a net.Conn or an error
	closed chan struct{}
}

func newQueueListener() *queueListener {
	return &queueListener{make(chan any), make(chan struct{})}
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
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *queueListener) Addr() net.Addr { return &net.TCPAddr{} }

// TestAcceptBackOff: errors of accept make the server wait, longer each time up
// to a second, and never end it.
func TestAcceptBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		s := &Server{Handler: hello, ErrorLog: slog.New(slog.NewTextHandler(&log, nil))}
		l := newQueueListener()
		result := make(chan error, 1)
		go func() { result <- s.Serve(l) }()
		var pauses []time.Duration
		for range 11 {
			last := time.Now()
			l.queue <- syscall.EMFILE
			pauses = append(pauses, time.Since(last))
		}
		want := 5 * time.Millisecond
		for _, got := range pauses[1:] {
			if got != want {
				t.Fatalf("got pauses %v", pauses)
			}
			want = min(2*want, time.Second)
		}
		server, conn := pipes()
		l.queue <- server
		go io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
		got, _ := io.ReadAll(conn)
		if answers, err := readAnswers(string(got)); err != nil || len(answers) != 1 {
			t.Errorf("got %q, %v", got, err)
		}
		conn.Close()
		start := time.Now()
		l.queue <- syscall.ENFILE
		synctest.Wait()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-result; err != ErrServerClosed || time.Since(start) > 10*time.Millisecond {
			t.Errorf("Serve: %v after %v", err, time.Since(start))
		}
		if n := strings.Count(log.String(), "accept failed"); n != 12 {
			t.Errorf("%d errors logged: %s", n, log.String())
		}
	})
}

// TestMaxConns: with as many connections as allowed the next one waits to be
// accepted; it is neither refused nor lost.
func TestMaxConns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: hello, MaxConns: 2, IdleTimeout: time.Minute}
		l := newQueueListener()
		result := make(chan error, 1)
		go func() { result <- s.Serve(l) }()
		var clients []*twoWay
		for range 2 {
			server, conn := pipes()
			l.queue <- server
			go io.WriteString(conn, get("/"))
			if _, err := conn.Read(make([]byte, 1000)); err != nil {
				t.Error(err)
			}
			clients = append(clients, conn)
		}
		start := time.Now()
		server, conn := pipes()
		l.queue <- server // waits until the first ones have been idle for too long
		if took := time.Since(start); took != time.Minute {
			t.Errorf("accepted after %v", took)
		}
		go io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
		if got, _ := io.ReadAll(conn); len(got) == 0 {
			t.Error("no answer")
		}
		for _, c := range append(clients, conn) {
			c.Close()
		}
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-result
	})
}

// TestPlaces: every way in which a connection can end gives its place back.
func TestPlaces(t *testing.T) {
	var refuse, hookFails, exchangeFails, closeFails bool
	s := &Server{MaxConns: 1, MaxBody: 10,
		OnConnection: func(*Conn) error {
			if hookFails {
				panic("OnConnection")
			}
			if refuse {
				return errors.New("refused")
			}
			return nil
		},
		OnExchange: func(Exchange) {
			if exchangeFails {
				panic("OnExchange")
			}
		},
		OnClose: func(*Conn, CloseInfo) {
			if closeFails {
				panic("OnClose")
			}
		},
		Handler: func(w *Response, r *Request) error {
			switch r.Target {
			case "/panic":
				w.Flush()
				panic("handler")
			case "/exit":
				runtime.Goexit()
			}
			return echo(w, r)
		}}
	for _, octets := range []string{"", "GET", get("/"), "BAD\r\n", get("/panic"), get("/exit"), post("/", strings.Repeat("x", 20)), post("/", "hello")[:50]} {
		talk(t, s, octets)
	}
	for _, trouble := range []*bool{&refuse, &hookFails, &exchangeFails, &closeFails} {
		*trouble = true
		talk(t, s, get("/"))
		*trouble = false
	}
	if len(s.places) != 0 || len(s.conns) != 0 {
		t.Errorf("%d places taken, %d connections known", len(s.places), len(s.conns))
	}
}

// TestServeConnGivesUp: a connection that waits for a place does not outlast the
// server.
func TestServeConnGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{MaxConns: 1, Handler: func(w *Response, r *Request) error { <-r.Context().Done(); return nil }}
		first := dial(t, s)
		first.send(get("/"))
		synctest.Wait()
		second := dial(t, s)
		synctest.Wait()
		s.Close()
		if got := second.closed(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

// TestServeReturns: a listener that is closed by its owner ends Serve with its
// own error.
func TestServeReturns(t *testing.T) {
	l := newQueueListener()
	l.Close()
	if err := (&Server{Handler: hello}).Serve(l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// TestNegativeLimits: none means none.
func TestNegativeLimits(t *testing.T) {
	s := &Server{Handler: echo, MaxRequestLine: -1, MaxHead: -1, MaxFields: -1, MaxChunkLine: -1, MaxTrailer: -1, MaxBody: -1, MaxConns: -1,
		HeadTimeout: -1, BodyTimeout: -1, WriteTimeout: -1, IdleTimeout: -1, LingerTimeout: -1}
	long := strings.Repeat("x", 20_000)
	octets := get("/"+long) + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + strings.Repeat("A: "+long[:300]+"\r\n", 200) +
		"\r\n5;" + long[:10_000] + "\r\nhello\r\n0\r\nT: " + long + "\r\n\r\n" + post("/", strings.Repeat("x", 2<<20))
	answers := talkFor(t, s, octets)
	if len(answers) != 3 || answers[1].body != "hello" || len(answers[2].body) != 2<<20 {
		t.Errorf("got %.300v", answers)
	}
}

// TestServeWithoutHandler: a mistake in the program is told at the start, not
// with a 500 for each request.
func TestServeWithoutHandler(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := new(Server).Serve(l); err != errNoHandler {
		t.Errorf("got %v", err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}
