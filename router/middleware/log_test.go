package middleware_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rawserve/httpwire"
	"rawserve/router/middleware"
)

// various answers in the way the path says.
func various(w *httpwire.Response, r *httpwire.Request) error {
	switch r.RawPath {
	case "/chunked":
		if err := w.Flush(); err != nil {
			return err
		}
	case "/none":
		return w.WriteHead(204)
	case "/fail":
		return errors.New("broken\r\nc1 r1 \"GET /forged\" \x1b[2J\u0085\u202e\xff\x7f")
	case "/id":
		return w.Header().Set("X-Request-Id", "a.b_c-1")
	case "/forged-id":
		return w.Header().Set("X-Request-Id", "1 out=0")
	case "/verbose":
		return errors.New(strings.Repeat("\u00e9", 4000))
	}
	return hello(w, r)
}

// stamp is when a line was written.
const stamp = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`

// logged returns the lines of a log after one request.
func logged(t *testing.T, log func(io.Writer) func(httpwire.Exchange), octets string) string {
	t.Helper()
	var b bytes.Buffer
	method, _, _ := strings.Cut(octets, " ")
	converse(t, &httpwire.Server{Handler: various, OnExchange: log(&b)}, method, octets)
	return b.String()
}

func TestTextLog(t *testing.T) {
	const host = "Host: test\r\n"
	long := strings.Repeat("a", 9000)
	tests := []struct {
		name, octets, want string
	}{
		{"length", "GET /x?y=1 HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /x\?y=1" 200 in=35 out=\d+ body=cl:5 keep=yes MS`},
		{"chunked", "GET /chunked HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /chunked" 200 in=37 out=\d+ body=chunked keep=yes MS`},
		{"none", "GET /none HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /none" 204 in=34 out=\d+ body=none keep=yes MS`},
		{"head", "HEAD / HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "HEAD /" 200 in=31 out=\d+ body=cl:5 keep=yes MS`},
		{"upload", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", `STAMP pipe c1 r1 "POST /" 200 in=53 out=\d+ body=cl:5 keep=yes MS upload=cl:3`},
		{"upload_chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", `STAMP pipe c1 r1 "POST /" 200 in=72 out=\d+ body=cl:5 keep=yes MS upload=chunked`},
		{"close", "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n", `STAMP pipe c1 r1 "GET /" 200 in=49 out=\d+ body=cl:5 keep=no MS why="[^"]+"`},
		{"http10", "GET /chunked HTTP/1.0\r\n\r\n", `STAMP pipe c1 r1 "GET /chunked" 200 in=25 out=\d+ body=close keep=no MS why="[^"]+"`},
		{"error", "GET /fail HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /fail" 500 in=34 out=\d+ body=cl:\d+ keep=yes MS err="broken\\r\\nc1 r1 \\"GET /forged\\" \\x1b\[2J\\u0085\\u202e\\xff\\x7f"`},
		{"id", "GET /id HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /id" 200 in=32 out=\d+ body=cl:0 keep=yes MS id=a\.b_c-1`},
		{"id_that_is_none", "GET /forged-id HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /forged-id" 200 in=39 out=\d+ body=cl:0 keep=yes MS`},
		{"longest", "GET /" + long[:1023] + " HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /a{1000}a{23}" 200 in=\d+ out=\d+ body=cl:5 keep=yes MS`},
		{"too_long", "GET /" + long + " HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /a{1000}a{23}\.\.\." 200 in=\d+ out=\d+ body=cl:5 keep=yes MS`},
		{"too_long_error", "GET /verbose HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "GET /verbose" 500 in=37 out=\d+ body=cl:\d+ keep=yes MS err="(\\u00e9){512}\.\.\."`},
		{"refused_target", "GET /\x1b[2J HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "[ -~]*" 400 in=\d+ out=\d+ body=cl:\d+ keep=no MS why="[^"]+" err="400 at octet 5: [ -~]+"`},
		{"refused_method", "G\x07T / HTTP/1.1\r\n" + host + "\r\n", `STAMP pipe c1 r1 "[ -~]*" 400 in=\d+ out=\d+ body=cl:\d+ keep=no MS why="[^"]+" err="400 at octet 1: [ -~]+"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := logged(t, middleware.TextLog, tt.octets)
			want := `^` + strings.NewReplacer("STAMP", stamp, "MS", `\d+\.\d\dms`).Replace(tt.want) + `\n$`
			if !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestJSONLog(t *testing.T) {
	line := logged(t, middleware.JSONLog, "POST /x HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
	var got map[string]any
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	want := map[string]any{
		"event": "exchange", "conn": 1.0, "request": 1.0, "remote": "pipe", "method": "POST", "target": "/x", "host": "test", "version": "HTTP/1.1",
		"status": 200.0, "in": 73.0, "upload": "cl:3", "body": "cl:5", "keep": false,
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %v, want %v", name, got[name], value)
		}
	}
	if got["why"] == nil || got["ms"] == nil || got["time"] == nil || got["out"] == 0.0 {
		t.Errorf("something is missing in %s", line)
	}
}

// TestLogIsPrintableASCII sends what a terminal or a log reader would take for
// something else, and checks that each line is one line of printable ASCII.
func TestLogIsPrintableASCII(t *testing.T) {
	inputs := []string{
		"GET /fail HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET /\x00\x1b\x7f\x9b HTTP/1.1\r\nHost: test\r\n\r\n",
		"G\x1bT / HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: te\x1bst\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
		"GET /\xc2\x9b31m HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET /\u202e\u2066\u200f\u05d0\ufeff\U000e0001 HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: \u202etest\r\n\r\n",
	}
	logs := map[string]func(io.Writer) func(httpwire.Exchange){"text": middleware.TextLog, "json": middleware.JSONLog}
	for name, log := range logs {
		for _, octets := range inputs {
			line := logged(t, log, octets)
			text, ended := strings.CutSuffix(line, "\n")
			if !ended || text == "" {
				t.Errorf("%s: %q is not a line", name, line)
			}
			for _, c := range []byte(text) {
				if c < ' ' || c > '~' {
					t.Errorf("%s: %q has the octet %#x", name, line, c)
				}
			}
			if name == "json" && !json.Valid([]byte(text)) {
				t.Errorf("%q is not JSON", line)
			}
		}
	}
}

// oneLine fails a write that is not exactly one line.
type oneLine struct {
	t     *testing.T
	lines int
}

func (w *oneLine) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte("\n")) != 1 || p[len(p)-1] != '\n' {
		w.t.Errorf("a write of %q", p)
	}
	w.lines++
	return len(p), nil
}

// TestLogLinesDoNotMix logs from many connections at once.
func TestLogLinesDoNotMix(t *testing.T) {
	out := &oneLine{t: t}
	server := &httpwire.Server{Handler: hello, OnExchange: middleware.TextLog(out)}
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			client, conn := net.Pipe()
			go io.WriteString(client, strings.Repeat("GET / HTTP/1.1\r\nHost: test\r\n\r\n", 9)+
				"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
			done := make(chan struct{})
			go func() {
				defer close(done)
				server.ServeConn(conn)
			}()
			io.Copy(io.Discard, client)
			client.Close()
			<-done
		})
	}
	clients.Wait()
	if out.lines != 200 {
		t.Errorf("%d lines, want 200", out.lines)
	}
}

