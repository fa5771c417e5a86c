package httpwire

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const forever = 10 * time.Hour

// slowness is a client that takes its time: what it sends, the answers to it,
// and when and why the connection is closed.
type slowness struct {
	name     string
	server   *Server // nil: the defaults, with a handler that reads the body
	send     string
	rest     string // sent with another write
	piece    string // sent once per interval
	interval time.Duration
	want     string // status codes
	reason   CloseReason
	after    time.Duration
}

func (test slowness) run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := test.server
		if s == nil {
			s = &Server{}
		}
		if s.Handler == nil {
			s.Handler = discard
		}
		c := dial(t, s)
		c.patience = forever
		start := time.Now()
		c.send(test.send)
		if test.rest != "" {
			c.send(test.rest)
		}
		if test.piece != "" {
			c.sendEvery(test.interval, test.piece)
		}
		for _, status := range strings.Fields(test.want) {
			c.expect(status + " *")
		}
		c.expectClosed(test.reason)
		check(t, "closed after", time.Since(start), test.after)
	})
}

// closesAfterFive asks for the close with the fifth answer.
func closesAfterFive(w *Response, r *Request) error {
	if r.Conn().Requests() == 5 {
		return w.Header().Set("Connection", "close")
	}
	return nil
}

// readsFive reads five octets of the body, then asks for the close.
func readsFive(w *Response, r *Request) error {
	if _, err := io.ReadFull(r.Body, make([]byte, 5)); err != nil {
		return err
	}
	return w.Header().Set("Connection", "close")
}

// readsWithin2s sets a timeout of its own for the body.
func readsWithin2s(w *Response, r *Request) error {
	r.Body.SetTimeout(2 * time.Second)
	return discard(w, r)
}

// TestTimeouts: how long a client may wait, the answer to it and the reason of
// the close.
func TestTimeouts(t *testing.T) {
	incomplete := request("POST", "/", "Content-Length: 9")
	for _, test := range []slowness{
		{name: "head_from_accept", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "head_from_first_octet", send: "G", want: "408", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "head_trickled", send: "GET / HTTP/1.1\r\nX: ", piece: "x", interval: 9 * time.Second,
			want: "408", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "only_an_empty_line", send: "\r\n", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "head_set", server: &Server{HeadTimeout: time.Minute}, send: "G",
			want: "408", reason: ReasonHeadTimeout, after: time.Minute},
		{name: "second_head", send: get("/") + "G", want: "200 408", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "empty_line_after_a_request", send: post("/", "x") + "\r\n",
			want: "200", reason: ReasonHeadTimeout, after: 10 * time.Second},
		{name: "idle", send: get("/"), want: "200", reason: ReasonIdleTimeout, after: 75 * time.Second},
		{name: "idle_set", server: &Server{IdleTimeout: time.Second}, send: get("/"),
			want: "200", reason: ReasonIdleTimeout, after: time.Second},
		{name: "idle_anew_after_each_request", server: &Server{Handler: closesAfterFive}, send: get("/"), piece: get("/"),
			interval: 74 * time.Second, want: "200 200 200 200 200", reason: ReasonHandler, after: 4 * 74 * time.Second},
		{name: "body_never_sent", send: incomplete, want: "408", reason: ReasonBodyTimeout, after: 30 * time.Second},
		{name: "body_set", server: &Server{BodyTimeout: time.Second}, send: chunkedPost("/", "5\r\n"),
			want: "408", reason: ReasonBodyTimeout, after: time.Second},
		{name: "body_set_for_one_request", server: &Server{Handler: readsWithin2s}, send: chunkedPost("/", "5\r\n"),
			want: "408", reason: ReasonBodyTimeout, after: 2 * time.Second},
		{name: "body_for_ever", server: &Server{BodyTimeout: -1, Handler: readsFive}, send: chunkedPost("/", ""),
			piece: "1\r\nx\r\n", interval: time.Hour, want: "200", reason: ReasonHandler, after: 5 * time.Hour},
		{name: "unread_body_never_sent", server: &Server{Handler: hello}, send: incomplete,
			want: "200", reason: ReasonUnreadBody, after: 500 * time.Millisecond},
	} {
		t.Run(test.name, test.run)
	}
}

// TestLongestTimeouts: the longest timeouts there are never end.
func TestLongestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = math.MaxInt64
		c := dialParkable(t, &Server{Handler: echo, HeadTimeout: most, BodyTimeout: most, WriteTimeout: most,
			IdleTimeout: most, LingerTimeout: most})
		for _, test := range []struct{ request, want string }{
			{get("/"), "200 length 0"}, {get("/"), "200 length 0"}, {post("/", "hello"), "200 length 5 hello"},
		} {
			time.Sleep(1000 * time.Hour)
			c.send(test.request[:10])
			time.Sleep(1000 * time.Hour)
			c.send(test.request[10:])
			c.expect(test.want)
		}
	})
}

// TestNegativeLimits: none means none.
func TestNegativeLimits(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	fields := strings.Repeat("A: "+long[:300]+"\r\n", 200)
	body := strings.Repeat("x", 2<<20)
	c := dial(t, &Server{Handler: echo, MaxRequestLine: -1, MaxHead: -1, MaxFields: -1, MaxChunkLine: -1, MaxTrailer: -1,
		MaxBody: -1, MaxConns: -1, HeadTimeout: -1, BodyTimeout: -1, WriteTimeout: -1, IdleTimeout: -1, LingerTimeout: -1})
	c.send(get("/" + long))
	c.expect("200 length 0")
	c.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + fields + "\r\n")
	c.send("5;" + long[:10_000] + "\r\nhello\r\n0\r\nT: " + long + "\r\n\r\n")
	c.expect("200 length 5 hello")
	c.send(post("/", body))
	c.expect("200 chunked " + body)
	c.closeWrite()
	c.expectClosed(ReasonClientClosed)
}

// echoFields answers with two fields of the request in one.
func echoFields(w *Response, r *Request) error {
	return w.Header().Set("X", r.Header.Get("X")+"."+r.Header.Get("Y"))
}

// TestTCPLargeFields: fields of 10,000 octets arrive whole, both ways.
func TestTCPLargeFields(t *testing.T) {
	value := strings.Repeat("0123456789", 1000)
	c := listen(t, &Server{Handler: echoFields}).dial()
	c.send(request("GET", "/"+value, "X: "+value, "Y: "+value))
	c.expect("200 length 0", fmt.Sprintf("X: %s.%s", value, value))
}
