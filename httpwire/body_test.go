package httpwire

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/syntax"
)

// TestBody: what a handler reads and what is answered. The handler echoes; a
// request stands behind, which is answered if the connection is kept open.
func TestBody(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\n"
	for _, test := range []struct {
		name, octets string
		want         string
		reason       CloseReason
	}{
		{"9112_6.3_none", head + "\r\n", "[200 length 0  200 length 0 ]", ReasonClientClosed},
		{"9112_6.2_length", post("/", "hello"), "[200 length 5 hello 200 length 0 ]", ReasonClientClosed},
		{"9112_6.2_length_zero", post("/", ""), "[200 length 0  200 length 0 ]", ReasonClientClosed},
		{"9112_7.1_chunks", chunkedPost("/", "5\r\nhello\r\n06;a=b\r\n world\r\n0\r\n\r\n"), "[200 length 11 hello world 200 length 0 ]", ReasonClientClosed},
		{"9112_7.1_no_chunks", chunkedPost("/", "0\r\n\r\n"), "[200 length 0  200 length 0 ]", ReasonClientClosed},
		{"9112_7.1_last_chunk_look_alike", chunkedPost("/", "7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n"), "[200 length 7 0\r\n\r\n0\r 200 length 0 ]", ReasonClientClosed},
		{"9112_9.3_http10", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "[200 length 5 hello]", ReasonHTTP10},
		{"9112_7.1_refusal_wins_over_the_echo", chunkedPost("/", "5\r\nhello\r\nx\r\n"), "[400", ReasonRefused},
		{"9112_7.1_refusal_in_the_trailer_section", chunkedPost("/", "5\r\nhello\r\n0\r\nA : b\r\n\r\n"), "[400", ReasonRefused},
		{"9112_7.1.1_bare_line_feed", chunkedPost("/", "5\nhello\r\n0\r\n\r\n"), "[400", ReasonRefused},
		{"9112_7.1_size_announced_only", chunkedPost("/", "7fffffffffffffff\r\nx"), "[413", ReasonUnreadBody},
		{"9110_8.6_length_announced_only", head + "Content-Length: 1152921504606846976\r\n\r\nx", "[413", ReasonUnreadBody},
		{"9110_15.5.14_one_too_many", post("/", strings.Repeat("x", 101)), "[413", ReasonUnreadBody},
		{"9110_15.5.14_as_many_as_allowed", post("/", strings.Repeat("x", 100)), "[200 length 100 " + strings.Repeat("x", 100) + " 200", ReasonClientClosed},
		{"9110_15.5.14_chunks_one_too_many", chunkedPost("/", "64\r\n"+strings.Repeat("x", 100)+"\r\n1\r\nx\r\n0\r\n\r\n"), "[413", ReasonUnreadBody},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ends closings
			s := &Server{Handler: echo, MaxBody: 100, OnClose: ends.note}
			answers := talkFor(t, s, test.octets+get("/next"))
			if got := fmt.Sprint(answers); !strings.HasPrefix(got, test.want) || ends.last() != test.reason {
				t.Errorf("got %s, %q; want %s, %q", got, ends.last(), test.want, test.reason)
			}
			if last := answers[len(answers)-1]; test.reason != ReasonClientClosed && !last.closes() {
				t.Error("the last answer does not carry Connection: close")
			}
		})
	}
}

// TestRefusalWins: whatever the handler makes of a broken body, the refusal is
// answered, and nothing behind it.
func TestRefusalWins(t *testing.T) {
	handlers := map[string]Handler{
		"ignores_the_body":  func(w *Response, r *Request) error { w.WriteString("fine"); return nil },
		"ignores_the_error": func(w *Response, r *Request) error { io.Copy(w, r.Body); return nil },
		"returns_its_own":   func(w *Response, r *Request) error { io.Copy(w, r.Body); return Fail(422, "not understood") },
		"reads_a_part":      func(w *Response, r *Request) error { r.Body.Read(make([]byte, 2)); return nil },
		"panics":            func(w *Response, r *Request) error { panic("handler") },
		"declares_a_length": func(w *Response, r *Request) error { w.SetContentLength(4); w.WriteString("fine"); return nil },
		"sets_status_and_a_trailer": func(w *Response, r *Request) error {
			w.Trailer().Set("A", "b")
			w.Header().Set("ETag", `"x"`)
			return w.SetStatus(204)
		},
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			answers := talkFor(t, &Server{Handler: handler}, chunkedPost("/", "5\r\nhello\r\n5\r\nhelloX\r\n0\r\n\r\n")+get("/"))
			a := answers[len(answers)-1]
			if len(answers) != 1 || a.status != 400 || !strings.Contains(a.body, `"rule":"rfc9112-7.1-02"`) || !a.closes() {
				t.Errorf("got %v", answers)
			}
			if a.get("ETag") != "" || a.get("Content-Type") != problemType {
				t.Errorf("got fields %v", a.fields)
			}
		})
	}
	t.Run("a_status_of_413_is_the_handlers_choice", func(t *testing.T) {
		s := &Server{MaxBody: 2, Handler: func(w *Response, r *Request) error {
			if _, err := io.ReadAll(r.Body); !errors.Is(err, BodyTooLarge) {
				t.Errorf("got %v", err)
			}
			return nil
		}}
		if got := statuses(talkFor(t, s, post("/", "hello")+get("/"))); !slices.Equal(got, []int{200}) {
			t.Errorf("got %v", got)
		}
	})
}