// TestTextLogAllocates: a line costs nothing once the buffer has grown, but for the id.
func TestTextLogAllocates(t *testing.T) {
	for path, want := range map[string]float64{"/": 0, "/id": 1} {
		log := middleware.TextLog(io.Discard)
		logged := false
		server := &httpwire.Server{Handler: various, OnExchange: func(e httpwire.Exchange) {
			logged = true
			if n := testing.AllocsPerRun(100, func() { log(e) }); n > want {
				t.Errorf("%s: %v allocations per line, want %v", path, n, want)
			}
		}}
		converse(t, server, "GET", "GET "+path+" HTTP/1.1\r\nHost: test\r\n\r\n")
		if !logged {
			t.Error("no exchange was told of")
		}
	}
}

// TestJSONEscapes: what is not ASCII comes back as it was.
func TestJSONEscapes(t *testing.T) {
	const text = "caf\u00e9 \u202e\u05d0\x7f\u0085 \U0001f600\U000e0001 \"<&>\\ \u2028"
	failing := func(w *httpwire.Response, r *httpwire.Request) error { return errors.New(text) }
	var b bytes.Buffer
	converse(t, &httpwire.Server{Handler: failing, OnExchange: middleware.JSONLog(&b)}, "GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	var got struct{ Err string }
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Err != text {
		t.Errorf("got %q, %v; want %q", got.Err, err, text)
	}
}

// TestLogOfARefusedRequest: the version is that of the request, and empty where it was
// not read.
func TestLogOfARefusedRequest(t *testing.T) {
	for octets, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n": "HTTP/1.1",
		"GET / HTTP/1.0\r\nbroken\r\n\r\n":            "HTTP/1.0",
		"broken\r\n\r\n":                              "",
	} {
		var got struct{ Version string }
		if err := json.Unmarshal([]byte(logged(t, middleware.JSONLog, octets)), &got); err != nil || got.Version != want {
			t.Errorf("%q: version %q, %v; want %q", octets, got.Version, err, want)
		}
	}
}

// TestLogRemote: an address of IPv4 looks like one on every listener, and no name of a
// socket, which a client can choose, is logged.
func TestLogRemote(t *testing.T) {
	for _, test := range []struct {
		address net.Addr
		want    string
	}{
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 80}, "192.0.2.7:80"},
		{&net.TCPAddr{IP: net.ParseIP("::ffff:192.0.2.7"), Port: 80}, "192.0.2.7:80"},
		{&net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 80}, "[2001:db8::1]:80"},
		{&net.UnixAddr{Name: "/tmp/\x1b[2J\n", Net: "unix"}, "unix"},
		{nil, "-"},
	} {
		var b bytes.Buffer
		client, conn := net.Pipe()
		go func() {
			io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			io.Copy(io.Discard, client)
			client.Close()
		}()
		server := &httpwire.Server{Handler: hello, OnExchange: middleware.TextLog(&b)}
		server.ServeConn(connFrom{conn, test.address})
		if got := strings.Fields(b.String())[1]; got != test.want {
			t.Errorf("%v is logged as %q, want %q", test.address, got, test.want)
		}
	}
}

// connFrom is a connection with the address of a client.
type connFrom struct {
	net.Conn
	address net.Addr
}

func (c connFrom) RemoteAddr() net.Addr { return c.address }
