package httpwire

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestPersistence: whether the connection is kept open, what the response says
// about it, and the reason that is given. After every request stands another
// one, which is answered only if the connection is kept open.
func TestPersistence(t *testing.T) {
	http10 := func(fields string) string { return "GET / HTTP/1.0\r\n" + fields + "\r\n" }
	for _, test := range []struct {
		name, head string
		connection string // field of the first response
		want       CloseReason
	}{
		{"9112_9.3_http11", get("/"), "!Connection", ReasonClientClosed},
		{"9112_9.3_http11_close", getAndClose("/"), "Connection: close", ReasonRequested},
		{"9112_9.3_close_wins_over_keep_alive", request("GET", "/", "Connection: close, keep-alive"),
			"Connection: close", ReasonRequested},
		{"9112_9.3_close_on_a_second_line", request("GET", "/", "Connection: x", "Connection: CLOSE"),
			"Connection: close", ReasonRequested},
		{"9112_9.3_http10", http10(""), "Connection: close", ReasonHTTP10},
		{"9112_9.3_http10_keep_alive", http10("Connection: Keep-Alive\r\n"),
			"Connection: keep-alive", ReasonClientClosed},
		{"9112_9.3_http10_keep_alive_and_close", http10("Connection: keep-alive, close\r\n"),
			"Connection: close", ReasonHTTP10},
		{"9112_2.3_http12_is_served_as_11", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "!Connection", ReasonClientClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: hello})
			c.send(test.head + get("/next"))
			c.closeWrite()
			c.expect("200 length 3 1 /", test.connection)
			if test.want == ReasonClientClosed {
				c.expect("200 length 7 2 /next", "!Connection")
			}
			c.expectClosed(test.want)
		})
	}
}

// TestPipelining: a burst is answered in order and with one write.
func TestPipelining(t *testing.T) {
	const requests = 50
	var burst strings.Builder
	var want []string
	for i := range requests {
		burst.WriteString(get(fmt.Sprint("/", i)))
		content := fmt.Sprintf("%d /%d", i+1, i)
		want = append(want, fmt.Sprint("200 length ", len(content), " ", content))
	}
	c := dial(t, &Server{Handler: hello})
	c.send(burst.String())
	c.expectAll(want...)
	c.closeWrite()
	c.expectClosed(ReasonClientClosed)
	check(t, "writes", c.server.writes(), 1)
}

// TestPipeliningFlushesBeforeWaiting: a finished answer does not wait for the
// rest of a head that has only begun to arrive.
func TestPipeliningFlushesBeforeWaiting(t *testing.T) {
	c := dial(t, &Server{Handler: hello})
	c.send(get("/1") + "GET /2 HT")
	c.expect("200 length 4 1 /1")
	c.send("TP/1.1\r\nHost: a\r\n\r\n")
	c.expect("200 length 4 2 /2")
}

// TestTCPPipelining: a burst in one segment, and octet by octet.
func TestTCPPipelining(t *testing.T) {
	h := listen(t, &Server{Handler: hello})
	burst := get("/1") + post("/2", "hello") + get("/3")
	for _, pieces := range [][]string{{burst}, strings.Split(burst, "")} {
		c := h.dial()
		for _, octets := range pieces {
			c.send(octets)
		}
		c.closeWrite()
		c.expect("200 length 4 1 /1")
		c.expect("200 length 4 2 /2")
		c.expect("200 length 4 3 /3")
		c.expectClosed(ReasonClientClosed)
	}
}

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

// TestIncomplete: a connection that ends inside a request.
func TestIncomplete(t *testing.T) {
	for _, test := range []struct {
		name, octets string
		want         []string
		reason       CloseReason
	}{
		{"9112_8_nothing", "", nil, ReasonClientClosed},
		{"9112_2.2_only_an_empty_line", "\r\n", nil, ReasonClientClosed},
		{"9112_2.2_half_an_empty_line", "\r", nil, ReasonClientClosed},
		{"9112_8_inside_a_head", "GET / HTTP/1.1\r\nHo", []string{"400 *"}, ReasonRefused},
		{"9112_8_inside_a_second_head", get("/") + "GET", []string{"200 length 0", "400 *"}, ReasonRefused},
		{"9112_8_empty_line_after_a_request", get("/") + "\r\n", []string{"200 length 0"}, ReasonClientClosed},
		{"9112_8_inside_a_body", request("POST", "/", "Content-Length: 9") + "hello", []string{"400 *"}, ReasonRefused},
		{"9112_8_inside_a_chunk", chunkedPost("/", "9\r\nhello"), []string{"400 *"}, ReasonRefused},
		{"9112_8_before_the_last_chunk", chunkedPost("/", "5\r\nhello\r\n"), []string{"400 *"}, ReasonRefused},
		{"9112_8_inside_the_trailer_section", chunkedPost("/", "0\r\nA: b\r\n"), []string{"400 *"}, ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: echo})
			c.send(test.octets)
			c.closeWrite()
			c.expectAll(test.want...)
			c.expectClosed(test.reason)
		})
	}
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
