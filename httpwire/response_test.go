package httpwire

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// TestResponseFraming: how the end of each response is found. The handler is
// asked with GET, HEAD and as HTTP/1.0; a request stands behind each.
func TestResponseFraming(t *testing.T) {
	large := strings.Repeat("x", 40<<10)
	for _, test := range []struct {
		name        string
		handler     Handler
		get, http10 string // the framing of the answers
		head        string // Content-Length or Transfer-Encoding in answer to HEAD
		body        string
	}{
		{"9112_6.3_nothing", func(w *Response, r *Request) error { return nil }, "length 0", "length 0", "0", ""},
		{"9112_6.3_small", func(w *Response, r *Request) error { w.WriteString("hello"); return nil }, "length 5", "length 5", "5", "hello"},
		{"9112_6.3_small_in_pieces", func(w *Response, r *Request) error {
			for _, c := range []byte("hello") {
				w.Write([]byte{c})
			}
			return nil
		}, "length 5", "length 5", "5", "hello"},
		{"9112_6.3_fills_the_buffer", func(w *Response, r *Request) error { w.WriteString(large[:outputBuffer]); return nil },
			fmt.Sprint("length ", outputBuffer), fmt.Sprint("length ", outputBuffer), fmt.Sprint(outputBuffer), large[:outputBuffer]},
		{"9112_7.1_one_more_than_the_buffer", func(w *Response, r *Request) error { w.WriteString(large[:outputBuffer+1]); return nil },
			"chunked", "close", "chunked", large[:outputBuffer+1]},
		{"9112_7.1_large_at_once", func(w *Response, r *Request) error { w.WriteString(large); return nil }, "chunked", "close", "chunked", large},
		{"9112_7.1_large_in_pieces", func(w *Response, r *Request) error {
			for rest := large; rest != ""; rest = rest[min(len(rest), 1000):] {
				w.WriteString(rest[:min(len(rest), 1000)])
			}
			return nil
		}, "chunked", "close", "chunked", large},
		{"9112_7.1_flushed", func(w *Response, r *Request) error {
			w.Flush()
			w.WriteString("he")
			w.Flush()
			w.Flush()
			w.WriteString("llo")
			return nil
		}, "chunked", "close", "chunked", "hello"},
		{"9112_7.1_copied", func(w *Response, r *Request) error { io.Copy(w, strings.NewReader(large)); return nil }, "chunked", "close", "chunked", large},
		{"9112_6.2_declared", func(w *Response, r *Request) error {
			w.SetContentLength(int64(len(large)))
			w.Flush()
			io.WriteString(w, large)
			return nil
		}, fmt.Sprint("length ", len(large)), fmt.Sprint("length ", len(large)), fmt.Sprint(len(large)), large},
		{"9112_6.2_declared_as_a_field", func(w *Response, r *Request) error {
			w.Header().Set("content-length", "5")
			w.WriteString("hello")
			return nil
		}, "length 5", "length 5", "5", "hello"},
		{"9110_15.3.5_204", func(w *Response, r *Request) error { return w.SetStatus(204) }, "none", "none", "", ""},
		{"9110_15.3.5_204_behind_content", func(w *Response, r *Request) error { w.WriteString("no"); return w.SetStatus(204) }, "none", "none", "", ""},
		{"9110_15.3.5_204_with_a_length", func(w *Response, r *Request) error { w.SetContentLength(0); return w.SetStatus(204) }, "none", "none", "", ""},
		{"9110_15.4.5_304", func(w *Response, r *Request) error { return w.SetStatus(304) }, "none", "none", "", ""},
		{"9110_15.4.5_304_with_a_length", func(w *Response, r *Request) error { w.SetContentLength(7); return w.SetStatus(304) }, "none", "none", "7", ""},
		{"9110_15.3.6_205", func(w *Response, r *Request) error { return w.SetStatus(205) }, "length 0", "length 0", "0", ""},
		{"9110_15.3.6_205_behind_content", func(w *Response, r *Request) error { w.WriteString("no"); return w.SetStatus(205) }, "length 0", "length 0", "0", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{Handler: test.handler}
			check := func(head, method, framing, body string) *reply {
				answers := talkFor(t, s, head+get("/next"), method)
				a := answers[0]
				if got := (syntax.Framing{Kind: a.framing, Length: int64(len(a.body))}).String(); got != framing || a.body != body {
					t.Errorf("%.4s: got %s and %d octets, want %s and %d", head, got, len(a.body), framing, len(body))
				}
				if want := 2 - strings.Count(framing, "close"); len(answers) != want {
					t.Errorf("%.4s: got %d answers, want %d", head, len(answers), want)
				}
				return a
			}
			check(get("/"), "GET", test.get, test.body)
			check("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET", test.http10, test.body)
			a := check("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", "none", "")
			if got := a.get("Content-Length") + a.get("Transfer-Encoding"); got != test.head {
				t.Errorf("HEAD: got length %q, want %q", got, test.head)
			}
		})
	}
}

