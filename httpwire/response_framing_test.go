package httpwire

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

const smallBody = 16 << 10 // octets that are counted before the head is sent

var large = strings.Repeat("x", 40<<10)

func writesHello(w *Response, r *Request) error {
	_, err := w.WriteString("hello")
	return err
}

func writesHelloInPieces(w *Response, r *Request) error {
	for _, c := range []byte("hello") {
		w.Write([]byte{c})
	}
	return nil
}

func fillsBuffer(w *Response, r *Request) error {
	_, err := w.WriteString(large[:smallBody])
	return err
}

func overfillsBuffer(w *Response, r *Request) error {
	_, err := w.WriteString(large[:smallBody+1])
	return err
}

func writesLarge(w *Response, r *Request) error {
	_, err := w.WriteString(large)
	return err
}

func writesLargeInPieces(w *Response, r *Request) error {
	for rest := large; rest != ""; rest = rest[min(len(rest), 1000):] {
		w.WriteString(rest[:min(len(rest), 1000)])
	}
	return nil
}

func copiesLarge(w *Response, r *Request) error {
	_, err := io.Copy(w, strings.NewReader(large))
	return err
}

func flushesTwice(w *Response, r *Request) error {
	w.Flush()
	w.WriteString("he")
	w.Flush()
	w.Flush()
	_, err := w.WriteString("llo")
	return err
}

func declaresLarge(w *Response, r *Request) error {
	w.SetContentLength(int64(len(large)))
	w.Flush()
	return writesLarge(w, r)
}

func declaresAsField(w *Response, r *Request) error {
	w.Header().Set("content-length", "5")
	return writesHello(w, r)
}

func answers204(w *Response, r *Request) error { return w.SetStatus(204) }

func answers204AfterContent(w *Response, r *Request) error {
	w.WriteString("no")
	return w.SetStatus(204)
}

func answers204WithLength(w *Response, r *Request) error {
	w.SetContentLength(0)
	return w.SetStatus(204)
}

func answers304(w *Response, r *Request) error { return w.SetStatus(304) }

func answers304WithLength(w *Response, r *Request) error {
	w.SetContentLength(7)
	return w.SetStatus(304)
}

func answers205(w *Response, r *Request) error { return w.SetStatus(205) }

func answers205AfterContent(w *Response, r *Request) error {
	w.WriteString("no")
	return w.SetStatus(205)
}

// TestResponseFraming: how the end of each response is found. The handler is
// asked with GET, as HTTP/1.0, and with HEAD; after each request stands another
// one, which is answered unless the close is the end of the response.
func TestResponseFraming(t *testing.T) {
	full, chunked := large[:smallBody], large[:smallBody+1]
	for _, test := range []struct {
		name        string
		handler     Handler
		get, http10 string // the answers
		head        string // the field in answer to HEAD
	}{
		{"9112_6.3_nothing", nothing, "200 length 0", "200 length 0", "Content-Length: 0"},
		{"9112_6.3_small", writesHello, "200 length 5 hello", "200 length 5 hello", "Content-Length: 5"},
		{"9112_6.3_small_in_pieces", writesHelloInPieces, "200 length 5 hello", "200 length 5 hello", "Content-Length: 5"},
		{"9112_6.3_fills_the_buffer", fillsBuffer, "200 length 16384 " + full, "200 length 16384 " + full,
			"Content-Length: 16384"},
		{"9112_7.1_one_more_than_the_buffer", overfillsBuffer,
			"200 chunked " + chunked, "200 close " + chunked, "Transfer-Encoding: chunked"},
		{"9112_7.1_large_at_once", writesLarge, "200 chunked " + large, "200 close " + large, "Transfer-Encoding: chunked"},
		{"9112_7.1_large_in_pieces", writesLargeInPieces, "200 chunked " + large, "200 close " + large,
			"Transfer-Encoding: chunked"},
		{"9112_7.1_flushed", flushesTwice, "200 chunked hello", "200 close hello", "Transfer-Encoding: chunked"},
		{"9112_7.1_copied", copiesLarge, "200 chunked " + large, "200 close " + large, "Transfer-Encoding: chunked"},
		{"9112_6.2_declared", declaresLarge, "200 length 40960 " + large, "200 length 40960 " + large,
			"Content-Length: 40960"},
		{"9112_6.2_declared_as_a_field", declaresAsField, "200 length 5 hello", "200 length 5 hello", "Content-Length: 5"},
		{"9110_15.3.5_204", answers204, "204 none", "204 none", "!Content-Length"},
		{"9110_15.3.5_204_after_content", answers204AfterContent, "204 none", "204 none", "!Content-Length"},
		{"9110_15.3.5_204_with_a_length", answers204WithLength, "204 none", "204 none", "!Content-Length"},
		{"9110_15.4.5_304", answers304, "304 none", "304 none", "!Content-Length"},
		{"9110_15.4.5_304_with_a_length", answers304WithLength, "304 none", "304 none", "Content-Length: 7"},
		{"9110_15.3.6_205", answers205, "205 length 0", "205 length 0", "Content-Length: 0"},
		{"9110_15.3.6_205_after_content", answers205AfterContent, "205 length 0", "205 length 0", "Content-Length: 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, request := range []struct{ octets, method, want, field string }{
				{get("/"), "GET", test.get, "!Connection"},
				{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET", test.http10, "Connection: *"},
				{request("HEAD", "/"), "HEAD", test.get[:len("200 ")] + "none", test.head},
			} {
				c := dial(t, &Server{Handler: test.handler})
				c.send(request.octets + get("/next"))
				c.closeWrite()
				c.expectTo(request.method, request.want, request.field)
				if strings.HasPrefix(request.want, "200 close") {
					c.expectClosed(ReasonDelimiter)
					continue
				}
				c.expect(test.get)
				c.expectClosed(ReasonClientClosed)
			}
		})
	}
}

