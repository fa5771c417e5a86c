package httpwire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// TestPersistence: whether the connection is kept open, what the response says
// about it, and the reason that is given. Behind every request stands another
// one, which is answered only if the connection is kept open.
func TestPersistence(t *testing.T) {
	for _, test := range []struct {
		name, head string
		connection string // field of the first response
		want       CloseReason
	}{
		{"9112_9.3_http11", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", ReasonClientClosed},
		{"9112_9.3_http11_close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", ReasonRequested},
		{"9112_9.3_close_wins_over_keep_alive", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n", "close", ReasonRequested},
		{"9112_9.3_close_on_a_second_line", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: CLOSE\r\n\r\n", "close", ReasonRequested},
		{"9112_9.3_http10", "GET / HTTP/1.0\r\n\r\n", "close", ReasonHTTP10},
		{"9112_9.3_http10_keep_alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive", ReasonClientClosed},
		{"9112_9.3_http10_keep_alive_and_close", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "close", ReasonHTTP10},
		{"9112_2.3_http12_is_served_as_11", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "", ReasonClientClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ends closings
			answers := talkFor(t, &Server{Handler: hello, OnClose: ends.note}, test.head+get("/next"))
			want := []string{"1 /", "2 /next"}
			if test.want != ReasonClientClosed {
				want = want[:1]
			}
			var got []string
			for _, a := range answers {
				got = append(got, a.body)
			}
			if !slices.Equal(got, want) || ends.last() != test.want || answers[0].get("Connection") != test.connection {
				t.Errorf("got %q, Connection %q, reason %q; want %q, %q, %q",
					got, answers[0].get("Connection"), ends.last(), want, test.connection, test.want)
			}
		})
	}
}

// TestPipelining: a burst is answered in order and with one write.
func TestPipelining(t *testing.T) {
	const n = 50
	var burst strings.Builder
	for i := range n {
		burst.WriteString(get("/" + fmt.Sprint(i)))
	}
	c := dial(t, &Server{Handler: hello})
	c.sendAside(burst.String())
	for i := range n {
		if got, want := c.receive("GET").body, fmt.Sprintf("%d /%d", i+1, i); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	c.conn.CloseWrite()
	c.closed()
	if c.server.writes != 1 {
		t.Errorf("got %d writes for a burst of %d requests, want 1", c.server.writes, n)
	}
}

// TestPipeliningFlushesBeforeWaiting: a finished answer does not wait for the
// rest of a head that has only begun to arrive.
func TestPipeliningFlushesBeforeWaiting(t *testing.T) {
	c := dial(t, &Server{Handler: hello})
	c.send(get("/1") + "GET /2 HT")
	if got := c.receive("GET").body; got != "1 /1" {
		t.Errorf("got %q", got)
	}
	c.send("TP/1.1\r\nHost: a\r\n\r\n")
	if got := c.receive("GET").body; got != "2 /2" {
		t.Errorf("got %q", got)
	}
}

// TestAnyReads: the answers do not depend on how the octets were cut.
func TestAnyReads(t *testing.T) {
	stream := get("/a") + post("/b", "hello") + chunkedPost("/c", "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n") +
		"\r\nHEAD /d HTTP/1.1\r\nHost: a\r\n\r\n" + get("/e") + "BAD\r\n" + get("/f")
	handler := func(w *Response, r *Request) error {
		w.Header().Set("Target", r.Target)
		io.Copy(w, r.Body)
		_, err := w.WriteString(r.Trailer().Get("T"))
		return err
	}
	methods := []string{"GET", "POST", "POST", "HEAD", "GET", "GET"}
	want := "[200 length 0  200 length 5 hello 200 length 7 hello!x 200 none  200 length 0  400"
	cut := map[string]func(io.Reader) io.Reader{
		"whole":                      func(r io.Reader) io.Reader { return r },
		"octet_by_octet":             iotest.OneByteReader,
		"half":                       iotest.HalfReader,
		"error_with_the_last_octets": iotest.DataErrReader,
	}
	for name, reader := range cut {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			(&Server{Handler: handler}).ServeConn(&scriptedConn{r: reader(strings.NewReader(stream)), w: &got})
			answers, err := readAnswers(got.String(), methods...)
			if shown := fmt.Sprint(answers); err != nil || !strings.HasPrefix(shown, want) || len(answers) != 6 {
				t.Errorf("got %v, %v; want %s …]", shown, err, want)
			}
		})
	}
	for i := range len(stream) {
		var got bytes.Buffer
		r := io.MultiReader(strings.NewReader(stream[:i]), strings.NewReader(stream[i:]))
		(&Server{Handler: handler}).ServeConn(&scriptedConn{r: r, w: &got})
		answers, err := readAnswers(got.String(), methods...)
		if shown := fmt.Sprint(answers); err != nil || !strings.HasPrefix(shown, want) || len(answers) != 6 {
			t.Fatalf("cut at %d: got %v, %v", i, shown, err)
		}
	}
}

// TestIncomplete: a connection that ends inside a request.
func TestIncomplete(t *testing.T) {
	for _, test := range []struct {
		name, octets string
		want         []int
		reason       CloseReason
	}{
		{"9112_8_nothing", "", nil, ReasonClientClosed},
		{"9112_2.2_only_an_empty_line", "\r\n", nil, ReasonClientClosed},
		{"9112_2.2_half_an_empty_line", "\r", nil, ReasonClientClosed},
		{"9112_8_inside_a_head", "GET / HTTP/1.1\r\nHo", []int{400}, ReasonRefused},
		{"9112_8_inside_a_second_head", get("/") + "GET", []int{200, 400}, ReasonRefused},
		{"9112_8_empty_line_behind_a_request", get("/") + "\r\n", []int{200}, ReasonClientClosed},
		{"9112_8_inside_a_body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello", []int{400}, ReasonRefused},
		{"9112_8_inside_a_chunk", chunkedPost("/", "9\r\nhello"), []int{400}, ReasonRefused},
		{"9112_8_before_the_last_chunk", chunkedPost("/", "5\r\nhello\r\n"), []int{400}, ReasonRefused},
		{"9112_8_inside_the_trailer_section", chunkedPost("/", "0\r\nA: b\r\n"), []int{400}, ReasonRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ends closings
			answers := talkFor(t, &Server{Handler: echo, OnClose: ends.note}, test.octets)
			if got := statuses(answers); !slices.Equal(got, test.want) || ends.last() != test.reason {
				t.Errorf("got %v, %q; want %v, %q", got, ends.last(), test.want, test.reason)
			}
		})
	}
}

