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

// earned is how long a peer may be waited for because of octets that it has
// moved, on top of the timeout.
func earned(octets int64) time.Duration {
	return time.Duration(octets/240)*time.Second + time.Duration(octets%240)*(time.Second/240)
}

// TestBodyPace: a client that sends a body, but too slowly, is told so.
func TestBodyPace(t *testing.T) {
	const grace = 30 * time.Second
	for _, test := range []slowness{
		{name: "one_octet_in_29_s", send: request("POST", "/", "Content-Length: 9"), piece: "x", interval: 29 * time.Second,
			want: "408", reason: ReasonBodyTimeout, after: grace + earned(1)},
		{name: "100_octets_in_1_s", send: request("POST", "/", "Content-Length: 99999"), piece: strings.Repeat("x", 100),
			interval: time.Second, want: "408", reason: ReasonBodyTimeout, after: grace + earned(50*100)},
		{name: "a_chunk_of_one_octet_in_1_s", send: chunkedPost("/", ""), piece: "1\r\nx\r\n", interval: time.Second,
			want: "408", reason: ReasonBodyTimeout, after: grace + earned(30*6)},
		{name: "no_rate_was_set", server: &Server{Handler: echo, MinRate: -1, BodyTimeout: 10 * time.Second},
			send: request("POST", "/", "Connection: close", "Content-Length: 9"), piece: "x", interval: 9 * time.Second,
			want: "200", reason: ReasonRequested, after: 81 * time.Second},
		{name: "a_rate_that_was_set", server: &Server{Handler: echo, MinRate: 1, BodyTimeout: 10 * time.Second},
			send: request("POST", "/", "Content-Length: 999"), piece: "x", interval: 5 * time.Second,
			want: "408", reason: ReasonBodyTimeout, after: 12 * time.Second},
		{name: "octets_that_come_with_the_head", send: request("POST", "/", "Content-Length: 9999") + strings.Repeat("x", 2400),
			piece: "x", interval: 29 * time.Second, want: "408", reason: ReasonBodyTimeout, after: grace + earned(2400+1)},
		{name: "fast_then_stopped", send: post("/", "hello") + request("POST", "/", "Content-Length: 65536"),
			rest: strings.Repeat("x", 1<<15), want: "200 408", reason: ReasonBodyTimeout, after: 30 * time.Second},
		{name: "fast_enough", send: request("POST", "/", "Connection: close", "Content-Length: 25000"),
			piece: strings.Repeat("x", 250), interval: time.Second, want: "200", reason: ReasonRequested,
			after: 100 * time.Second},
	} {
		t.Run(test.name, test.run)
	}
}

// takeEvery takes some octets per interval until the server has ended the
// connection, and returns them.
func (c *client) takeEvery(interval time.Duration, octets int) string {
	var taken strings.Builder
	c.nc.SetReadDeadline(time.Time{})
	for {
		io.CopyN(&taken, c.nc, int64(octets))
		select {
		case <-c.served:
			return taken.String()
		case <-time.After(interval):
		}
	}
}

// writesForEver writes until the client has gone.
func writesForEver(w *Response, r *Request) error {
	for {
		if _, err := w.Write(make([]byte, 1000)); err != nil {
			return err
		}
	}
}

// flushesForEver sends one octet at a time until the client has gone.
func flushesForEver(w *Response, r *Request) error {
	for {
		w.WriteString("x")
		if err := w.Flush(); err != nil {
			return err
		}
	}
}

// TestWriteTimeout: a client that does not take the response, or takes it too
// slowly, is cut off.
func TestWriteTimeout(t *testing.T) {
	for _, test := range []struct {
		name     string
		handler  Handler
		timeout  time.Duration // Server.WriteTimeout
		octets   int           // taken once per interval
		interval time.Duration
		least    time.Duration
		most     time.Duration
	}{
		{"nothing_is_taken", writesForEver, 0, 0, time.Second, 30 * time.Second, 30 * time.Second},
		{"nothing_is_taken_for_as_long_as_was_set", writesForEver, 2 * time.Second, 0, time.Second, 2 * time.Second,
			2 * time.Second},
		{"one_octet_in_4_s", writesForEver, 0, 1, 4 * time.Second, 30 * time.Second, 30*time.Second + earned(8)},
		{"a_tenth_of_the_rate", writesForEver, 0, 24, time.Second, 33 * time.Second, 34 * time.Second},
		{"half_of_the_rate_in_small_pieces", flushesForEver, 0, 480, 4 * time.Second, 58 * time.Second, 64 * time.Second},
		// The first 30 s began with some progress.
		{"much_then_nothing", writesForEver, 0, 60 << 10, forever, 60 * time.Second, 60 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan time.Time, 1)
				c := dial(t, &Server{Handler: test.handler, WriteTimeout: test.timeout,
					OnClose: func(*Conn, CloseInfo) { ended <- time.Now() }})
				start := time.Now()
				c.send(get("/"))
				c.takeEvery(test.interval, test.octets)
				c.expectReason(ReasonWriteTimeout)
				took := (<-ended).Sub(start)
				if took < test.least {
					t.Errorf("cut off after %v, want at least %v", took, test.least)
				}
				if took > test.most {
					t.Errorf("cut off after %v, want at most %v", took, test.most)
				}
			})
		})
	}
}

// TestSlowReader: a client that takes octets slowly, but fast enough, is served
// for as long as that takes, whether the handler writes little or much at once.
func TestSlowReader(t *testing.T) {
	const total = 200 << 10
	for _, size := range []int{100, 5000, total} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
					w.SetContentLength(total)
					for rest := total; rest > 0; rest -= size {
						if _, err := w.Write(make([]byte, min(rest, size))); err != nil {
							return err
						}
					}
					return nil
				}})
				c.send(getAndClose("/"))
				answers, err := readAnswers(c.takeEvery(time.Second, 300))
				checkError(t, "answers", err, nil)
				check(t, "answers", len(answers), 1)
				c.expectReason(ReasonRequested)
			})
		})
	}
}

// TestPaceDeadline: a peer that is slower than the rate has the less time the longer
// it has been waited for. No number of octets makes the deadline wrap round.
func TestPaceDeadline(t *testing.T) {
	const timeout = 30 * time.Second
	for _, test := range []struct {
		name   string
		octets int64
		waited time.Duration
		rate   int64
		want   time.Duration
	}{
		{"at_first", 0, 0, 240, timeout},
		{"nothing_yet", 0, 20 * time.Second, 240, 10 * time.Second},
		{"half_the_rate", 2400, 20 * time.Second, 240, 20 * time.Second},
		{"the_rate", 4800, 20 * time.Second, 240, timeout},
		{"faster", 1 << 20, 20 * time.Second, 240, timeout},
		{"too_slow", 2400, time.Minute, 240, 0},
		{"no_rate", 0, time.Hour, -1, timeout},
		{"most_octets", math.MaxInt64, forever, 240, timeout},
		{"most_octets_at_1", math.MaxInt64, time.Hour, 1, timeout},
		{"waited_for_ever", 0, forever, 240, 0},
		{"a_rate_of_gigabytes", 1 << 30, 2 * time.Second, 1 << 30, 29 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			check(t, "deadline", paceDeadline(test.octets, test.waited, timeout, test.rate), test.want)
		})
	}
	check(t, "without a timeout", paceDeadline(0, 0, -1, 240), forever)
	check(t, "the longest timeout", paceDeadline(0, 0, math.MaxInt64, 240), forever)
}