// opensTunnel accepts CONNECT, though it does not take the connection over.
func opensTunnel(w *Response, r *Request) error {
	_, err := w.WriteString("no")
	return err
}

func forbidsTunnel(w *Response, r *Request) error {
	w.WriteString("no")
	return w.SetStatus(405)
}

// TestConnect: a 2xx answer to CONNECT has no body; the connection is of no use
// to HTTP then. RFC 9112, Section 6.3, rule 2.
func TestConnect(t *testing.T) {
	c := dial(t, &Server{Handler: opensTunnel})
	c.send(request("CONNECT", "a:1") + get("/"))
	c.expectTo("CONNECT", "200 none", "Connection: close")
	c.expectClosed(ReasonDelimiter)

	c = dial(t, &Server{Handler: forbidsTunnel})
	c.send(request("CONNECT", "a:1") + get("/"))
	c.expectTo("CONNECT", "405 length 2 no", "!Connection")
	c.expect("405 length 2 no", "!Connection")
}

// declares returns a handler that declares a length, perhaps flushes, and writes
// hello, whatever comes of that.
func declares(length int64, flush bool) Handler {
	return func(w *Response, r *Request) error {
		w.SetContentLength(length)
		if flush {
			w.Flush()
		}
		w.WriteString("hello")
		return nil
	}
}

// writesMore goes on after all octets that it has declared.
func writesMore(w *Response, r *Request) error {
	w.SetContentLength(5)
	w.WriteString("hello")
	w.WriteString("!")
	return nil
}

func declaresTooLate(w *Response, r *Request) error {
	w.WriteString("hello")
	w.SetContentLength(4)
	return nil
}

func declaresTooLateAndFlushes(w *Response, r *Request) error {
	declaresTooLate(w, r)
	return w.Flush()
}

func declaresInHook(w *Response, r *Request) error {
	w.BeforeHead(func(w *Response) { w.SetContentLength(4) })
	return writesHello(w, r)
}

func declaresInProblem(w *Response, r *Request) error {
	return &Problem{Status: 404, Fields: []string{"Content-Length", "3", "Connection", "x", "Content-Type",
		"text/html", "A", "b"}}
}

func declaresAndFails(w *Response, r *Request) error {
	w.SetContentLength(4)
	w.WriteString("he")
	return Fail(404, "not here")
}

// TestDeclaredLength: a response is never longer or shorter than its head says:
// it is replaced where a handler would make it so.
func TestDeclaredLength(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
		want    string
	}{
		{"too_short", declares(6, false), "500 *"},
		{"too_long", declares(4, false), "500 *"},
		{"too_long_at_the_end", writesMore, "500 *"},
		{"declared_too_late", declaresTooLate, "500 *"},
		{"declared_too_late_and_flushed", declaresTooLateAndFlushes, "500 *"},
		{"declared_by_a_hook", declaresInHook, "200 length 5 hello"},
		{"declared_by_a_problem", declaresInProblem, "404 length 35 *"},
		{"declared_with_an_error", declaresAndFails, "404 length 55 *"},
		{"head_may_differ", answers304WithLength, "304 none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: test.handler})
			c.send(get("/") + get("/"))
			c.closeWrite()
			c.expect(test.want)
			c.expect(test.want)
			c.expectClosed(ReasonClientClosed)
		})
	}
}

// TestDeclaredLengthTooLate: where the head has left, the connection is cut.
func TestDeclaredLengthTooLate(t *testing.T) {
	for _, length := range []int64{4, 6} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			c := dial(t, &Server{Handler: declares(length, true)})
			c.send(get("/") + get("/"))
			c.expectCut()
			c.expectReason(ReasonHandlerFailed)
		})
	}
}

// TestBodyTooLong: what does not fit a declared length is not written, and the
// handler is told.
func TestBodyTooLong(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		w.SetContentLength(4)
		n, err := w.WriteString("hello")
		check(t, "octets written", n, 0)
		checkError(t, "WriteString", err, ErrBodyTooLong)
		return nil
	}})
	c.send(getAndClose("/"))
	c.expect("500 *")
	c.expectClosed(ReasonRequested)
}