// TestRefusalOffset: the offset in a refusal counts from the first octet of the
// request, however much of the body has been read.
func TestRefusalOffset(t *testing.T) {
	request := chunkedPost("/", "5\r\nhello\r\n5\r\nhello?\r\n")
	want := int64(strings.IndexByte(request, '?'))
	for _, handler := range []Handler{echo, hello} {
		var got int64
		s := &Server{Handler: handler, OnError: func(_ *Conn, e *syntax.Error, _ []byte) *Problem { got = e.Offset; return nil }}
		if talk(t, s, get("/")+request); got != want {
			t.Errorf("got offset %d, want %d", got, want)
		}
	}
}

// TestUnreadBody: what becomes of a body that the handler does not read.
func TestUnreadBody(t *testing.T) {
	chunks := func(n int) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", n, strings.Repeat("x", n)) }
	for _, test := range []struct {
		name, octets string
		kept         bool
	}{
		{"9112_9.3_small", post("/", strings.Repeat("x", 1000)), true},
		{"9112_9.3_small_chunks", chunkedPost("/", chunks(1000)), true},
		{"9112_9.3_as_large_as_is_drained", post("/", strings.Repeat("x", 256<<10)), true},
		{"9112_9.3_larger", post("/", strings.Repeat("x", 300<<10)), false},
		{"9112_9.3_larger_chunks", chunkedPost("/", chunks(400<<10)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, flush := range []bool{false, true} {
				var ends closings
				s := &Server{OnClose: ends.note, Handler: func(w *Response, r *Request) error {
					w.WriteString("done")
					if flush {
						return w.Flush()
					}
					return nil
				}}
				answers := talkFor(t, s, test.octets+get("/"))
				if kept := len(answers) == 2 && ends.last() == ReasonClientClosed; kept != test.kept || answers[0].body != "done" {
					t.Errorf("got %v, %q; want kept open: %v", answers, ends.last(), test.kept)
				}
			}
		})
	}
}

