package httpwire

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ignoresBody answers without reading the body.
func ignoresBody(w *Response, r *Request) error {
	_, err := w.WriteString("done")
	return err
}

// flushesIgnoringBody fixes its head before it is known what becomes of the body.
func flushesIgnoringBody(w *Response, r *Request) error {
	w.WriteString("done")
	return w.Flush()
}

// TestUnreadBody: what becomes of a body that the handler does not read.
func TestUnreadBody(t *testing.T) {
	chunk := func(n int) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", n, strings.Repeat("x", n)) }
	for _, test := range []struct {
		name, octets string
		kept         bool
	}{
		{"9112_9.3_small", post("/", strings.Repeat("x", 1000)), true},
		{"9112_9.3_small_chunks", chunkedPost("/", chunk(1000)), true},
		{"9112_9.3_as_large_as_is_drained", post("/", strings.Repeat("x", 256<<10)), true},
		{"9112_9.3_larger", post("/", strings.Repeat("x", 300<<10)), false},
		{"9112_9.3_larger_chunks", chunkedPost("/", chunk(400<<10)), false},
	} {
		for _, handler := range []struct {
			name   string
			handle Handler
			want   string
		}{
			{"", ignoresBody, "200 length 4 done"},
			{"_flushed", flushesIgnoringBody, "200 chunked done"},
		} {
			t.Run(test.name+handler.name, func(t *testing.T) {
				c := dial(t, &Server{Handler: handler.handle})
				c.send(test.octets + get("/"))
				c.closeWrite()
				c.expect(handler.want)
				if !test.kept {
					c.expectClosed(ReasonUnreadBody)
					return
				}
				c.expect(handler.want)
				c.expectClosed(ReasonClientClosed)
			})
		}
	}
}

// watchesClient asks for the context before it answers.
func watchesClient(w *Response, r *Request) error {
	r.Context()
	return hello(w, r)
}

// TestUnreadBodyThatComesLater: the rest of an unread body is waited for, and
// not by the watcher of a context that the handler has asked for.
func TestUnreadBodyThatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var watched []string
		target := ""
		c := dial(t, &Server{
			Handler:   watchesClient,
			OnRequest: func(r *Request) { target = r.Target },
			Trace: &Trace{Decision: func(_ *Conn, decision, _ string) {
				if decision == DecisionWatch {
					watched = append(watched, target)
				}
			}},
		})
		for i := range 3 {
			octets := post("/late", "hello")
			c.send(octets[:len(octets)-3])
			c.expect(fmt.Sprintf("200 length 7 %d /late", 2*i+1))
			time.Sleep(100 * time.Millisecond)
			c.send(octets[len(octets)-3:])
			synctest.Wait()
			c.send(get("/next"))
			c.expect(fmt.Sprintf("200 length 7 %d /next", 2*i+2))
		}
		check(t, "requests with a watcher", fmt.Sprint(watched), "[/next /next /next]")
	})
}

// TestTCPLateBody: the rest of an unread body is followed by a request, on a
// connection whose handler has asked for the context.
func TestTCPLateBody(t *testing.T) {
	c := listen(t, &Server{Handler: watchesClient}).dial()
	for i := range 50 {
		octets := post("/late", strings.Repeat("x", 9000))
		c.send(octets[:100])
		c.expect(fmt.Sprintf("200 length %d %d /late", len(fmt.Sprint(2*i+1))+6, 2*i+1))
		c.send(octets[100:])
		c.send(get("/next"))
		c.expect(fmt.Sprintf("200 length %d %d /next", len(fmt.Sprint(2*i+2))+6, 2*i+2))
	}
}

// expecting is the head of a request whose client waits for 100 (Continue).
func expecting(length int) string {
	return request("POST", "/", "Expect: 100-continue", fmt.Sprint("Content-Length: ", length))
}

// continues asks for the body twice, then reads it.
func continues(w *Response, r *Request) error {
	if err := r.Continue(); err != nil {
		return err
	}
	if err := r.Continue(); err != nil {
		return err
	}
	return echo(w, r)
}

// continuesOnly asks for the body and does not read it.
func continuesOnly(w *Response, r *Request) error { return r.Continue() }

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
		{"by_Continue", expecting(5), continues, "200 length 5 hello"},
		{"by_Continue_alone", expecting(5), continuesOnly, "200 length 0"},
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
		{"not_needed_by_Continue", expecting(5) + "hello" + getAndClose("/"), continues,
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
