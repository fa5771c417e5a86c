package httpwire

import (
	"fmt"
	"strings"
	"testing"
)

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