// TestUnreadBodyThatComesLater: the rest of an unread body is waited for, and
// not by the watcher of a context that the handler has asked for.
func TestUnreadBodyThatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, &Server{
			Handler: func(w *Response, r *Request) error {
				r.Context()
				return hello(w, r)
			},
			OnExchange: func(e Exchange) {
				if false {
					t.Error("somebody else reads what the loop waits for")
				}
			},
		})
		for i := range 3 {
			request := post("/late", "hello")
			c.send(request[:len(request)-3])
			if got, want := c.receive("POST").body, fmt.Sprintf("%d /late", 2*i+1); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			time.Sleep(100 * time.Millisecond)
			c.send(request[len(request)-3:])
			synctest.Wait()
			c.send(get("/next"))
			if got, want := c.receive("GET").body, fmt.Sprintf("%d /next", 2*i+2); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

// TestContinue: 100 (Continue) in all its turns. The client sends the body only
// when it has got 100, unless eager is set. RFC 9110, Section 10.1.1.
func TestContinue(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
	read := func(w *Response, r *Request) error { return echo(w, r) }
	for _, test := range []struct {
		name, head string
		handler    Handler
		eager      bool
		want       []int
		reason     CloseReason
	}{
		{"at_first_read", head, read, false, []int{100, 200, 200}, ReasonClientClosed},
		{"case_insensitive", strings.Replace(head, "Expect: 100-continue", "EXPECT: 100-CONTINUE", 1), read, false, []int{100, 200, 200}, ReasonClientClosed},
		{"by_Continue", head, func(w *Response, r *Request) error {
			if err := r.Continue(); err != nil {
				return err
			}
			r.Continue()
			return echo(w, r)
		}, false, []int{100, 200, 200}, ReasonClientClosed},
		{"by_Continue_alone", head, func(w *Response, r *Request) error { return r.Continue() }, false, []int{100, 200, 200}, ReasonClientClosed},
		{"never_read", head, hello, false, []int{200}, ReasonUnreadBody},
		{"never_read_but_sent", head, hello, true, []int{200}, ReasonUnreadBody},
		{"not_needed_any_more", head, read, true, []int{200, 200}, ReasonClientClosed},
		{"error_instead", head, func(w *Response, r *Request) error { return Fail(401, "who are you") }, false, []int{401}, ReasonUnreadBody},
		{"too_large_before_it_is_sent", strings.Replace(head, "5\r\n\r\n", "5000000\r\n\r\n", 1), read, false, []int{413}, ReasonUnreadBody},
		{"never_behind_the_final_status", head, func(w *Response, r *Request) error {
			w.WriteString("early")
			w.Flush()
			r.Continue()
			r.Body.SetTimeout(time.Second)
			r.Body.Read(make([]byte, 5))
			return nil
		}, false, []int{200}, ReasonHandlerFailed},
		{"not_to_http10", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", read, true, []int{200}, ReasonHTTP10},
		{"not_without_a_body", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", read, true, []int{200, 200}, ReasonClientClosed}, // "hello" begins the next method
		{"unknown_expectation", strings.Replace(head, "100-continue", "200-ok", 1), read, true, []int{417}, ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ends closings
				c := dial(t, &Server{Handler: test.handler, OnClose: ends.note})
				go func() {
					if test.eager {
						io.WriteString(c.conn, test.head+"hello"+get("/"))
						c.conn.CloseWrite()
						return
					}
					io.WriteString(c.conn, test.head)
				}()
				var got []int
				for {
					a, err := readAnswer(c.r, "POST")
					if a == nil || err != nil && a.status != 200 {
						break
					}
					if got = append(got, a.status); a.status == 100 {
						go func() {
							io.WriteString(c.conn, "hello"+get("/"))
							c.conn.CloseWrite()
						}()
					}
				}
				c.conn.CloseWrite()
				<-c.served
				if !slices.Equal(got, test.want) || ends.last() != test.reason {
					t.Errorf("got %v, %q; want %v, %q", got, ends.last(), test.want, test.reason)
				}
			})
		})
	}
}

// TestRequestTrailer: trailer fields are kept apart from the header, and there
// only when the body has been read.
func TestRequestTrailer(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		before := r.Trailer().Len()
		io.Copy(io.Discard, r.Body)
		name, value := r.Trailer().Field(0)
		_, err := fmt.Fprint(w, before, r.Trailer().Len(), name, value, r.Header.Has("x-sum"), r.Header.Get("Host"))
		return err
	}}
	answers := talkFor(t, s, chunkedPost("/", "1\r\nx\r\n0\r\nX-Sum: 7\r\nHost: evil\r\nContent-Length: 3\r\n\r\n"))
	if got, want := answers[0].body, "0 1X-Sum 7 false a"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBodyMethods: the small ones.
func TestBodyMethods(t *testing.T) {
	s := &Server{MaxBody: 7, Handler: func(w *Response, r *Request) error {
		fmt.Fprint(w, r.Body.Size(), " ", r.Body.Limit(), " ")
		if n, err := r.Body.Read(nil); n != 0 || err != nil && err != io.EOF {
			t.Errorf("reading nothing: %d, %v", n, err)
		}
		r.Body.SetLimit(-1)
		n, err := r.Body.WriteTo(io.Discard)
		fmt.Fprint(w, n, " ", err)
		if n, err := r.Body.WriteTo(io.Discard); n != 0 || err != nil {
			t.Errorf("at the end: %d, %v", n, err)
		}
		return nil
	}}
	answers := talkFor(t, s, post("/", strings.Repeat("x", 9))+chunkedPost("/", "a\r\n0123456789\r\n0\r\n\r\n")+get("/"))
	want := "[200 length 11 9 7 9 <nil> 200 length 13 -1 7 10 <nil> 200 length 11 0 7 0 <nil>]"
	if got := fmt.Sprint(answers); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFullDuplex: a response can begin before the body has ended.
func TestFullDuplex(t *testing.T) {
	c := dial(t, &Server{MaxBody: -1, Handler: func(w *Response, r *Request) error {
		piece := make([]byte, 100)
		for {
			n, err := r.Body.Read(piece)
			if n > 0 {
				w.Write(piece[:n])
				w.Flush()
			}
			if err != nil {
				return nil
			}
		}
	}})
	c.send(chunkedPost("/", "5\r\nhello\r\n"))
	read := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	}
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "\r\n" {
			break
		}
	}
	read("5\r\nhello\r\n")
	c.send("6\r\n world\r\n0\r\n\r\n")
	read("6\r\n world\r\n0\r\n\r\n")
}
