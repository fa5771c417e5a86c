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
			Trace: &Trace{Decision: func(_ *Conn, decision Decision, _ string) {
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
