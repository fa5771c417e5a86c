package httpwire

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// echoAll answers with the target, the body and a trailer field of the request.
func echoAll(w *Response, r *Request) error {
	w.Header().Set("Target", r.Target)
	if err := echo(w, r); err != nil {
		return err
	}
	_, err := w.WriteString(r.Trailer().Get("T"))
	return err
}

// TestAnyReads: the answers do not depend on how the octets were cut.
func TestAnyReads(t *testing.T) {
	stream := get("/a") + post("/b", "hello") + chunkedPost("/c", "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n") +
		"\r\n" + request("HEAD", "/d") + get("/e") + "BAD\r\n" + get("/f")
	want := "[/a 200 length 0] [/b 200 length 5 hello] [/c 200 length 7 hello!x] [/d 200 none] [/e 200 length 0] [ 400 "
	expect := func(t *testing.T, octets io.Reader) {
		t.Helper()
		sent := replay(&Server{Handler: echoAll}, octets)
		answers, err := readAnswers(sent, "GET", "POST", "POST", "HEAD", "GET", "GET")
		if err != nil {
			t.Fatalf("%v in %.2000q", err, sent)
		}
		var got []string
		for _, a := range answers {
			got = append(got, fmt.Sprintf("[%s %v]", a.get("Target"), a))
		}
		check(t, "answers", len(got), 6)
		if got := strings.Join(got, " "); !strings.HasPrefix(got, want) {
			t.Fatalf("got  %s\nwant %s…]", got, want)
		}
	}
	for name, cut := range map[string]func(io.Reader) io.Reader{
		"octet_by_octet":             iotest.OneByteReader,
		"half":                       iotest.HalfReader,
		"error_with_the_last_octets": iotest.DataErrReader,
	} {
		t.Run(name, func(t *testing.T) { expect(t, cut(strings.NewReader(stream))) })
	}
	t.Run("cut_once", func(t *testing.T) {
		for i := range len(stream) { // at 0: whole
			expect(t, io.MultiReader(strings.NewReader(stream[:i]), strings.NewReader(stream[i:])))
		}
	})
}

// TestTCPHalfClose: a whole request is answered, a part of one is refused.
func TestTCPHalfClose(t *testing.T) {
	h := listen(t, &Server{Handler: echo})
	for _, test := range []struct {
		octets string
		want   []string
		reason CloseReason
	}{
		{"", nil, ReasonClientClosed},
		{get("/"), []string{"200 length 0"}, ReasonClientClosed},
		{get("/") + "GET / HTTP/1.1\r\n", []string{"200 length 0", "400 *"}, ReasonRefused},
		{post("/", "hello")[:50], []string{"400 *"}, ReasonRefused},
		{chunkedPost("/", "5\r\nhell"), []string{"400 *"}, ReasonRefused},
	} {
		c := h.dial()
		c.send(test.octets)
		c.closeWrite()
		c.expectAll(test.want...)
		c.expectClosed(test.reason)
	}
}

// TestTCPSlowClients: many connections, each of which has sent one octet, keep
// nobody waiting.
func TestTCPSlowClients(t *testing.T) {
	h := listen(t, &Server{Handler: hello})
	for range 50 {
		h.dial().send("G")
	}
	c := h.dial()
	c.send(get("/"))
	c.expect("200 length 3 1 /")
}

var errBroken = errors.New("connection broken")

// reasonOf serves a scripted connection and returns the reason of the close.
func reasonOf(s *Server, conn *scriptedConn) (reason CloseReason) {
	s.OnClose = func(_ *Conn, info CloseInfo) { reason = info.Reason }
	s.ServeConn(conn)
	return reason
}

// TestBrokenConnection: an error of the network ends the connection without an
// answer, wherever it comes.
func TestBrokenConnection(t *testing.T) {
	for _, test := range []struct {
		name, octets string
		answers      int
	}{
		{"at_once", "", 0},
		{"inside_a_head", "GET", 0},
		{"after_a_request", get("/"), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sent strings.Builder
			broken := io.MultiReader(strings.NewReader(test.octets), iotest.ErrReader(errBroken))
			reason := reasonOf(&Server{Handler: hello}, &scriptedConn{broken, &sent})
			check(t, "reason", reason, ReasonClientReset)
			answers, err := readAnswers(sent.String())
			checkError(t, "answers", err, nil)
			check(t, "answers", len(answers), test.answers)
		})
	}
	t.Run("writing", func(t *testing.T) {
		reason := reasonOf(&Server{Handler: hello}, &scriptedConn{strings.NewReader(get("/")), failingWriter{}})
		check(t, "reason", reason, ReasonWriteFailed)
	})
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errBroken }
