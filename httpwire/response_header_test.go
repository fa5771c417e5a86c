package httpwire

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// editsHeader sets, replaces and removes fields.
func editsHeader(w *Response, r *Request) error {
	h := w.Header()
	h.Set("b-one", "1")
	h.Add("Set-Cookie", "x=1")
	h.Add("set-cookie", "y=2")
	h.Set("C", "old")
	h.Add("Z", "last")
	h.Set("c", "")
	h.Add("D", "gone")
	h.Del("d")
	h.Add("B-ONE", "2")
	h.Set("B-One", "a longer value")
	h.Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
	h.Set("Connection", "close")
	w.SetContentLength(2)
	w.WriteHead(299, "E", "f")
	_, err := w.WriteString("ok")
	return err
}

// TestResponseHeader: the fields keep their order and case.
func TestResponseHeader(t *testing.T) {
	c := dial(t, &Server{Handler: editsHeader})
	c.send(get("/"))
	a := c.expect("299 length 2 ok")
	want := []string{"B-One: a longer value", "Set-Cookie: x=1", "set-cookie: y=2", "c: ", "Z: last",
		"Date: Thu, 01 Jan 1970 00:00:00 GMT", "E: f", "Content-Length: 2", "Connection: close"}
	check(t, "fields", fmt.Sprintf("%q", a.lines), fmt.Sprintf("%q", want))
	check(t, "reason phrase", a.reason, "Successful")
	c.expectClosed(ReasonHandler)
}

// TestResponseHeaderMethods: what a handler can ask of the fields it has set.
func TestResponseHeaderMethods(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		editsHeader(w, r)
		h := w.Header()
		check(t, `Get("b-ONE")`, h.Get("b-ONE"), "a longer value")
		check(t, `Has("SET-COOKIE")`, h.Has("SET-COOKIE"), true)
		check(t, `Has("D")`, h.Has("D"), false)
		check(t, `Get("connection")`, h.Get("connection"), "close")
		check(t, `Has("connection")`, h.Has("connection"), true)
		check(t, `Get("content-length")`, h.Get("content-length"), "2")
		checkError(t, "Set Transfer-Encoding", h.Set("Transfer-Encoding", "gzip"), ErrServerField)
		var all []string
		for name, value := range h.All() {
			all = append(all, name+"="+value)
		}
		check(t, "All", strings.Join(all, " "), "B-One=a longer value Set-Cookie=x=1 set-cookie=y=2 c= Z=last "+
			"Date=Thu, 01 Jan 1970 00:00:00 GMT E=f Content-Length=2")
		return nil
	}})
	c.send(get("/"))
	c.expect("299 length 2 ok")
	c.expectClosed(ReasonHandler)
}

// TestColonInName: a name with a colon does not match into a value.
func TestColonInName(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		h := w.Header()
		h.Add("X", "a: b")
		check(t, "Has", h.Has("X: a"), false)
		check(t, "Get", h.Get("X: a"), "")
		check(t, "Has without a value", h.Has("X:"), false)
		h.Del("X: a")
		return nil
	}})
	c.send(getAndClose("/"))
	c.expect("200 length 0", "X: a: b")
	c.expectClosed(ReasonRequested)
}

// TestHeadSent: after the head nothing of it can be changed.
func TestHeadSent(t *testing.T) {
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		w.Flush()
		checkError(t, "Set", w.Header().Set("A", "b"), ErrHeadSent)
		checkError(t, "Add", w.Header().Add("A", "b"), ErrHeadSent)
		checkError(t, "SetStatus", w.SetStatus(200), ErrHeadSent)
		checkError(t, "WriteHead", w.WriteHead(200), ErrHeadSent)
		checkError(t, "Informational", w.Informational(103), ErrHeadSent)
		check(t, "HeadSent", w.HeadSent(), true)
		return nil
	}})
	c.send(getAndClose("/"))
	c.expect("200 chunked", "!A")
	c.expectClosed(ReasonRequested)
}

const splitting = "a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"

