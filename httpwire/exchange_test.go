package httpwire

import (
	"fmt"
	"io"
	"math"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/syntax"
)

// hookLog writes down which hooks were called, in order, with what they were
// told.
type hookLog struct{ calls []string }

func (l *hookLog) note(format string, args ...any) {
	l.calls = append(l.calls, fmt.Sprintf(format, args...))
}

func (l *hookLog) connection(c *Conn) error {
	l.note("connection %d after %d requests", c.ID(), c.Requests())
	return nil
}

func (l *hookLog) request(r *Request) {
	l.note("request %d %s %s", r.Conn().Requests(), r.Method, r.Target)
}

func (l *hookLog) error(_ *Conn, e *syntax.Error, received []byte) *Problem {
	l.note("error %s at %d after %d octets", e.Rule.Name, e.Offset, len(received))
	return nil
}

func (l *hookLog) exchange(e Exchange) {
	l.note("exchange %d on %d: %s %s%s 1.%d %d in=%d body=%v out=%v %q %v", e.Number, e.Conn.ID(),
		e.Method, e.Host, e.Target, e.Minor, e.Status, e.In, e.BodyIn, e.BodyOut, e.Reason, e.Err)
}

func (l *hookLog) close(c *Conn, info CloseInfo) {
	l.note("close %d %q requests=%d in=%d", c.ID(), info.Reason, info.Requests, info.In)
}

// echoOr404 answers 404 where the target says so, without reading the body.
func echoOr404(w *Response, r *Request) error {
	if r.Target == "/404" {
		return Fail(404, "gone")
	}
	return echo(w, r)
}

// TestHooks: every hook is called, in order, with what it needs to know.
func TestHooks(t *testing.T) {
	var log hookLog
	c := dial(t, &Server{Handler: echoOr404, OnConnection: log.connection, OnRequest: log.request, OnError: log.error,
		OnExchange: log.exchange, OnClose: log.close})
	first, second := post("/echo", "hello"), chunkedPost("/404", "2\r\nhi\r\n0\r\n\r\n")
	third := request("GET", "/bad", "Host: b")
	c.send(first + second + third)
	c.closeWrite()
	c.expectAll("200 length 5 hello", "404 length 51 *", "400 length 168 *")
	c.expectClosed(ReasonRefused)
	<-c.served
	want := []string{
		"connection 1 after 0 requests",
		"request 1 POST /echo",
		fmt.Sprintf(`exchange 1 on 1: POST a/echo 1.1 200 in=%d body=length 5 out=length 5 "" <nil>`, len(first)),
		"request 2 POST /404",
		fmt.Sprintf(`exchange 2 on 1: POST a/404 1.1 404 in=%d body=chunked out=length 51 "" `+
			`404 Not Found: gone`, len(second)),
		"error SecondHost at 28 after 39 octets",
		`exchange 3 on 1: GET /bad 1.1 400 in=39 body=none out=length 168 "request refused" ` +
			`400 at octet 28: more than one Host field (RFC 9112, Section 3.2)`,
		fmt.Sprintf(`close 1 "request refused" requests=3 in=%d`, len(first+second+third)),
	}
	for i, line := range want {
		if i >= len(log.calls) {
			t.Fatalf("no call %d, want %s", i+1, line)
		}
		if got := log.calls[i]; got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
	check(t, "calls", len(log.calls), len(want))
}

// hints sends an interim response, and then 7919 octets for each of the target.
func hints(w *Response, r *Request) error {
	w.Informational(103)
	_, err := w.Write(make([]byte, len(r.Target)*7919))
	return err
}

// TestCounts: what the hooks are told about octets and time is what was on the
// wire and what the clock says.
func TestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in, out int64
		var took []time.Duration
		c := dial(t, &Server{Handler: hints, OnExchange: func(e Exchange) {
			in += e.In
			out += e.Out
			took = append(took, e.Duration)
		}})
		octets := get("/") + post("/ab", strings.Repeat("x", 100_000)) +
			chunkedPost("/", "5\r\nhello\r\n0\r\nA: b\r\n\r\n") + request("HEAD", "/abcdef")
		c.send(octets[:len(octets)-1])
		c.expect("103 none")
		c.expect("200 length 7919 *")
		c.expect("103 none")
		c.expect("200 chunked *")
		c.expect("103 none")
		c.expect("200 length 7919 *")
		time.Sleep(3 * time.Second)
		c.send(octets[len(octets)-1:])
		c.expect("103 none")
		c.expectTo("HEAD", "200 none")
		c.closeWrite()
		info := c.expectClosed(ReasonClientClosed)
		check(t, "octets received, says the close", info.In, int64(len(octets)))
		check(t, "octets received, say the exchanges", in, int64(len(octets)))
		check(t, "octets sent, says the close", info.Out, int64(c.came.Len()))
		check(t, "octets sent, say the exchanges", out, int64(c.came.Len()))
		check(t, "requests", info.Requests, 4)
		check(t, "duration of the connection", info.Duration, 3*time.Second)
		check(t, "durations of the exchanges", fmt.Sprint(took), "[0s 0s 0s 0s]")
	})
}

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
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
	"Chrome/130.0.0.0 Safari/537.36\r\n" +
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
		t.Skip("the race detector makes sync.Pool drop what it is given")
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
		{"9112_6.2_length", request("POST", "/", "Content-Length: 1152921504606846976"), 256 << 10},
		{"9112_7.1_chunk_size", chunkedPost("/", "fffffffffffffff\r\n"), 256 << 10},
		{"9112_7.1_leading_zeros", chunkedPost("/", strings.Repeat("0", 3000)), 256 << 10},
		{"9110_8.8_trailer_section", chunkedPost("/", "0\r\n"+strings.Repeat("A: b\r\n", 100)), 256 << 10},
		{"9112_5_head", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: "+strings.Repeat("x", 600)+"\r\n", 100),
			512 << 10},
		{"9112_3_request_line", "GET /" + strings.Repeat("x", 60_000), 256 << 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{MaxBody: -1, MaxRequestLine: -1, MaxHead: -1, Handler: discard}
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

// TestCountOfLostAnswers: an answer that never left counts no octets, not less than
// none.
func TestCountOfLostAnswers(t *testing.T) {
	var out []int64
	s := &Server{OnExchange: func(e Exchange) { out = append(out, e.Out) }, Handler: func(w *Response, r *Request) error {
		if r.Target == "/1" {
			return hello(w, r) // it waits for the second answer
		}
		return writes(w, r)
	}}
	s.ServeConn(&scriptedConn{r: strings.NewReader(get("/1") + get("/2")), w: failingWriter{}})
	for i, octets := range out {
		if octets < 0 {
			t.Errorf("answer %d: got %d octets", i+1, octets)
		}
	}
	check(t, "exchanges", len(out), 2)
}

// TestVersionOfARefusedRequest: what was read of the request-line is told, and -1 where
// the version was not read.
func TestVersionOfARefusedRequest(t *testing.T) {
	for _, test := range []struct {
		name, send string
		want       int
	}{
		{"bad_field", "GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n", 1},
		{"bad_field_1.0", "GET / HTTP/1.0\r\nA\r\n\r\n", 0},
		{"no_host", "GET / HTTP/1.1\r\n\r\n", 1},
		{"bad_target", "GET /< HTTP/1.1\r\n\r\n", 1},
		{"control_character", "GET /\x1b HTTP/1.1\r\n\r\n", -1},
		{"misplaced_target", "GET * HTTP/1.1\r\n\r\n", 1},
		{"two_spaces", "GET /  HTTP/1.1\r\n\r\n", -1},
		{"other_version", "GET / HTTP/2.0\r\n\r\n", -1},
		{"bad_method", "G@T / HTTP/1.1\r\n\r\n", -1},
		{"no_version", "GET /\r\n\r\n", -1},
		{"cut", "GET / HTTP/1.", -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got Exchange
			c := dial(t, &Server{Handler: hello, OnExchange: func(e Exchange) { got = e }})
			c.send(test.send)
			c.closeWrite()
			c.rest()
			c.close()
			<-c.served
			check(t, "minor version", got.Minor, test.want)
		})
	}
}

