package httpwire

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestInformational: early hints leave at once, and never to HTTP/1.0.
func TestInformational(t *testing.T) {
	release := make(chan bool)
	h := newHost(t, &Server{Handler: func(w *Response, r *Request) error {
		for _, code := range []int{99, 100, 101, 200} {
			checkError(t, "Informational", w.Informational(code), ErrInterim)
		}
		checkError(t, "Informational", w.Informational(103, "Link", "</a>; rel=preload", "Link", "</b>"), nil)
		<-release
		return nil
	}})
	c := h.dial()
	c.send(get("/"))
	a := c.expect("103 none", "Link: </a>; rel=preload", "Link: </b>")
	check(t, "reason phrase", a.reason, "Early Hints")
	check(t, "fields", len(a.lines), 2)
	release <- true
	c.expect("200 length 0")

	c = h.dial()
	c.send("GET / HTTP/1.0\r\n\r\n")
	release <- true
	c.expect("200 length 0")
	c.expectClosed(ReasonHTTP10)
}

// expecting is the head of a request whose client waits for 100 (Continue).
func expecting(length int) string {
	return request("POST", "/", "Expect: 100-continue", fmt.Sprint("Content-Length: ", length))
}

// asksTwice asks for the body twice, then reads it.
func asksTwice(w *Response, r *Request) error {
	if err := r.Continue(); err != nil {
		return err
	}
	if err := r.Continue(); err != nil {
		return err
	}
	return echo(w, r)
}

// asksOnly asks for the body and does not read it.
func asksOnly(w *Response, r *Request) error { return r.Continue() }

// TestContinue: 100 (Continue) is sent, once, to a client that waits for it with
// its body. RFC 9110, Section 10.1.1.
func TestContinue(t *testing.T) {
	for _, test := range []struct {
		name, head string
		handler    Handler
		want       string
	}{
		{"at_first_read", expecting(5), echo, "200 length 5 hello"},
		{"case_insensitive", request("POST", "/", "EXPECT: 100-CONTINUE", "Content-Length: 5"), echo, "200 length 5 hello"},
		{"by_Continue", expecting(5), asksTwice, "200 length 5 hello"},
		{"by_Continue_alone", expecting(5), asksOnly, "200 length 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: test.handler})
			c.send(test.head)
			c.expect("100 none")
			c.send("hello" + getAndClose("/"))
			c.expect(test.want)
			c.expect("200 length 0")
			c.expectClosed(ReasonRequested)
		})
	}
}

// TestNoContinue: where the final response comes first, or the client does not
// wait, there is no 100.
func TestNoContinue(t *testing.T) {
	for _, test := range []struct {
		name, octets string
		handler      Handler
		want         []string
		reason       CloseReason
	}{
		{"never_read", expecting(5), hello, []string{"200 length 3 1 /"}, ReasonUnreadBody},
		{"never_read_but_sent", expecting(5) + "hello" + get("/"), hello, []string{"200 length 3 1 /"}, ReasonUnreadBody},
		{"not_needed_any_more", expecting(5) + "hello" + getAndClose("/"), echo,
			[]string{"200 length 5 hello", "200 length 0"}, ReasonRequested},
		{"not_needed_by_Continue", expecting(5) + "hello" + getAndClose("/"), asksTwice,
			[]string{"200 length 5 hello", "200 length 0"}, ReasonRequested},
		{"error_instead", expecting(5), refuses, []string{"401 *"}, ReasonUnreadBody},
		{"too_large_before_it_is_sent", expecting(5_000_000), echo, []string{"413 *"}, ReasonUnreadBody},
		{"not_to_http10", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", echo,
			[]string{"200 length 5 hello"}, ReasonHTTP10},
		{"not_without_a_body", request("GET", "/", "Expect: 100-continue") + getAndClose("/"), echo,
			[]string{"200 length 0", "200 length 0"}, ReasonRequested},
		{"unknown_expectation", request("POST", "/", "Expect: 200-ok", "Content-Length: 5") + "hello", echo,
			[]string{"417 *"}, ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, &Server{Handler: test.handler})
				c.send(test.octets)
				c.expectAll(test.want...)
				c.expectClosed(test.reason)
			})
		})
	}
}

// answersFirst answers before it asks for the body.
func answersFirst(w *Response, r *Request) error {
	w.WriteString("early")
	w.Flush()
	r.Continue()
	r.Body.SetTimeout(time.Second)
	r.Body.Read(make([]byte, 5))
	return nil
}

// TestContinueTooLate: once the final response has begun there is no 100, and a
// body that the handler wants all the same never comes.
func TestContinueTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, &Server{Handler: answersFirst})
		c.send(expecting(5))
		c.expectCut()
		c.expectReason(ReasonHandlerFailed)
		check(t, "100 was sent", strings.Contains(c.came.String(), "100 Continue"), false)
	})
}