// TestConnect: a 2xx answer to CONNECT has no body; the connection is of no use
// to HTTP then. RFC 9112, Section 6.3, rule 2.
func TestConnect(t *testing.T) {
	for status, want := range map[int]string{200: "[200 none ]", 405: "[405 length 2 no 405 length 2 no]"} {
		s := &Server{Handler: func(w *Response, r *Request) error {
			w.WriteString("no")
			return w.SetStatus(status)
		}}
		answers := talkFor(t, s, connect("a:1")+get("/"), "CONNECT")
		if got := fmt.Sprint(answers); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestDeclaredLength: a response is never longer or shorter than its head says.
// Where that can no longer be, the connection is cut.
func TestDeclaredLength(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
		want    string
		reason  CloseReason
	}{
		{"too_short", func(w *Response, r *Request) error {
			w.SetContentLength(6)
			w.WriteString("hello")
			return nil
		}, "[500 500]", ReasonClientClosed},
		{"too_long", func(w *Response, r *Request) error {
			w.SetContentLength(4)
			if n, err := w.WriteString("hello"); n != 0 || err != ErrBodyTooLong {
				return fmt.Errorf("wrote %d, %v", n, err)
			}
			return nil
		}, "[500 500]", ReasonClientClosed},
		{"declared_too_late", func(w *Response, r *Request) error {
			w.WriteString("hello")
			w.SetContentLength(4)
			return nil
		}, "[500 500]", ReasonClientClosed},
		{"declared_too_late_and_flushed", func(w *Response, r *Request) error {
			w.WriteString("hello")
			w.SetContentLength(4)
			return w.Flush()
		}, "[500 500]", ReasonClientClosed},
		{"declared_by_a_hook", func(w *Response, r *Request) error {
			w.BeforeHead(func(w *Response) { w.SetContentLength(4) })
			w.WriteString("hello")
			return nil
		}, "[200 200]", ReasonClientClosed},
		{"declared_by_a_problem", func(w *Response, r *Request) error {
			return &Problem{Status: 404, Fields: []string{"Content-Length", "3", "Connection", "x", "Content-Type", "text/html", "A", "b"}}
		}, "[404 404]", ReasonClientClosed},
		{"declared_with_an_error", func(w *Response, r *Request) error {
			w.SetContentLength(4)
			w.WriteString("he")
			return Fail(404, "not here")
		}, "[404 404]", ReasonClientClosed},
		{"too_short_behind_the_head", func(w *Response, r *Request) error {
			w.SetContentLength(6)
			w.Flush()
			w.WriteString("hello")
			return nil
		}, "cut", ReasonHandlerFailed},
		{"too_long_behind_the_head", func(w *Response, r *Request) error {
			w.SetContentLength(4)
			w.Flush()
			w.WriteString("hello")
			return nil
		}, "cut", ReasonHandlerFailed},
		{"head_may_differ", func(w *Response, r *Request) error { w.SetContentLength(6); return w.SetStatus(304) }, "[304 304]", ReasonClientClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ends closings
			sent := talk(t, &Server{Handler: test.handler, OnClose: ends.note}, get("/")+get("/"))
			answers, err := readAnswers(sent)
			got := strings.ReplaceAll(fmt.Sprint(statuses(answers)), "  ", " ")
			if err != nil {
				got = "cut"
			}
			if got != test.want || ends.last() != test.reason {
				t.Errorf("got %s, %q, %v; want %s, %q: %q", got, ends.last(), err, test.want, test.reason, sent)
			}
		})
	}
}