var errBroken = errors.New("connection broken")

// TestBrokenConnection: an error of the network ends the connection without an
// answer, wherever it comes.
func TestBrokenConnection(t *testing.T) {
	for _, octets := range []string{"", "GET", get("/")} {
		var ends closings
		var got bytes.Buffer
		s := &Server{Handler: hello, OnClose: ends.note}
		s.ServeConn(&scriptedConn{r: io.MultiReader(strings.NewReader(octets), iotest.ErrReader(errBroken)), w: &got})
		if ends.last() != ReasonClientReset {
			t.Errorf("behind %q: got reason %q", octets, ends.last())
		}
		if answers, err := readAnswers(got.String()); err != nil || len(answers) != strings.Count(octets, "\r\n\r\n") {
			t.Errorf("behind %q: got %v, %v", octets, answers, err)
		}
	}
	t.Run("writing", func(t *testing.T) {
		var ends closings
		s := &Server{Handler: hello, OnClose: ends.note}
		s.ServeConn(&scriptedConn{r: strings.NewReader(get("/")), w: failingWriter{}})
		if ends.last() != ReasonWriteFailed {
			t.Errorf("got reason %q", ends.last())
		}
	})
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestWatcherBehindAFullBuffer: what the watcher reads behind a body whose last
// read filled the buffer to the last octet is the next request, still.
func TestWatcherBehindAFullBuffer(t *testing.T) {
	var got bytes.Buffer
	s := &Server{Handler: func(w *Response, r *Request) error {
		io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r.Body}, make([]byte, 1000))
		<-r.Context().Done() // the watcher has read to the end
		return hello(w, r)
	}}
	request := post("/1", strings.Repeat("x", inputBuffer))
	head, body := request[:len(request)-inputBuffer], request[len(request)-inputBuffer:]
	s.ServeConn(&scriptedConn{r: io.MultiReader(strings.NewReader(head), strings.NewReader(body), strings.NewReader(get("/2"))), w: &got})
	answers, err := readAnswers(got.String())
	if shown := fmt.Sprint(answers); err != nil || shown != "[200 length 4 1 /1 200 length 4 2 /2]" {
		t.Errorf("got %v, %v", shown, err)
	}
}
