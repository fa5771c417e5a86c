package httpwire

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slowClient sends octets, one piece per interval, until the server closes, and
// returns what it was sent and how long that took.
func slowClient(t *testing.T, s *Server, first string, interval time.Duration, piece string) (got string, took time.Duration) {
	t.Helper()
	start := time.Now()
	c := dial(t, s)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for octets := first; ; octets = piece {
			if _, err := io.WriteString(c.conn, octets); err != nil {
				return
			}
			select {
			case <-c.served:
				return
			case <-time.After(interval):
			}
		}
	}()
	got = c.closed()
	<-c.served
	took = time.Since(start)
	<-ended
	return got, took
}

const forever = 10 * time.Hour

// TestTimeouts: how long a client may wait, the answer to it and the reason of
// the close.
func TestTimeouts(t *testing.T) {
	readBody := func(w *Response, r *Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	}
	for _, test := range []struct {
		name         string
		server       *Server
		first, piece string
		interval     time.Duration
		after        time.Duration
		want         string // status codes
		reason       CloseReason
	}{
		{name: "head_from_accept", first: "", interval: forever, after: 10 * time.Second, reason: ReasonHeadTimeout},
		{name: "head_from_first_octet", first: "G", interval: forever, after: 10 * time.Second, want: "408", reason: ReasonHeadTimeout},
		{name: "head_trickled", first: "GET / HTTP/1.1\r\nX: ", piece: "x", interval: 9 * time.Second,
			after: 10 * time.Second, want: "408", reason: ReasonHeadTimeout},
		{name: "only_an_empty_line", first: "\r\n", interval: forever, after: 10 * time.Second, reason: ReasonHeadTimeout},
		{name: "head_set", server: &Server{HeadTimeout: time.Minute}, first: "G", interval: forever,
			after: time.Minute, want: "408", reason: ReasonHeadTimeout},
		{name: "second_head", first: get("/") + "G", interval: forever, after: 10 * time.Second, want: "200 408", reason: ReasonHeadTimeout},
		{name: "empty_line_behind_a_request", first: post("/", "x") + "\r\n", interval: forever, after: 10 * time.Second, want: "200", reason: ReasonHeadTimeout},
		{name: "idle", first: get("/"), interval: forever, after: 75 * time.Second, want: "200", reason: ReasonIdleTimeout},
		{name: "idle_set", server: &Server{IdleTimeout: time.Second}, first: get("/"), interval: forever,
			after: time.Second, want: "200", reason: ReasonIdleTimeout},
		{name: "idle_anew_behind_each_request", first: get("/"), piece: get("/"), interval: 74 * time.Second,
			server: &Server{Handler: func(w *Response, r *Request) error {
				if r.Conn().Requests() == 5 {
					return w.Header().Set("Connection", "close")
				}
				return nil
			}}, after: 4 * 74 * time.Second, want: "200 200 200 200 200", reason: ReasonHandler},
		{name: "body_never_sent", first: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", interval: forever,
			after: 5 * time.Second, want: "408", reason: ReasonBodyTimeout},
		{name: "body_one_octet_in_29_s", first: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", piece: "x",
			interval: 29 * time.Second, after: 5 * time.Second, want: "408", reason: ReasonBodyTimeout},
		{name: "body_trickled", first: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", piece: strings.Repeat("x", 100),
			interval: time.Second, after: 7900 * time.Millisecond, want: "408", reason: ReasonBodyTimeout},
		{name: "chunked_body_trickled", first: chunkedPost("/", ""), piece: "1\r\nx\r\n",
			interval: time.Second, after: 5100 * time.Millisecond, want: "408", reason: ReasonBodyTimeout},
		{name: "body_fast_then_stopped", first: post("/", strings.Repeat("x", 1<<16)) + post("/", strings.Repeat("x", 1<<16))[:1<<15],
			interval: forever, after: 30 * time.Second, want: "200 408", reason: ReasonBodyTimeout},
		{name: "body_fast_enough", first: "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 25000\r\n\r\n",
			piece: strings.Repeat("x", 250), interval: time.Second, after: 100 * time.Second, want: "200", reason: ReasonRequested},
		{name: "body_set", server: &Server{BodyTimeout: time.Second}, first: chunkedPost("/", "5\r\n"),
			interval: forever, after: time.Second, want: "408", reason: ReasonBodyTimeout},
		{name: "body_set_for_one_request", first: chunkedPost("/", "5\r\n"), interval: forever,
			server: &Server{Handler: func(w *Response, r *Request) error {
				r.Body.SetTimeout(2 * time.Second)
				return readBody(w, r)
			}}, after: 2 * time.Second, want: "408", reason: ReasonBodyTimeout},
		{name: "body_for_ever", first: chunkedPost("/", ""), piece: "1\r\nx\r\n", interval: time.Hour,
			server: &Server{BodyTimeout: -1, Handler: func(w *Response, r *Request) error {
				io.ReadFull(r.Body, make([]byte, 5))
				return w.Header().Set("Connection", "close")
			}}, after: 5*time.Hour + time.Second, want: "200", reason: ReasonHandler},
		{name: "drain", first: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", interval: forever,
			server: &Server{Handler: hello}, after: 1500 * time.Millisecond, want: "200", reason: ReasonUnreadBody},
		{name: "linger", first: "BAD\r\n", piece: "x", interval: 10 * time.Millisecond,
			after: time.Second, want: "400", reason: ReasonRefused},
		{name: "linger_set", server: &Server{LingerTimeout: time.Minute}, first: "BAD\r\n", interval: forever,
			after: time.Minute, want: "400", reason: ReasonRefused},
		{name: "no_linger", server: &Server{LingerTimeout: -1}, first: "BAD\r\n", interval: forever, want: "400", reason: ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, ends := test.server, new(closings)
				if s == nil {
					s = new(Server)
				}
				s.OnClose = ends.note
				if s.Handler == nil {
					s.Handler = readBody
				}
				got, took := slowClient(t, s, test.first, test.interval, test.piece)
				answers, err := readAnswers(got)
				if codes := strings.Trim(fmt.Sprint(statuses(answers)), "[]"); err != nil || codes != test.want || ends.last() != test.reason {
					t.Errorf("got %q, reason %q, %v; want %q, %q", codes, ends.last(), err, test.want, test.reason)
				}
				// A refusal is followed by up to a second of linger.
				if took < test.after || took > test.after+1100*time.Millisecond {
					t.Errorf("closed after %v, want %v", took, test.after)
				}
			})
		})
	}
}

