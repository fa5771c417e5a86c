package httpwire

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBody: what a handler reads, and what is answered where it cannot be read.
// After every request stands another one, which is answered if the connection is
// kept open.
func TestBody(t *testing.T) {
	hundred := strings.Repeat("x", 100)
	for _, test := range []struct {
		name, octets string
		want         string
		reason       CloseReason
	}{
		{"9112_6.3_none", request("POST", "/"), "200 length 0", ReasonClientClosed},
		{"9112_6.2_length", post("/", "hello"), "200 length 5 hello", ReasonClientClosed},
		{"9112_6.2_length_zero", post("/", ""), "200 length 0", ReasonClientClosed},
		{"9112_7.1_chunks", chunkedPost("/", "5\r\nhello\r\n06;a=b\r\n world\r\n0\r\n\r\n"),
			"200 length 11 hello world", ReasonClientClosed},
		{"9112_7.1_no_chunks", chunkedPost("/", "0\r\n\r\n"), "200 length 0", ReasonClientClosed},
		{"9112_7.1_last_chunk_look_alike", chunkedPost("/", "7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n"),
			"200 length 7 0\r\n\r\n0\r", ReasonClientClosed},
		{"9112_9.3_http10", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "200 length 5 hello", ReasonHTTP10},
		{"9112_7.1_refusal_wins_over_the_echo", chunkedPost("/", "5\r\nhello\r\nx\r\n"), "400 *", ReasonRefused},
		{"9112_7.1_refusal_in_the_trailer_section", chunkedPost("/", "5\r\nhello\r\n0\r\nA : b\r\n\r\n"), "400 *",
			ReasonRefused},
		{"9112_7.1.1_bare_line_feed", chunkedPost("/", "5\nhello\r\n0\r\n\r\n"), "400 *", ReasonRefused},
		{"9112_7.1_size_announced_only", chunkedPost("/", "7fffffffffffffff\r\nx"), "413 *", ReasonUnreadBody},
		{"9110_8.6_length_announced_only", request("POST", "/", "Content-Length: 1152921504606846976") + "x", "413 *",
			ReasonUnreadBody},
		{"9110_15.5.14_one_too_many", post("/", hundred+"x"), "413 *", ReasonUnreadBody},
		{"9110_15.5.14_as_many_as_allowed", post("/", hundred), "200 length 100 " + hundred, ReasonClientClosed},
		{"9110_15.5.14_chunks_one_too_many", chunkedPost("/", "64\r\n"+hundred+"\r\n1\r\nx\r\n0\r\n\r\n"), "413 *",
			ReasonUnreadBody},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: echo, MaxBody: 100})
			c.send(test.octets + get("/next"))
			c.closeWrite()
			if test.reason == ReasonClientClosed {
				c.expect(test.want, "!Connection")
				c.expect("200 length 0", "!Connection")
			} else {
				c.expect(test.want, "Connection: close")
			}
			c.expectClosed(test.reason)
		})
	}
}

// showsTrailer answers with what it sees of the trailer section before and after
// it has read the body, and of the header.
func showsTrailer(w *Response, r *Request) error {
	before := r.Trailer().Len()
	io.Copy(io.Discard, r.Body)
	name, value := r.Trailer().Field(0)
	_, err := fmt.Fprintf(w, "%d, then %d: %s: %s; X-Sum in the header: %v, Host: %s",
		before, r.Trailer().Len(), name, value, r.Header.Has("X-Sum"), r.Header.Get("Host"))
	return err
}

// TestRequestTrailer: trailer fields are kept apart from the header, and there
// only when the body has been read.
func TestRequestTrailer(t *testing.T) {
	c := dial(t, &Server{Handler: showsTrailer})
	c.send(chunkedPost("/", "1\r\nx\r\n0\r\nX-Sum: 7\r\nHost: evil\r\nContent-Length: 3\r\n\r\n"))
	a := c.expect("200 *")
	check(t, "content", a.body, `0, then 1: X-Sum: 7; X-Sum in the header: false, Host: a`)
}

