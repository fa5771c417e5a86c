package httpwire

import (
	"fmt"
	"strings"
	"testing"
)

// TestSetStatus: only the status codes of final responses can be set.
func TestSetStatus(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		for _, code := range []int{-1, 0, 99, 100, 101, 199, 600, 999, 1000} {
			checkError(t, fmt.Sprint("SetStatus ", code), w.SetStatus(code), ErrStatus)
		}
		for _, code := range []int{200, 299, 599} {
			checkError(t, fmt.Sprint("SetStatus ", code), w.SetStatus(code), nil)
		}
		return w.SetStatus(402, "Later, please")
	}})
	c.send(getAndClose("/"))
	a := c.expect("402 length 0")
	check(t, "reason phrase", a.reason, "Later, please")
	c.expectClosed(ReasonRequested)
}

// hooked registers hooks as two middlewares do, and what the target says.
func hooked(note func(string)) Handler {
	return func(w *Response, r *Request) error {
		for _, name := range []string{"outer", "inner"} {
			w.BeforeHead(func(w *Response) {
				note(name)
				w.Header().Set("Last-Word", name)
			})
			w.AfterEnd(func(e Exchange) { note(fmt.Sprint(name, " ", e.Status, " ", e.Number)) })
		}
		what, early := strings.CutSuffix(r.Target, "/early")
		switch what {
		case "/flushing":
			w.BeforeHead(func(w *Response) { w.Flush() })
		case "/large":
			w.BeforeHead(func(w *Response) { w.WriteString(large) })
		case "/late":
			w.BeforeHead(func(w *Response) { w.BeforeHead(func(w *Response) { note("late") }) })
		}
		if early {
			w.Flush()
			return nil
		}
		return Fail(404, "")
	}
}

// TestHooksOfAResponse: those registered last run first, and what they write
// appears once.
func TestHooksOfAResponse(t *testing.T) {
	const notFound = "404 length 35 {\"status\":404,\"title\":\"Not Found\"}\n"
	for _, test := range []struct{ target, want, order string }{
		{"/", notFound, "inner, outer, inner 404 1, outer 404 1"},
		{"/flushing", notFound, "inner, outer, inner 404 1, outer 404 1"},
		{"/late", notFound, "late, inner, outer, inner 404 1, outer 404 1"},
		{"/large", notFound, "inner, outer, inner 404 1, outer 404 1"}, // it comes too late to write
		{"/flushing/early", "200 chunked", "inner, outer, inner 200 1, outer 200 1"},
		{"/large/early", "200 chunked " + large, "inner, outer, inner 200 1, outer 200 1"},
	} {
		t.Run(test.target[1:], func(t *testing.T) {
			var order []string
			c := dial(t, &Server{Handler: hooked(func(name string) { order = append(order, name) })})
			c.send(getAndClose(test.target))
			c.expect(test.want, "Last-Word: outer")
			c.expectClosed(ReasonRequested)
			<-c.served
			check(t, "order", strings.Join(order, ", "), test.order)
		})
	}
}

// setsTrailer returns a handler that sets trailer fields, early or late.
func setsTrailer(t *testing.T, body string, early, flush bool) Handler {
	set := func(w *Response) {
		checkError(t, "Set", w.Trailer().Set("Sum", "7"), nil)
		checkError(t, "Add", w.Trailer().Add("z", ""), nil)
	}
	return func(w *Response, r *Request) error {
		if early {
			set(w)
		}
		w.WriteString(body)
		if flush {
			w.Flush()
		}
		if !early {
			set(w)
		}
		return nil
	}
}

// TestResponseTrailer: trailer fields follow a chunked body, an empty or small
// one as well, and are announced if they are known in time.
func TestResponseTrailer(t *testing.T) {
	const both = `["Sum: 7" "z: "]`
	hundredThousand := strings.Repeat("x", 100_000)
	http11, http10 := getAndClose("/"), "GET / HTTP/1.0\r\n\r\n"
	for _, test := range []struct {
		name, request string
		body          string
		early, flush  bool
		want          string
		announced     string
		trailer       string
	}{
		{"9110_6.5_empty_body", http11, "", true, false, "200 chunked", "Trailer: Sum, z", both},
		{"9110_6.5_small_body", http11, "hello", true, false, "200 chunked hello", "Trailer: Sum, z", both},
		{"9110_6.5_set_after_the_head", http11, "hello", false, true, "200 chunked hello", "!Trailer", both},
		{"9110_6.5_large_body", http11, hundredThousand, true, false, "200 chunked " + hundredThousand,
			"Trailer: Sum, z", both},
		{"9112_7.1_http10", http10, "hello", true, false, "200 length 5 hello", "!Trailer", "[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: setsTrailer(t, test.body, test.early, test.flush)})
			c.send(test.request)
			a := c.expect(test.want, test.announced)
			check(t, "trailer", fmt.Sprintf("%q", a.trailer), test.trailer)
			c.expectEnd()
		})
	}
}

// TestForbiddenTrailer: fields that frame or route a message cannot be set in its
// trailer section.
func TestForbiddenTrailer(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		for _, name := range []string{"Content-Length", "Host", "Transfer-Encoding", "Set-Cookie", "Trailer"} {
			checkError(t, name, w.Trailer().Set(name, "1"), ErrTrailerField)
		}
		return nil
	}})
	c.send(getAndClose("/"))
	c.expect("200 length 0")
	c.expectClosed(ReasonRequested)
}
