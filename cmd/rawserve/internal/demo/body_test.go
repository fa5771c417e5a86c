package demo

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"rawserve/httpwire"
)

// post returns a POST to /echo with a body of known length.
func post(body string, fields ...string) string {
	return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + lines(fields) +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
}

// postChunked returns a POST to /echo with a chunked body, and what follows the
// last chunk.
func postChunked(body, trailer string, fields ...string) string {
	return "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" + lines(fields) +
		fmt.Sprintf("\r\n%x\r\n%s\r\n0\r\n%s\r\n", len(body), body, trailer)
}

func lines(fields []string) string {
	all := ""
	for _, f := range fields {
		all += f + "\r\n"
	}
	return all
}

func TestEcho(t *testing.T) {
	c := dial(t, new(Health))
	long := strings.Repeat("0123456789", 20_000)
	c.send("POST", post("hello")).want(t, 200, "hello").wantField(t, "Content-Length", "5")
	c.send("POST", post("")).want(t, 200, "").wantField(t, "Content-Length", "0")
	c.send("POST", post(long)).want(t, 200, long).wantField(t, "Content-Length", "200000")
	c.send("POST", postChunked("hello", "")).want(t, 200, "hello").wantField(t, "Content-Length", "5")
	c.send("POST", postChunked(long, "")).want(t, 200, long).wantField(t, "Content-Length", "200000")
	for _, method := range []string{"GET", "DELETE", "OPTIONS", "PROPFIND", "M-SEARCH"} {
		c.do(method, "/echo").want(t, 200, "").wantField(t, "Content-Length", "0")
	}
	head := strings.Replace(post("hello"), "POST", "HEAD", 1)
	c.send("HEAD", head).want(t, 200, "").wantField(t, "Content-Length", "5")
}

func TestEchoKeepsTheType(t *testing.T) {
	c := dial(t, new(Health))
	for _, fields := range [][]string{
		{"Content-Type: text/html; charset=utf-8"},
		{"Content-Type: application/json", "Content-Encoding: gzip"},
		{"Content-Type: x/y; z=\"\xe9\""},
	} {
		a := c.send("POST", post("x", fields...)).want(t, 200, "x").wantField(t, "X-Content-Type-Options", "nosniff")
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			a.wantField(t, name, value)
		}
	}
	if a := c.send("POST", post("x")); len(a.Header.Values("Content-Type")) > 0 {
		t.Errorf("a type that nobody gave: %q", a.Header.Get("Content-Type"))
	}
}

// What the server takes elsewhere does not make /echo hold more, and it holds no
// more than the server takes.
func TestEchoOfALongBody(t *testing.T) {
	for _, limits := range []struct{ server, echo int }{{-1, maxEcho}, {4 << 20, maxEcho}, {100, 100}} {
		whole := strings.Repeat("x", limits.echo)
		for _, request := range []func(body string) string{
			func(body string) string { return post(body) },
			func(body string) string { return postChunked(body, "") },
		} {
			server := &httpwire.Server{MaxBody: int64(limits.server)}
			c := dialServer(t, new(Health), server)
			c.send("POST", request(whole)).want(t, 200, whole).wantField(t, "Content-Length", fmt.Sprint(limits.echo))
			c.send("POST", request(whole+"x")).wantProblem(t, 413)
		}
	}
}

func TestEchoTrailers(t *testing.T) {
	c := dial(t, new(Health))
	a := c.send("POST", postChunked("hello", "X-Sum: abc\r\nx-two:  d \r\n", "TE: trailers")).want(t, 200, "hello")
	if len(a.TransferEncoding) != 1 || a.Trailer.Get("X-Sum") != "abc" || a.Trailer.Get("X-Two") != "d" {
		t.Errorf("got transfer coding %v, trailers %v", a.TransferEncoding, a.Trailer)
	}
	a = c.send("POST", postChunked("hello", "X-Sum: abc\r\n")).want(t, 200, "hello").wantField(t, "Content-Length", "5")
	if len(a.Trailer) != 0 {
		t.Errorf("got trailers %v without asking for them", a.Trailer)
	}
	c.send("POST", postChunked("hello", "", "TE: trailers")).want(t, 200, "hello").wantField(t, "Content-Length", "5")
	c.send("POST", postChunked("hello", "Content-Length: 9\r\nX-A: b\r\n", "TE: trailers;q=1, x")).want(t, 200, "hello")
}

