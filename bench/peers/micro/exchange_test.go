package micro

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"rawserve/httpwire"
	"rawserve/router"
)

// exchangers serve one connection whose client sends requests until it has
// enough. No socket is involved, so these figures show what a server adds to
// its system calls: parsing, routing, framing, bookkeeping.
var exchangers = []struct {
	impl  string
	serve func(net.Conn)
}{
	{"rawserve", func(nc net.Conn) {
		rt := router.New()
		rt.Get("/", func(w *httpwire.Response, _ *httpwire.Request) error {
			w.Header().Set("Content-Type", "text/plain")
			_, err := w.WriteString("Hello, World!")
			return err
		})
		(&httpwire.Server{Handler: rt.Serve}).ServeConn(nc)
	}},
	{"fasthttp-t", func(nc net.Conn) {
		s := &fasthttp.Server{NoDefaultServerHeader: true, ReadTimeout: 30 * time.Second,
			WriteTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second,
			Handler: func(ctx *fasthttp.RequestCtx) {
				ctx.SetContentType("text/plain")
				ctx.SetBodyString("Hello, World!")
			}}
		s.ServeConn(nc)
	}},
	{"nethttp-t", func(nc net.Conn) {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "Hello, World!")
		})
		s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
			WriteTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second}
		l := &single{conn: nc, closed: nc.(*memoryConn).closed}
		s.Serve(l)
	}},
}

const plainRequest = "GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n"

func BenchmarkExchange(b *testing.B) {
	for _, in := range []struct {
		name, octets string
		requests     int // in octets, that arrive in one read
	}{
		{"plain", plainRequest, 1},
		{"pipelined16", strings.Repeat(plainRequest, 16), 16},
		{"browser", browserHead, 1},
	} {
		for _, e := range exchangers {
			b.Run("in="+in.name+"/impl="+e.impl, func(b *testing.B) {
				b.ReportAllocs()
				nc := newMemoryConn(in.octets, (b.N+in.requests-1)/in.requests)
				b.ResetTimer()
				e.serve(nc)
				if nc.written < 100*b.N {
					b.Fatalf("%d octets answer %d requests", nc.written, b.N)
				}
			})
		}
	}
}

// TestExchange makes sure that every request is answered.
func TestExchange(t *testing.T) {
	for _, e := range exchangers {
		nc := newMemoryConn(plainRequest, 10)
		nc.answers = new(strings.Builder)
		e.serve(nc)
		if n := strings.Count(nc.answers.String(), "\r\n\r\nHello, World!"); n != 10 {
			t.Errorf("%s answers 10 requests %d times", e.impl, n)
		}
	}
}

// memoryConn is a connection whose client sends the same octets again and
// again, one copy to a Read, and then closes.
type memoryConn struct {
	octets  string
	rest    string // of the present copy
	left    int    // copies not begun
	written int
	answers *strings.Builder // nil: not kept
	closed  chan struct{}
	once    sync.Once
}

func newMemoryConn(octets string, copies int) *memoryConn {
	return &memoryConn{octets: octets, left: copies, closed: make(chan struct{})}
}

func (c *memoryConn) Read(p []byte) (int, error) {
	if c.rest == "" {
		if c.left == 0 {
			return 0, io.EOF
		}
		c.left--
		c.rest = c.octets
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *memoryConn) Write(p []byte) (int, error) {
	c.written += len(p)
	if c.answers != nil {
		c.answers.Write(p)
	}
	return len(p), nil
}

func (c *memoryConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

var somewhere = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 3000}

func (c *memoryConn) LocalAddr() net.Addr              { return somewhere }
func (c *memoryConn) RemoteAddr() net.Addr             { return somewhere }
func (c *memoryConn) SetDeadline(time.Time) error      { return nil }
func (c *memoryConn) SetReadDeadline(time.Time) error  { return nil }
func (c *memoryConn) SetWriteDeadline(time.Time) error { return nil }

// single is a listener that accepts one connection and ends with it.
type single struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *single) Accept() (nc net.Conn, err error) {
	l.once.Do(func() { nc = l.conn })
	if nc == nil {
		<-l.closed
		return nil, net.ErrClosed
	}
	return nc, nil
}

func (l *single) Close() error   { return nil }
func (l *single) Addr() net.Addr { return somewhere }