// TestHandlerErrors: what a handler returns becomes the answer, as long as
// nothing has been sent; then the connection is cut.
func TestHandlerErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"9457_3_unknown_error", errors.New("secret"), `500 {"status":500,"title":"Internal Server Error"}`},
		{"9457_3_problem", Fail(404, "no %s here", "cat"), `404 {"status":404,"title":"Not Found","detail":"no cat here"}`},
		{"9457_3_wrapped", fmt.Errorf("secret: %w", Fail(409, "")), `409 {"status":409,"title":"Conflict"}`},
		{"9457_3.2_extra", &Problem{Status: 422, Detail: `"<&>"`, Extra: map[string]any{"field": "text", "at": 3}},
			`422 {"status":422,"title":"Unprocessable Content","detail":"\"<&>\"","at":3,"field":"text"}`},
		{"9457_3.2_extra_that_is_no_json", &Problem{Status: 400, Extra: map[string]any{"f": func() {}}}, `400 {"status":400,"title":"Bad Request","f":null}`},
		{"9457_3_refusal", syntax.BadHost.At(7), `400 {"status":400,"title":"Bad Request","detail":"` + syntax.BadHost.At(7).Error() + "; " + syntax.BadHost.Hint + `","offset":7,"rule":"` + syntax.BadHost.ID + `"}`},
		{"9457_3_problem_around_a_refusal", &Problem{Status: 422, Err: syntax.BadHost.At(7)}, `422 {"status":422,"title":"Unprocessable Content"}`},
		{"9457_3_no_status", &Problem{Detail: "x"}, `500 {"status":500,"title":"Internal Server Error"}`},
		{"9457_3_status_without_content", Fail(204, "x"), `500 {"status":500,"title":"Internal Server Error"}`},
		{"9457_3_interim_status", Fail(101, "x"), `500 {"status":500,"title":"Internal Server Error"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			s := &Server{ErrorLog: slog.New(slog.NewTextHandler(&log, nil)), Handler: func(w *Response, r *Request) error {
				w.Header().Set("Content-Type", "image/png")
				abandoned := []string{"ETag", `"x"`, "Expires", "Fri, 01 Jan 2100 00:00:00 GMT", "Content-Language", "cy", "Content-Location", "/x"}
				w.WriteHead(200, abandoned...)
				w.Header().Set("X-Request-Id", "7")
				w.WriteString("half an ima")
				return test.err
			}}
			answers := talkFor(t, s, get("/")+get("/"))
			a := answers[0]
			if got := fmt.Sprint(a.status, " ", strings.TrimSuffix(a.body, "\n")); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if _, refused := test.err.(*syntax.Error); a.closes() != refused || len(answers) == 2 == refused {
				t.Errorf("got %d answers, Connection %q", len(answers), a.get("Connection"))
			}
			if failed := a.status == 500; failed != strings.Contains(log.String(), "exchange failed") {
				t.Errorf("got log %q", log.String())
			}
			if a.get("Content-Type") != problemType || a.get("ETag")+a.get("Expires")+a.get("Content-Language")+a.get("Content-Location") != "" || a.get("X-Request-Id") != "7" {
				t.Errorf("got fields %v", a.fields)
			}
		})
	}
	t.Run("HEAD", func(t *testing.T) {
		s := &Server{Handler: func(w *Response, r *Request) error { return Fail(404, "") }}
		answers := talkFor(t, s, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"+get("/"), "HEAD")
		if got := answers[0].get("Content-Length"); got != fmt.Sprint(len(answers[1].body)) {
			t.Errorf("got %q", got)
		}
	})
}

// TestHandlerFailsLate: behind the head of a response an error or a panic cuts
// the connection, so that the client can see the response is not whole.
func TestHandlerFailsLate(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("late") },
		"panic": func() error { panic("late") },
	} {
		t.Run(name, func(t *testing.T) {
			var ends closings
			var log strings.Builder
			s := &Server{OnClose: ends.note, ErrorLog: slog.New(slog.NewTextHandler(&log, nil)), Handler: func(w *Response, r *Request) error {
				if r.Target == "/good" {
					return nil
				}
				w.WriteString("begun")
				w.Flush()
				return fail()
			}}
			answers, err := readAnswers(talk(t, s, get("/good")+get("/")+get("/good")))
			if err == nil || len(answers) != 1 || ends.last() != ReasonHandlerFailed || !strings.Contains(log.String(), "late") {
				t.Errorf("got %v, %v, %q; log %s", answers, err, ends.last(), log.String())
			}
		})
	}
}

// TestPanic: a panic ends its exchange with 500 and keeps the connection.
func TestPanic(t *testing.T) {
	var log strings.Builder
	s := &Server{ErrorLog: slog.New(slog.NewTextHandler(&log, nil)), Handler: func(w *Response, r *Request) error {
		if r.Target == "/panic" {
			w.WriteString("not to be seen")
			panic("oh dear")
		}
		return nil
	}}
	answers := talkFor(t, s, get("/panic")+get("/")+post("/panic", "x")+get("/"))
	if got := statuses(answers); !slices.Equal(got, []int{500, 200, 500, 200}) {
		t.Errorf("got %v", got)
	}
	if strings.Contains(answers[0].body, "dear") || !strings.Contains(log.String(), "oh dear") || !strings.Contains(log.String(), "response_test.go") {
		t.Errorf("client told %q, log told %q", answers[0].body, log.String())
	}
}

// TestResponseSplitting: nothing that a handler can say ends a line.
func TestResponseSplitting(t *testing.T) {
	evil := []string{"a\r\nSet-Cookie: x", "a\nb", "a\rb", "a\x00b", "\r\n", " a", "a ", "\ta", "a\x7f", "a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}
	s := &Server{Handler: func(w *Response, r *Request) error {
		for _, text := range evil {
			for what, err := range map[string]error{
				"value":        w.Header().Set("A", text),
				"added value":  w.Header().Add("A", text),
				"name":         w.Header().Set(text, "a"),
				"length":       w.Header().Set("Content-Length", text),
				"date":         w.Header().Set("Date", text),
				"head":         w.WriteHead(200, "A", text),
				"trailer":      w.Trailer().Set("A", text),
				"interim":      w.Informational(103, "A", text),
				"interim name": w.Informational(103, text, "a"),
				"reserved":     w.Informational(103, "Content-Length", "1"),
			} {
				if err == nil {
					t.Errorf("%q accepted as %s", text, what)
				}
			}
			if err := w.SetStatus(200, text); err == nil && strings.ContainsAny(text, "\r\n\x00\x7f") {
				t.Errorf("%q accepted as a reason", text)
			}
		}
		for _, code := range []int{-1, 0, 99, 100, 101, 199, 600, 999, 1000} {
			if w.SetStatus(code) == nil {
				t.Errorf("status %d accepted", code)
			}
		}
		return &Problem{Status: 400, Detail: evil[0], Fields: []string{"A", evil[0], evil[0], "a", "Transfer-Encoding", "chunked", "odd"}}
	}}
	for _, a := range talkFor(t, s, get("/")+get("/")) {
		if len(a.names) != 3 { // Date, Content-Type, Content-Length
			t.Errorf("got fields %q", a.names)
		}
	}
	t.Run("shaped_refusal", func(t *testing.T) {
		s := &Server{Handler: hello, OnError: func(*Conn, *syntax.Error, []byte) *Problem {
			return &Problem{Status: 1, Detail: evil[9], Fields: []string{"A", evil[9], evil[9], "a", "Content-Length", "1", "Transfer-Encoding", "chunked",
				"Connection", "keep-alive", "Content-Type", "text/html", "Good", "yes", "odd"}}
		}}
		a := talkFor(t, s, "BAD\r\n")[0]
		if a.status != 400 || a.get("Good") != "yes" || len(a.names) != 5 || !a.closes() {
			t.Errorf("got %d %v", a.status, a.fields)
		}
	})
}

// TestResponseHeader: the fields keep their order and case.
func TestResponseHeader(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		h := w.Header()
		h.Set("b-one", "1")
		h.Add("Set-Cookie", "x=1")
		h.Add("set-cookie", "y=2")
		h.Set("C", "old")
		h.Add("Z", "last")
		h.Set("c", "")
		h.Add("D", "gone")
		h.Del("d")
		h.Add("X", "a: b")
		if h.Has("X: a") || h.Get("X: a") != "" || h.Has("X:") {
			t.Error("a name with a colon matches into a value")
		}
		h.Del("X: a")
		h.Del("x")
		h.Add("B-ONE", "2")
		h.Set("B-One", "a longer value")
		h.Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
		h.Set("Connection", "close")
		if err := h.Set("Transfer-Encoding", "gzip"); !errors.Is(err, ErrServerField) {
			t.Errorf("Transfer-Encoding: %v", err)
		}
		if h.Get("b-ONE") != "a longer value" || !h.Has("SET-COOKIE") || h.Has("D") || h.Get("connection") != "close" || !h.Has("connection") {
			t.Errorf("got %q, %v, %v, %q", h.Get("b-ONE"), h.Has("SET-COOKIE"), h.Has("D"), h.Get("connection"))
		}
		w.SetContentLength(2)
		var all []string
		for name, value := range h.All() {
			all = append(all, name+"="+value)
		}
		if got, want := strings.Join(all, " "), "B-One=a longer value Set-Cookie=x=1 set-cookie=y=2 c= Z=last Date=Thu, 01 Jan 1970 00:00:00 GMT Content-Length=2"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		w.WriteHead(299, "E", "f")
		w.WriteString("ok")
		w.Flush()
		for _, err := range []error{h.Set("A", "b"), h.Add("A", "b"), w.SetStatus(200), w.WriteHead(200), w.Informational(103)} {
			if err != ErrHeadSent {
				t.Errorf("behind the head: %v", err)
			}
		}
		return nil
	}}
	a := talkFor(t, s, get("/"))[0]
	want := "[B-One Set-Cookie set-cookie c Z Date E Content-Length Connection]"
	if got := fmt.Sprint(a.names); got != want || a.status != 299 || a.reason != "" {
		t.Errorf("got %d %q %s, want %s", a.status, a.reason, got, want)
	}
}

// TestResponseTrailer: trailer fields follow a chunked body, an empty or small
// one as well, and are announced if they are known in time.
func TestResponseTrailer(t *testing.T) {
	for _, test := range []struct {
		name, version string
		body          string
		early, flush  bool
		want          string
	}{
		{"9110_6.5_empty_body", "1.1", "", true, false, "chunked announced map[sum:[7] z:[]]"},
		{"9110_6.5_small_body", "1.1", "hello", true, false, "chunked announced map[sum:[7] z:[]]"},
		{"9110_6.5_set_behind_the_head", "1.1", "hello", false, true, "chunked silent map[sum:[7] z:[]]"},
		{"9110_6.5_large_body", "1.1", strings.Repeat("x", 100_000), true, false, "chunked announced map[sum:[7] z:[]]"},
		{"9112_7.1_http10", "1.0", "hello", true, false, "length 5 silent map[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{Handler: func(w *Response, r *Request) error {
				set := func() {
					if err := errors.Join(w.Trailer().Set("Sum", "7"), w.Trailer().Add("z", "")); err != nil {
						t.Error(err)
					}
				}
				for _, name := range []string{"Content-Length", "Host", "Transfer-Encoding", "Set-Cookie", "Trailer"} {
					if w.Trailer().Set(name, "1") == nil {
						t.Errorf("trailer field %s accepted", name)
					}
				}
				if test.early {
					set()
				}
				w.WriteString(test.body)
				if test.flush {
					w.Flush()
				}
				if !test.early {
					set()
				}
				return nil
			}}
			a := talkFor(t, s, "GET / HTTP/"+test.version+"\r\nHost: a\r\n\r\n")[0]
			announced := map[string]string{"Sum, z": "announced", "": "silent"}[a.get("Trailer")]
			got := fmt.Sprint(syntax.Framing{Kind: a.framing, Length: int64(len(a.body))}, " ", announced, " ", a.trailer)
			if got != test.want || a.body != test.body {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestInformational: early hints leave at once, and never to HTTP/1.0.
func TestInformational(t *testing.T) {
	release := make(chan struct{})
	s := &Server{Handler: func(w *Response, r *Request) error {
		for _, code := range []int{99, 100, 101, 200} {
			if w.Informational(code) != ErrInterim {
				t.Errorf("%d accepted", code)
			}
		}
		if err := w.Informational(103, "Link", "</a>; rel=preload", "Link", "</b>"); err != nil {
			t.Error(err)
		}
		<-release
		return nil
	}}
	c := dial(t, s)
	c.send(get("/"))
	if a := c.receive("GET"); a.status != 103 || a.reason != "Early Hints" || a.get("Link") != "</a>; rel=preload|</b>" || len(a.names) != 2 {
		t.Errorf("got %v %v", a, a.fields)
	}
	close(release)
	if a := c.receive("GET"); a.status != 200 {
		t.Errorf("got %v", a)
	}
	if got := statuses(talkFor(t, s, "GET / HTTP/1.0\r\n\r\n")); !slices.Equal(got, []int{200}) {
		t.Errorf("HTTP/1.0 got %v", got)
	}
}

// TestHooksOfAResponse: those registered last run first, and what they write
// appears once.
func TestHooksOfAResponse(t *testing.T) {
	var order []string
	s := &Server{Handler: func(w *Response, r *Request) error {
		for _, name := range []string{"outer", "inner"} {
			w.BeforeHead(func(w *Response) {
				order = append(order, name)
				w.Header().Set("Last-Word", name)
			})
			w.AfterEnd(func(e Exchange) { order = append(order, fmt.Sprint(name, e.Status, e.Number, e.Duration > 0)) })
		}
		switch r.Target {
		case "/flushing":
			w.BeforeHead(func(w *Response) { w.Flush() })
		case "/large":
			w.BeforeHead(func(w *Response) { w.Write(make([]byte, 100_000)) })
		case "/late":
			w.BeforeHead(func(w *Response) { w.BeforeHead(func(w *Response) { order = append(order, "late") }) })
		}
		return Fail(404, "")
	}}
	for target, want := range map[string]string{
		"/":         "[inner outer inner404 1 true outer404 1 true]",
		"/flushing": "[inner outer inner404 1 true outer404 1 true]",
		"/late":     "[late inner outer inner404 1 true outer404 1 true]",
		"/large":    "[inner outer inner404 1 true outer404 1 true]",
	} {
		order = nil
		answers := talkFor(t, s, get(target))
		if got := fmt.Sprint(order); got != want || len(answers) != 1 || answers[0].get("Last-Word") != "outer" {
			t.Errorf("%s: got %s, want %s; %v", target, got, want, answers[0].fields)
		}
	}
}

// TestUpgradeIsOffered: a response that names other protocols says that this
// concerns the connection only. RFC 9110, Section 7.8.
func TestUpgradeIsOffered(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		w.SetStatus(426)
		w.Header().Add("Upgrade", "websocket")
		if r.Target == "/taken-back" {
			w.Header().Del("Upgrade")
		}
		return nil
	}}
	for request, want := range map[string]string{
		get("/"):           "Connection: upgrade\r\n",
		get("/taken-back"): "",
		"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n": "Connection: close, upgrade\r\n",
	} {
		got := talk(t, s, request)
		if !strings.Contains(got, want) || want == "" && strings.Contains(got, "Connection:") {
			t.Errorf("%q: got %q, want %q", request, got, want)
		}
	}
}