// No part of an answer is sent before the request has proved to be whole.
func TestEchoOfABrokenBody(t *testing.T) {
	for _, r := range []struct{ name, octets string }{
		{"size", strings.Replace(postChunked("hello", ""), "0\r\n\r\n", "x\r\n\r\n", 1)},
		{"end", strings.Replace(postChunked("hello", ""), "hello\r\n", "hello!\r\n", 1)},
		{"trailer", postChunked("hello", "X Sum: abc\r\n")},
	} {
		t.Run(r.name, func(t *testing.T) {
			dial(t, new(Health)).send("POST", r.octets).wantProblem(t, 400)
		})
	}
	tooLong := strings.Repeat("x", 1<<20)
	dial(t, new(Health)).send("POST", post(tooLong+"x")).wantProblem(t, 413)
	late := fmt.Sprintf("%x\r\n%s\r\n1\r\nx\r\n0\r\n\r\n", len(tooLong), tooLong)
	dial(t, new(Health)).send("POST", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+late).wantProblem(t, 413)
}

func TestRaw(t *testing.T) {
	c := dial(t, new(Health))
	for _, r := range []struct{ name, octets string }{
		{"plain", "GET /raw HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"case_order_and_spacing", "GET /raw?b=%41&a HTTP/1.1\r\nx-B:1\r\nHOST:   localhost\t \r\nX-b: \t2\r\nX-Empty:\r\n\r\n"},
		{"any_octet", "GET /raw HTTP/1.1\r\nHost: localhost\r\nX: \x80\xff\xc3\xa9\r\n\r\n"},
		{"method", "PROPFIND /raw HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"absolute", "GET http://localhost/raw HTTP/1.1\r\nHost: other\r\n\r\n"},
		{"later_version", "GET /raw HTTP/1.7\r\nHost: localhost\r\n\r\n"},
		{"escaped_path", "GET /%72aw HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	} {
		t.Run(r.name, func(t *testing.T) {
			a := c.send("GET", r.octets).want(t, 200, r.octets)
			a.wantField(t, "Content-Type", "text/plain; charset=iso-8859-1").wantField(t, "X-Content-Type-Options", "nosniff")
		})
	}
	head := "POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
	c.send("POST", head+"hello"+"GET /raw HTTP/1.1\r\nHost: next\r\n\r\n").want(t, 200, head)
	c.receive("GET").want(t, 200, "GET /raw HTTP/1.1\r\nHost: next\r\n\r\n")
	c.send("GET", "\r\nGET /raw HTTP/1.1\r\nHost: x\r\n\r\n").want(t, 200, "GET /raw HTTP/1.1\r\nHost: x\r\n\r\n")
}

func TestUpload(t *testing.T) {
	c := dial(t, new(Health))
	long := strings.Repeat("0123456789", 300_000) // more than the server takes elsewhere
	for _, body := range []string{"", "hello", long} {
		want := fmt.Sprintf("{\"octets\":%d,\"sha256\":\"%x\"}\n", len(body), sha256.Sum256([]byte(body)))
		for _, octets := range []string{post(body), postChunked(body+"!", "")} {
			octets = strings.Replace(octets, "POST /echo", "PUT /upload", 1)
			if strings.Contains(octets, "chunked") {
				want = fmt.Sprintf("{\"octets\":%d,\"sha256\":\"%x\"}\n", len(body)+1, sha256.Sum256([]byte(body+"!")))
			}
			c.send("PUT", octets).want(t, 201, want).wantField(t, "Content-Type", "application/json")
		}
	}
	c.do("GET", "/upload").wantProblem(t, 405).wantField(t, "Allow", "OPTIONS, PUT")
}

func TestUploadTooLarge(t *testing.T) {
	head := "PUT /upload HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
	length := head + fmt.Sprintf("Content-Length: %d\r\n\r\n", maxUpload+1)
	dial(t, new(Health)).send("PUT", length).wantProblem(t, 413)
	chunk := strings.Replace(head, "Expect: 100-continue", "Transfer-Encoding: chunked", 1) +
		fmt.Sprintf("\r\n%x\r\n", maxUpload+1)
	dial(t, new(Health)).send("PUT", chunk).wantProblem(t, 413)
}