// TestWriteTimeout: a client that does not take the response, or takes it too
// slowly, is cut off.
func TestWriteTimeout(t *testing.T) {
	for _, test := range []struct {
		name     string
		timeout  time.Duration
		piece    int // octets the client takes per interval
		interval time.Duration
		after    time.Duration
	}{
		{"nothing_is_taken", 0, 0, time.Second, 5 * time.Second},
		{"nothing_is_taken_for_as_long_as_was_set", 2 * time.Second, 0, time.Second, 2 * time.Second},
		{"one_octet_in_4_s", 0, 1, 4 * time.Second, 5 * time.Second},
		{"a_tenth_of_the_rate", 0, 24, time.Second, 5500 * time.Millisecond},
		{"much_then_nothing", 0, 60 << 10, forever, 60 * time.Second}, // the first 30 s began with some progress
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ends closings
				start := time.Now()
				s := &Server{WriteTimeout: test.timeout, OnClose: ends.note,
					Handler: func(w *Response, r *Request) error {
						for {
							if _, err := w.Write(make([]byte, 1000)); err != nil {
								return err
							}
						}
					}}
				c := dial(t, s)
				c.sendAside(get("/"))
				go func() {
					for piece := make([]byte, test.piece); ; {
						io.ReadFull(c.conn, piece)
						select {
						case <-c.served:
							return
						case <-time.After(test.interval):
						}
					}
				}()
				<-c.served
				if took := time.Since(start); ends.last() != ReasonWriteTimeout || took < test.after || took > test.after+time.Second {
					t.Errorf("closed after %v, %q; want %v, %q", took, ends.last(), test.after, ReasonWriteTimeout)
				}
			})
		})
	}
}

// TestSlowReader: a client that takes octets slowly, but fast enough, is served
// for as long as that takes, whether the handler writes little or much at once.
func TestSlowReader(t *testing.T) {
	for _, size := range []int{100, 5000, 200 << 10} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const total = 200 << 10
				c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
					w.SetContentLength(total)
					for range total / size {
						if _, err := w.Write(make([]byte, size)); err != nil {
							return err
						}
					}
					_, err := w.Write(make([]byte, total%size))
					return err
				}})
				c.sendAside("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
				read := 0
				for piece := make([]byte, 300); ; time.Sleep(time.Second) {
					n, err := io.ReadFull(c.conn, piece)
					if read += n; err != nil {
						break
					}
				}
				if read < total {
					t.Errorf("got %d octets of %d", read, total)
				}
			})
		})
	}
}

// TestSlowReaderOfSmallPieces: a stream whose every write succeeds, but slowly,
// does not escape the minimum rate.
func TestSlowReaderOfSmallPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ends closings
		c := dial(t, &Server{OnClose: ends.note, Handler: func(w *Response, r *Request) error {
			for {
				w.WriteString("x")
				if err := w.Flush(); err != nil {
					return err
				}
			}
		}})
		c.sendAside(get("/"))
		start := time.Now()
		for piece := make([]byte, 500); ; time.Sleep(4 * time.Second) {
			if _, err := c.conn.Read(piece); err != nil {
				break
			}
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("cut off after %v", took)
		}
	})
}