// TestHeaderInTheReport: the fields of the response can be read when the exchange is
// told of, and not any more afterwards.
func TestHeaderInTheReport(t *testing.T) {
	var told []string
	var kept []*ResponseHeader
	c := dial(t, &Server{
		Handler: func(w *Response, r *Request) error { return w.Header().Set("X-Request-Id", r.Target) },
		OnExchange: func(e Exchange) {
			told = append(told, e.Header.Get("x-request-id"))
			kept = append(kept, e.Header)
		},
	})
	c.send(get("/1") + get("/2") + "broken\r\n\r\n")
	c.expectAll("200 length 0", "200 length 0", "400 length *")
	c.expectClosed(ReasonRefused)
	<-c.served
	check(t, "told", fmt.Sprintf("%q", told), `["/1" "/2" ""]`)
	for i, h := range kept {
		check(t, fmt.Sprint("kept of exchange ", i+1), h.Get("X-Request-Id"), "")
	}
}

// TestOutIsWhatHasLeft: of an answer that the client did not get, no octet is told.
func TestOutIsWhatHasLeft(t *testing.T) {
	const whole = "the answer"
	for _, test := range []struct {
		name string
		end  func(*Server, *client)
		want CloseReason
	}{
		{"forced_stop", func(s *Server, c *client) { s.Close() }, ReasonShutdown},
		{"client_gone", func(s *Server, c *client) { c.close() }, ReasonWriteFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			begun, goOn := make(chan struct{}), make(chan struct{})
			var got Exchange
			s := &Server{
				OnExchange: func(e Exchange) { got = e },
				Handler: func(w *Response, r *Request) error {
					begun <- struct{}{}
					<-goOn
					_, err := w.WriteString(whole)
					return err
				},
			}
			c := dial(t, s)
			c.send(get("/"))
			<-begun
			test.end(s, c)
			close(goOn)
			<-c.served
			check(t, "status", got.Status, 200)
			check(t, "octets that have left", got.Out, 0)
			check(t, "reason", got.Reason, test.want)
		})
	}
}

// TestErrorLogOfALongTarget: a client cannot fill the log with one request.
func TestErrorLogOfALongTarget(t *testing.T) {
	var log strings.Builder
	c := dial(t, &Server{Handler: failsWith(io.ErrUnexpectedEOF), ErrorLog: logTo(&log)})
	c.send(get("/" + strings.Repeat("a", 15_000)))
	c.expect("500 *")
	c.close()
	<-c.served
	checkContains(t, "log", log.String(), " target=/"+strings.Repeat("a", loggedAtMost-1)+" error=")
}
