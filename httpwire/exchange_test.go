package httpwire

import (
	"bufio"
	"io"
	"math"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// loopConn is a connection whose client sends the same octets again and again,
// one burst per read, and throws the answers away.
type loopConn struct {
	net.Conn
	burst string
	rest  string
	times int // bursts left
	wrote int // octets
}

func (c *loopConn) Read(p []byte) (int, error) {
	if c.rest == "" {
		if c.times == 0 {
			return 0, io.EOF
		}
		c.times--
		c.rest = c.burst
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *loopConn) Write(p []byte) (int, error)      { c.wrote += len(p); return len(p), nil }
func (c *loopConn) Close() error                     { return nil }
func (c *loopConn) SetDeadline(time.Time) error      { return nil }
func (c *loopConn) SetReadDeadline(time.Time) error  { return nil }
func (c *loopConn) SetWriteDeadline(time.Time) error { return nil }

// browserHead is what a browser sends with a request.
const browserHead = "GET /static/index.html HTTP/1.1\r\n" +
	"Host: localhost:3000\r\n" +
	"Connection: keep-alive\r\n" +
	"sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n" +
	"sec-ch-ua-mobile: ?0\r\n" +
	"sec-ch-ua-platform: \"Linux\"\r\n" +
	"Upgrade-Insecure-Requests: 1\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Sec-Fetch-Site: none\r\n" +
	"Sec-Fetch-Mode: navigate\r\n" +
	"Sec-Fetch-User: ?1\r\n" +
	"Sec-Fetch-Dest: document\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
	"Accept-Language: en-GB,en;q=0.9\r\n\r\n"

// exchangeBursts are the ones that are measured, and how many allocations each
// of their requests may take.
var exchangeBursts = []struct {
	name     string
	burst    string
	requests int
	handler  Handler
	most     float64
}{
	{"plain", "GET / HTTP/1.1\r\nHost: localhost:3000\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n", 1, plain, 2},
	{"browser", browserHead, 1, plain, 2.1},
	{"pipelined_16", strings.Repeat(get("/"), 16), 16, plain, 2},
	{"echo_64KiB", post("/", strings.Repeat("x", 64<<10)), 1, echo, 3},
}

// plain answers with a few octets.
func plain(w *Response, r *Request) error {
	w.Header().Set("Content-Type", "text/plain")
	_, err := w.WriteString("hello, world\n")
	return err
}

// TestExchangeAllocations: a whole plain exchange takes at most two allocations:
// the text of the head, and what a handler can hold on to. The index of its
// fields shares one with those of other requests.
func TestExchangeAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector empties pools")
	}
	const rounds = 200
	for _, test := range exchangeBursts {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{Handler: test.handler}
			s.ServeConn(&loopConn{burst: test.burst, times: 10}) // fills the pools
			serve := func(times int) float64 {
				return testing.AllocsPerRun(5, func() { s.ServeConn(&loopConn{burst: test.burst, times: times}) })
			}
			got := math.Inf(1)
			for range 5 { // what the goroutines of other tests allocate counts too
				got = min(got, (serve(1+rounds)-serve(1))/float64(rounds*test.requests))
			}
			if got > test.most+0.1 { // the pools may be emptied meanwhile
				t.Errorf("got %.2f allocations per request, want at most %v", got, test.most)
			}
		})
	}
}

// TestMemoryIsBoundedByWhatArrives: what a client announces costs nothing.
func TestMemoryIsBoundedByWhatArrives(t *testing.T) {
	for _, test := range []struct {
		name, octets string
		most         uint64
	}{
		{"9112_6.2_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1152921504606846976\r\n\r\n", 256 << 10},
		{"9112_7.1_chunk_size", chunkedPost("/", "fffffffffffffff\r\n"), 256 << 10},
		{"9112_7.1_leading_zeros", chunkedPost("/", strings.Repeat("0", 3000)), 256 << 10},
		{"9110_8.8_trailer_section", chunkedPost("/", "0\r\n"+strings.Repeat("A: b\r\n", 100)), 256 << 10},
		{"9112_5_head", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: "+strings.Repeat("x", 600)+"\r\n", 100), 512 << 10},
		{"9112_3_request_line", "GET /" + strings.Repeat("x", 60_000), 256 << 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{MaxBody: -1, MaxRequestLine: -1, MaxHead: -1, Handler: func(w *Response, r *Request) error {
				_, err := io.Copy(io.Discard, r.Body)
				return err
			}}
			var before, after runtime.MemStats
			c := &loopConn{burst: test.octets, times: 1}
			runtime.ReadMemStats(&before)
			s.ServeConn(c)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > test.most {
				t.Errorf("%d octets received, %d allocated", len(test.octets), got)
			}
		})
	}
}

// TestIdleConnection: a connection that waits for a request holds no buffers and
// no exchange, whatever the last one needed.
func TestIdleConnection(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("reading cannot be tried without a buffer")
	}
	held := make(chan bool, 1)
	address := listen(t, &Server{Handler: echo, OnClose: func(c *Conn, _ CloseInfo) {
		held <- c.idle.attempt.burst != nil
	}})
	nc := dialTCP(t, address)
	request := "POST / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 20_000) + "\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100_000)
	go io.WriteString(nc, request)
	if a, err := readAnswer(bufio.NewReader(nc), "POST"); err != nil || len(a.body) != 100_000 {
		t.Errorf("got %.100v, %v", a, err)
	}
	nc.Close()
	if <-held {
		t.Error("it held something")
	}
}

// BenchmarkExchange measures whole exchanges over a connection in memory.
func BenchmarkExchange(b *testing.B) {
	for _, bench := range exchangeBursts {
		b.Run(bench.name, func(b *testing.B) {
			s := &Server{Handler: bench.handler}
			b.SetBytes(int64(len(bench.burst)))
			b.ReportAllocs()
			c := &loopConn{burst: bench.burst, times: b.N}
			s.ServeConn(c)
			if c.wrote < b.N*bench.requests*len("HTTP/1.1 200 OK\r\n") {
				b.Errorf("only %d octets written", c.wrote)
			}
		})
	}
}