// TestPaceDeadline: no number of octets makes the deadline wrap round.
func TestPaceDeadline(t *testing.T) {
	const now instant = 5e9
	for _, octets := range []int64{0, 1, 240, 1 << 20, 9_300_000_000, 1 << 40, 1 << 50, math.MaxInt64} {
		p := pace{octets: octets}
		want := min(time.Hour, 5*time.Second+time.Duration(min(octets, 240*3600))*time.Second/240)
		if got := time.Duration(p.deadline(now, time.Hour) - now); got > want || got < want-time.Millisecond {
			t.Errorf("%d octets: got %v, want %v", octets, got, want)
		}
	}
	if got := (&pace{}).deadline(now, -1); got != never {
		t.Errorf("without a timeout: got %v", got)
	}
	if got := (&pace{waited: forever}).deadline(now, time.Hour); got != now {
		t.Errorf("too slow: got %v, want now", got-now)
	}
}

// blockedConn is a connection whose client takes nothing. It counts the writes,
// and, like TLS, never recovers from one that met its deadline.
type blockedConn struct {
	scriptedConn
	clientless net.Conn
	writes     int
}

func (c *blockedConn) SetWriteDeadline(t time.Time) error { return c.clientless.SetWriteDeadline(t) }

func (c *blockedConn) Write(p []byte) (int, error) {
	c.writes++
	return c.clientless.Write(p)
}

// TestEarlyDeadline: a deadline that was armed for an earlier write neither ends
// the next one too soon, nor makes it wait twice as long, nor spin.
func TestEarlyDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blocked, other := net.Pipe()
		defer other.Close()
		nc := &blockedConn{clientless: blocked}
		nc.w = new(bytes.Buffer)
		out := outputTo(nc, 30*time.Second)
		out.socket.armWrite(instant(29500 * time.Millisecond))
		start := time.Now()
		if err := out.write([]byte("x")); err != errTimeout {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != 30*time.Second || nc.writes != 2 {
			t.Errorf("took %v and %d writes, want 30 s and 2", took, nc.writes)
		}
	})
}

// TestLongestTimeouts: the longest timeouts there are never end.
func TestLongestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = math.MaxInt64
		c := accept(t, &Server{Handler: echo, HeadTimeout: most, BodyTimeout: most, WriteTimeout: most, IdleTimeout: most, LingerTimeout: most})
		for i, head := range []string{get("/"), get("/"), post("/", "hello")} {
			time.Sleep(1000 * time.Hour)
			c.send(head[:10])
			time.Sleep(1000 * time.Hour)
			c.send(head[10:])
			if a := c.receive("POST"); a.status != 200 {
				t.Errorf("answer %d: %d", i, a.status)
			}
		}
	})
}

// TestTLSHeadTimeout: the handshake does not use up the time for a head, nor
// leave it without an end.
func TestTLSHeadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cert, pool := certificate(t)
		ends := new(closings)
		s := &Server{Handler: hello, OnClose: ends.note}
		s.initialise()
		s.takePlace()
		server, conn := pipes()
		s.start(tls.Server(server, &tls.Config{Certificates: []tls.Certificate{cert}}))
		start := time.Now()
		nc := tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: "localhost"})
		if err := nc.Handshake(); err != nil {
			t.Fatal(err)
		}
		io.ReadAll(nc)
		synctest.Wait() // OnClose runs behind the close
		if took := time.Since(start); took != 10*time.Second || ends.last() != ReasonHeadTimeout {
			t.Errorf("closed after %v: %q", took, ends.last())
		}
		nc.Close()
	})
}

// TestTLSWriteDeadline: TLS cannot go on behind a write that met its deadline.
func TestTLSWriteDeadline(t *testing.T) {
	nc := &brokenTLS{}
	out := outputTo(nc, time.Hour)
	out.socket.secure = true
	if err := out.write([]byte("x")); err != errTimeout || nc.writes != 1 {
		t.Errorf("got %v and %d writes, want a timeout and 1", err, nc.writes)
	}
}

type brokenTLS struct {
	scriptedConn
	writes int
}

func (c *brokenTLS) Write([]byte) (int, error) {
	c.writes++
	return 0, os.ErrDeadlineExceeded
}

// outputTo returns an output to a connection whose client has been fast so far.
func outputTo(nc net.Conn, timeout time.Duration) *output {
	out := new(output)
	c := newConn(&Server{}, nc)
	out.start(c, &c.socket)
	out.begin(timeout)
	out.pace.octets = 1 << 30
	return out
}