// usesBodyMethods answers with what the methods of a body return.
func usesBodyMethods(w *Response, r *Request) error {
	fmt.Fprintf(w, "size %d limit %d", r.Body.Size(), r.Body.Limit())
	n, err := r.Body.Read(nil)
	fmt.Fprintf(w, ", nothing: %d %v", n, err)
	r.Body.SetLimit(-1)
	for range 2 {
		n, err := r.Body.WriteTo(io.Discard)
		fmt.Fprintf(w, ", all: %d %v", n, err)
	}
	n, err = r.Body.Read(make([]byte, 1))
	_, err = fmt.Fprintf(w, ", end: %d %v", n, err)
	return err
}

// TestBodyMethods: the small ones.
func TestBodyMethods(t *testing.T) {
	c := dial(t, &Server{MaxBody: 7, Handler: usesBodyMethods})
	for _, test := range []struct{ octets, want string }{
		{post("/", "012345678"), "size 9 limit 7, nothing: 0 <nil>, all: 9 <nil>, all: 0 <nil>, end: 0 EOF"},
		{chunkedPost("/", "a\r\n0123456789\r\n0\r\n\r\n"),
			"size -1 limit 7, nothing: 0 <nil>, all: 10 <nil>, all: 0 <nil>, end: 0 EOF"},
		{get("/"), "size 0 limit 7, nothing: 0 EOF, all: 0 <nil>, all: 0 <nil>, end: 0 EOF"},
	} {
		c.send(test.octets)
		a := c.expect("200 *")
		check(t, "content", a.body, test.want)
	}
}

// echoesPieces sends each piece of the body back as soon as it has come.
func echoesPieces(w *Response, r *Request) error {
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
}

// readsOnce answers with what one read of the body returns, and the next one.
func readsOnce(w *Response, r *Request) error {
	piece := make([]byte, 12)
	n, err := r.Body.Read(piece)
	_, next := r.Body.Read(make([]byte, 1))
	_, failed := fmt.Fprintf(w, "%q %v, then %v", piece[:n], err, next)
	return failed
}

// TestBodyReadTakesAllThatHasArrived: many small chunks are not as many reads, and
// what is wrong with a later one is told by the read after.
func TestBodyReadTakesAllThatHasArrived(t *testing.T) {
	for _, test := range []struct{ name, chunks, want string }{
		{"whole", "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", `200 length 23 "abcdefg" EOF, then EOF`},
		{"more_than_wanted", "8\r\nabcdefgh\r\n8\r\nijklmnop\r\n0\r\n\r\n", `200 length 32 "abcdefghijkl" <nil>, then <nil>`},
		{"broken_later", "3\r\nabc\r\n4\r\ndefg\r\nx\r\n", "400 *"},
		{"too_long_later", "3\r\nabc\r\n12\r\ndefghijklmnopqrstu\r\n0\r\n\r\n", "200 *"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: readsOnce, MaxBody: 20})
			c.send(chunkedPost("/", test.chunks))
			a := c.expect(test.want)
			if test.name == "too_long_later" && !strings.HasPrefix(a.body, `"abc" <nil>, then 413 at octet `) {
				t.Errorf("got %s", a.body)
			}
		})
	}
}

// TestBodyReadDoesNotWaitForMore: what has arrived is read, though the size of the next
// chunk has come with it, and its data has not.
func TestBodyReadDoesNotWaitForMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
			start, piece := time.Now(), make([]byte, 12)
			n, err := r.Body.Read(piece)
			_, failed := fmt.Fprintf(w, "%q %v after %v", piece[:n], err, time.Since(start))
			return failed
		}})
		c.send(chunkedPost("/", "5\r\nhello\r\n5\r\n"))
		check(t, "answer", c.expect("200 *").body, `"hello" <nil> after 0s`)
		c.close()
		<-c.served
	})
}

// TestFullDuplex: a response can begin before the body has ended.
func TestFullDuplex(t *testing.T) {
	c := dial(t, &Server{MaxBody: -1, Handler: echoesPieces})
	c.send(chunkedPost("/", "5\r\nhello\r\n"))
	for line := ""; line != "\r\n"; {
		line = c.expectLine()
	}
	c.expectOctets("5\r\nhello\r\n")
	c.send("6\r\n world\r\n0\r\n\r\n")
	c.expectOctets("6\r\n world\r\n0\r\n\r\n")
}
