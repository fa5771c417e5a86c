package httpwire

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

const problemFields = "Content-Type: application/problem+json"

// shaped answers every refusal with the name of its rule.
func shaped(_ *Conn, e *syntax.Error, _ []byte) *Problem {
	return &Problem{Status: e.Rule.Status, Detail: "shaped", Fields: []string{"X-Rule", e.Rule.Name}}
}

// TestShapedRefusal: OnError decides what the client reads, in the refusal of a
// head and in that of a body.
func TestShapedRefusal(t *testing.T) {
	for _, test := range []struct{ octets, want, rule string }{
		{"GET / HTTP/1.1\r\n\r\n", "400 *", "X-Rule: NoHost"},
		{chunkedPost("/", "x\r\n"), "400 *", "X-Rule: BadChunkSize"},
		{post("/", strings.Repeat("x", 2<<20)), "413 *", "X-Rule: BodyTooLarge"},
	} {
		t.Run(strings.TrimPrefix(test.rule, "X-Rule: "), func(t *testing.T) {
			c := dial(t, &Server{Handler: echo, OnError: shaped})
			c.send(test.octets)
			a := c.expect(test.want, test.rule, problemFields, "Connection: close")
			checkContains(t, "content", a.body, `"detail":"shaped"`)
		})
	}
}

// TestUnsendableRefusal: what OnError says cannot frame the answer, nor end a
// line of it.
func TestUnsendableRefusal(t *testing.T) {
	c := dial(t, &Server{Handler: hello, OnError: func(*Conn, *syntax.Error, []byte) *Problem {
		return &Problem{Status: 1, Detail: splitting, Fields: []string{"A", splitting, splitting, "a", "Content-Length", "1",
			"Transfer-Encoding", "chunked", "Connection", "keep-alive", "Content-Type", "text/html", "Good", "yes", "odd"}}
	}})
	c.send("BAD\r\n")
	a := c.expect("400 length *", "Good: yes", problemFields, "Connection: close")
	check(t, "fields", len(a.lines), len([]string{"Date", "Content-Type", "Content-Length", "Good", "Connection"}))
	c.expectClosed(ReasonRefused)
}

// TestRefusedHead: a refusal in answer to HEAD has no body either, but its
// length.
func TestRefusedHead(t *testing.T) {
	c := dial(t, &Server{Handler: hello})
	c.send(get("/") + "HEAD / HTTP/1.1\r\n\r\n")
	c.expect("200 length 3 1 /")
	a := c.expectTo("HEAD", "400 none", "Content-Length: *", problemFields, "Connection: close")
	if a.get("Content-Length") == "0" {
		t.Error("the length is that of no content")
	}
	c.expectClosed(ReasonRefused)
}

// TestRefusalOffset: the offset in a refusal counts from the first octet of the
// request, however much of the body has been read.
func TestRefusalOffset(t *testing.T) {
	octets := chunkedPost("/", "5\r\nhello\r\n5\r\nhello?\r\n")
	want := int64(strings.IndexByte(octets, '?'))
	for _, handler := range []Handler{echo, hello} {
		got := int64(-1)
		c := dial(t, &Server{Handler: handler, OnError: func(_ *Conn, e *syntax.Error, _ []byte) *Problem {
			got = e.Offset
			return nil
		}})
		c.send(get("/") + octets)
		c.expect("200 *")
		c.expect("400 *")
		c.expectClosed(ReasonRefused)
		check(t, "offset", got, want)
	}
}

// answersFine answers without a look at the body.
func answersFine(w *Response, r *Request) error {
	_, err := w.WriteString("fine")
	return err
}

// answersFineAtLength declares a length, in vain.
func answersFineAtLength(w *Response, r *Request) error {
	w.SetContentLength(4)
	return answersFine(w, r)
}

// ignoresError reads the body and does not mind an error.
func ignoresError(w *Response, r *Request) error {
	io.Copy(w, r.Body)
	return nil
}

// returnsItsOwn answers an error in the body with another.
func returnsItsOwn(w *Response, r *Request) error {
	io.Copy(w, r.Body)
	return Fail(422, "not understood")
}

// readsAPart reads what comes before the error.
func readsAPart(w *Response, r *Request) error {
	r.Body.Read(make([]byte, 2))
	return nil
}

// setsFieldsAndTrailer makes a response without content, but with much else.
func setsFieldsAndTrailer(w *Response, r *Request) error {
	w.Trailer().Set("A", "b")
	w.Header().Set("ETag", `"x"`)
	return w.SetStatus(204)
}

func panics(w *Response, r *Request) error { panic("oh dear") }

// TestRefusalWins: whatever the handler makes of a broken body, the refusal is
// answered, and nothing after it.
func TestRefusalWins(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
	}{
		{"ignores_the_body", answersFine},
		{"ignores_the_error", ignoresError},
		{"returns_its_own", returnsItsOwn},
		{"reads_a_part", readsAPart},
		{"panics", panics},
		{"declares_a_length", answersFineAtLength},
		{"sets_status_and_a_trailer", setsFieldsAndTrailer},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: test.handler})
			c.send(chunkedPost("/", "5\r\nhello\r\n5\r\nhelloX\r\n0\r\n\r\n") + get("/"))
			a := c.expect("400 length *", problemFields, "Connection: close", "!ETag", "!Trailer")
			checkContains(t, "content", a.body, `"rule":"rfc9112-7.1-02"`)
			c.expectClosed(ReasonRefused)
		})
	}
}

// TestTooLargeForTheHandler: the handler sees that a body is too large, and what
// it makes of that is answered.
func TestTooLargeForTheHandler(t *testing.T) {
	read := make(chan error, 1)
	c := dial(t, &Server{MaxBody: 2, Handler: func(w *Response, r *Request) error {
		_, err := io.ReadAll(r.Body)
		read <- err
		return nil
	}})
	c.send(post("/", "hello") + get("/"))
	c.expect("200 length 0", "Connection: close")
	c.expectClosed(ReasonUnreadBody)
	checkError(t, "reading", <-read, BodyTooLarge)
}

// TestRepeatedFieldOfRefusal: OnError may add several fields with one name.
func TestRepeatedFieldOfRefusal(t *testing.T) {
	c := dial(t, &Server{OnError: func(_ *Conn, e *syntax.Error, _ []byte) *Problem {
		return &Problem{Status: 401, Fields: []string{"WWW-Authenticate", "Basic", "WWW-Authenticate", "Digest"}}
	}})
	c.send("BAD\r\n")
	got := c.expect("401 *")
	check(t, "fields", fmt.Sprint(got.fields["www-authenticate"]), "[Basic Digest]")
}
