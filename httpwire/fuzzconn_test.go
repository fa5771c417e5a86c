package httpwire

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"rawserve/httpwire/syntax"
)

// connectionSeeds are octets of whole connections.
var connectionSeeds = []string{
	"",
	"\r\n",
	get("/"),
	get("/1") + get("/2") + get("/3"),
	post("/echo", "hello") + get("/"),
	chunkedPost("/echo", "5;a=\"b\"\r\nhello\r\n0\r\nA: b\r\n\r\n") + get("/"),
	chunkedPost("/unread", "5\r\nhello\r\n0\r\n\r\n") + request("HEAD", "/flush") + get("/fail"),
	chunkedPost("/flush", "5\r\nhello\r\nx"),
	request("POST", "/echo", "Expect: 100-continue", "Content-Length: 3") + "abc" + get("/"),
	request("POST", "/unread", "Expect: 100-continue", "Content-Length: 3") + "abc",
	"GET /context HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/context") + "BAD\r\n" + get("/"),
	request("CONNECT", "a:1") + get("/"),
	request("OPTIONS", "*", "Connection: close") + get("/"),
	upgrading + "octets",
	request("POST", "/", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n" + get("/smuggled"),
	"\x16\x03\x01\x02\x00",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}

// fuzzHandler does what handlers do, as the path says.
func fuzzHandler(w *Response, r *Request) error {
	switch {
	case strings.HasPrefix(r.RawPath, "/echo"):
		return echo(w, r)
	case strings.HasPrefix(r.RawPath, "/flush"):
		w.Trailer().Set("T", "x")
		w.WriteString("a")
		w.Flush()
		return echo(w, r)
	case strings.HasPrefix(r.RawPath, "/context"):
		ctx := r.Context()
		io.Copy(io.Discard, r.Body)
		w.Informational(103)
		return ctx.Err()
	case strings.HasPrefix(r.RawPath, "/fail"):
		panic("handler")
	case strings.HasPrefix(r.RawPath, "/chat"):
		nc, err := w.Upgrade("chat/1")
		if err == nil {
			io.Copy(io.Discard, nc)
			nc.Close()
		}
		return err
	case strings.HasPrefix(r.RawPath, "/2"):
		return w.SetStatus(204 + len(r.RawPath)%2)
	}
	return hello(w, r)
}

// FuzzConnection gives any octets to a whole connection, cut in several ways. It
// must end, every answer must be well formed, each accepted request has at most
// one final answer, and nothing is answered after a refusal.
func FuzzConnection(f *testing.F) {
	for _, seed := range connectionSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		whole, depends := fuzzConnection(t, iotest.DataErrReader(bytes.NewReader(octets)))
		for _, cut := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader} {
			if got, _ := fuzzConnection(t, cut(bytes.NewReader(octets))); got != whole && !depends {
				t.Errorf("the cuts of %q change the answers: %s, whole %s", octets, got, whole)
			}
		}
	})
}

// fuzzConnection serves one connection and returns the status codes of the
// final answers. They depend on when octets arrive if a handler leaves a body
// unread, answers before it has read it, or watches the client.
func fuzzConnection(t *testing.T, octets io.Reader) (codes string, depends bool) {
	var methods []string
	var refused, failed bool
	s := &Server{
		Handler: fuzzHandler,
		OnRequest: func(r *Request) {
			methods = append(methods, r.Method)
			unread := !strings.HasPrefix(r.RawPath, "/echo") && r.Framing().Kind != syntax.NoBody
			depends = depends || unread || strings.HasPrefix(r.RawPath, "/context")
		},
		OnExchange: func(e Exchange) {
			if refused {
				t.Error("something was answered after a refusal")
			}
			if _, ok := e.Err.(*syntax.Error); ok && e.Reason != "" && e.Reason != ReasonUnreadBody {
				refused = true
			}
			failed = failed || e.Reason == ReasonHandlerFailed
			if e.Number > len(methods) {
				methods = append(methods, e.Method) // of a head that was refused
			}
			if e.Number != len(methods) {
				t.Errorf("exchange %d of %d", e.Number, len(methods))
			}
		},
	}
	hung := time.AfterFunc(10*time.Second, func() { panic("the connection does not end") })
	sent := replay(s, octets)
	hung.Stop()
	answers, err := readAnswers(sent, methods...)
	if err != nil && !failed {
		t.Errorf("%v in %q", err, sent)
	}
	final := slices.DeleteFunc(statuses(answers), func(code int) bool { return code < 200 && code != 101 })
	if len(final) > len(methods) {
		t.Errorf("%d answers to %d requests", len(final), len(methods))
	}
	return fmt.Sprint(final), depends
}
