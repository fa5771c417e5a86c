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
	"unicode/utf8"

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
	}
	return hello(w, r)
}

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
	tests := []struct {
		name, octets, want string
	}{
		{"length", "GET /x?y=1 HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "GET /x\?y=1" 200 in=35 out=\d+ body=cl:5 keep=yes MS`},
		{"chunked", "GET /chunked HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "GET /chunked" 200 in=37 out=\d+ body=chunked keep=yes MS`},
		{"none", "GET /none HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "GET /none" 204 in=34 out=\d+ body=none keep=yes MS`},
		{"head", "HEAD / HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "HEAD /" 200 in=31 out=\d+ body=cl:5 keep=yes MS`},
		{"upload", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", `c1 r1 "POST /" 200 in=53 out=\d+ body=cl:5 keep=yes MS upload=cl:3`},
		{"upload_chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", `c1 r1 "POST /" 200 in=72 out=\d+ body=cl:5 keep=yes MS upload=chunked`},
		{"close", "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n", `c1 r1 "GET /" 200 in=49 out=\d+ body=cl:5 keep=no MS why="[^"]+"`},
		{"http10", "GET /chunked HTTP/1.0\r\n\r\n", `c1 r1 "GET /chunked" 200 in=25 out=\d+ body=close keep=no MS why="[^"]+"`},
		{"error", "GET /fail HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "GET /fail" 500 in=34 out=\d+ body=cl:\d+ keep=yes MS err="broken\\r\\nc1 r1 \\"GET /forged\\" \\x1b\[2J\\u0085\\u202e\\xff\\x7f"`},
		{"refused_target", "GET /\x1b[2J HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "[ -~]*" 400 in=\d+ out=\d+ body=cl:\d+ keep=no MS why="[^"]+" err="400 at octet 5: [ -~]+"`},
		{"refused_method", "G\x07T / HTTP/1.1\r\n" + host + "\r\n", `c1 r1 "[ -~]*" 400 in=\d+ out=\d+ body=cl:\d+ keep=no MS why="[^"]+" err="400 at octet 1: [ -~]+"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := logged(t, middleware.TextLog, tt.octets)
			want := `^` + strings.Replace(tt.want, "MS", `\d+\.\d\dms`, 1) + `\n$`
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
		"conn": 1.0, "request": 1.0, "remote": "pipe", "method": "POST", "target": "/x", "host": "test", "version": "HTTP/1.1",
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

// TestLogHasNoControls sends what a terminal or a log reader would take for
// something else, and checks that lines are one line of printable text.
func TestLogHasNoControls(t *testing.T) {
	inputs := []string{
		"GET /fail HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET /\x00\x1b\x7f\x9b HTTP/1.1\r\nHost: test\r\n\r\n",
		"G\x1bT / HTTP/1.1\r\nHost: test\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: te\x1bst\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
		"GET /\xc2\x9b31m HTTP/1.1\r\nHost: test\r\n\r\n",
	}
	logs := map[string]func(io.Writer) func(httpwire.Exchange){"text": middleware.TextLog, "json": middleware.JSONLog}
	for name, log := range logs {
		for _, octets := range inputs {
			line := logged(t, log, octets)
			text, ended := strings.CutSuffix(line, "\n")
			if !ended || text == "" {
				t.Errorf("%s: %q is not a line", name, line)
			}
			for _, c := range text {
				if c < ' ' || c == 0x7f || 0x80 <= c && c < 0xa0 {
					t.Errorf("%s: %q has the control character %U", name, line, c)
				}
			}
			if !utf8.ValidString(line) {
				t.Errorf("%s: %q is not UTF-8", name, line)
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

// TestTextLogAllocatesNothing checks that a line costs nothing once the buffer
// has grown.
func TestTextLogAllocatesNothing(t *testing.T) {
	log := middleware.TextLog(io.Discard)
	exchange := httpwire.Exchange{Conn: &httpwire.Conn{}, Method: "GET", Target: "/messages/17?with=a&quite=long&query=string", Status: 200}
	if n := testing.AllocsPerRun(100, func() { log(exchange) }); n != 0 {
		t.Errorf("%v allocations per line", n)
	}
}