// TestResponseSplitting: nothing that a handler can say ends a line.
func TestResponseSplitting(t *testing.T) {
	evil := []string{splitting, "a\r\nSet-Cookie: x", "a\nb", "a\rb", "a\x00b", "\r\n", " a", "a ", "\ta", "a\x7f"}
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		refused := func(what, text string, err error) {
			if err == nil {
				t.Errorf("%q accepted as %s", text, what)
			}
		}
		for _, text := range evil {
			refused("value", text, w.Header().Set("A", text))
			refused("added value", text, w.Header().Add("A", text))
			refused("name", text, w.Header().Set(text, "a"))
			refused("length", text, w.Header().Set("Content-Length", text))
			refused("date", text, w.Header().Set("Date", text))
			refused("head", text, w.WriteHead(200, "A", text))
			refused("trailer", text, w.Trailer().Set("A", text))
			refused("interim", text, w.Informational(103, "A", text))
			refused("interim name", text, w.Informational(103, text, "a"))
			if strings.ContainsAny(text, "\r\n\x00\x7f") {
				refused("reason", text, w.SetStatus(200, text))
			}
		}
		checkError(t, "interim length", w.Informational(103, "Content-Length", "1"), ErrServerField)
		return &Problem{Status: 400, Detail: evil[0],
			Fields: []string{"A", evil[0], evil[0], "a", "Transfer-Encoding", "chunked", "odd"}}
	}})
	c.send(get("/") + get("/"))
	c.closeWrite()
	for range 2 {
		a := c.expect("400 length *")
		check(t, "fields", a.names(), "Date Content-Type Content-Length")
	}
	c.expectClosed(ReasonClientClosed)
}

// offersWebSocket names another protocol.
func offersWebSocket(w *Response, r *Request) error {
	w.SetStatus(426)
	return w.Header().Add("Upgrade", "websocket")
}

func offersNothing(w *Response, r *Request) error {
	offersWebSocket(w, r)
	w.Header().Del("Upgrade")
	return nil
}

// TestUpgradeIsOffered: a response that names other protocols says that this
// concerns the connection only. RFC 9110, Section 7.8.
func TestUpgradeIsOffered(t *testing.T) {
	for _, test := range []struct {
		name, request string
		handler       Handler
		want          string
	}{
		{"offered", get("/"), offersWebSocket, "Connection: upgrade"},
		{"taken_back", get("/"), offersNothing, "!Connection"},
		{"closing", getAndClose("/"), offersWebSocket, "Connection: close, upgrade"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: test.handler})
			c.send(test.request)
			c.expect("426 length 0", test.want)
		})
	}
}

// FuzzResponseSplitting proves that no field can end its line: whatever strings
// are given, what is sent reads as exactly the fields that were accepted.
func FuzzResponseSplitting(f *testing.F) {
	for _, name := range []string{"A", "a-b", "", "A:", "A\r\nB", "A ", "é", "x-before", "Date", "connection",
		"Content-Length",
		"Transfer-Encoding", "Upgrade", "Trailer"} {
		for _, value := range []string{"b", "", "b\r\nSet-Cookie: c", "b\n c", "b\rc", " b", "b\t", "b\x00", "é", "\xb4",
			"close", "0042"} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		var err error
		var got string
		s := &Server{Handler: func(w *Response, r *Request) error {
			h := w.Header()
			h.Set("X-Before", "1")
			err = h.Set(name, value)
			got = h.Get(name)
			return h.Add("X-After", "2")
		}}
		sent := replay(s, strings.NewReader(request("HEAD", "/")))
		answers, failed := readAnswers(sent, "HEAD")
		if failed != nil || len(answers) != 1 {
			t.Fatalf("Set(%q, %q) sends %q: %v", name, value, sent, failed)
		}
		valid := syntax.CheckField(name, value) == nil
		if err == nil && !valid {
			t.Errorf("Set(%q, %q) accepts what the grammar does not", name, value)
		}
		accepted := err == nil && !strings.EqualFold(name, "Content-Length") && !strings.EqualFold(name, "Connection")
		if accepted && got != value {
			t.Errorf("Get(%q) = %q, want %q", name, got, value)
		}
		want := []string{"X-Before: 1", "X-After: 2"}
		switch {
		case accepted && syntax.EqualFold(name, "X-Before"):
			want[0] = name + ": " + value
		case accepted:
			want = slices.Insert(want, 1, name+": "+value)
		}
		ours := slices.DeleteFunc(answers[0].lines, func(line string) bool {
			name, _, _ := strings.Cut(line, ":")
			return setByServer(name) && !slices.Contains(want, line)
		})
		if !slices.Equal(ours, want) {
			t.Errorf("Set(%q, %q) sends %q, want %q", name, value, ours, want)
		}
	})
}

// setByServer reports whether a response may have a field that the handler has
// not set.
func setByServer(name string) bool {
	return slices.ContainsFunc([]string{"Date", "Content-Length", "Connection"}, func(field string) bool {
		return strings.EqualFold(name, field)
	})
}
