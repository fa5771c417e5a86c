package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/syntax"
)

func TestGreeting(t *testing.T) {
	c := dial(t, new(Health))
	c.do("GET", "/").want(t, 200, greeting).wantField(t, "Content-Type", "text/plain; charset=utf-8")
	c.do("HEAD", "/").want(t, 200, "").wantField(t, "Content-Length", strconv.Itoa(len(greeting)))
	c.do("OPTIONS", "/").want(t, 204, "").wantField(t, "Allow", "GET, HEAD, OPTIONS")
	for line := range strings.Lines(greeting) {
		if !strings.HasPrefix(line, "  ") || strings.Contains(line, "/messages") || strings.Contains(line, "/ws/") {
			continue // belongs to another package, or is no request that curl makes
		}
		method, target := strings.Fields(line)[0], strings.Fields(line)[1]
		if method == "ANY" {
			method = "GET"
		}
		if a := c.do(method, target); a.StatusCode/100 != 2 && target != "/status/404" {
			t.Errorf("the greeting names %s %s, which answers %d", method, target, a.StatusCode)
		}
	}
}

func TestHealth(t *testing.T) {
	health := new(Health)
	c := dial(t, health)
	c.do("GET", "/healthz").want(t, 200, "ok\n")
	health.Drain()
	c.do("GET", "/healthz").wantProblem(t, 503).wantField(t, "Cache-Control", "no-store")
}

// What keeps requests from being answered is named, and a check that hangs is not
// waited for.
func TestHealthChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ill error
		c := dial(t, &Health{Check: func(context.Context) error { return ill }})
		c.do("GET", "/healthz").want(t, 200, "ok\n")
		ill = errors.New("the disk is on fire")
		if a := c.do("GET", "/healthz").wantProblem(t, 503); !strings.Contains(a.body, "the disk is on fire") {
			t.Errorf("got %s, want the cause", a.body)
		}
		hangs := &Health{Check: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		start := time.Now()
		dial(t, hangs).do("GET", "/healthz").wantProblem(t, 503)
		if took := time.Since(start); took != checkTimeout {
			t.Errorf("took %v, want %v", took, checkTimeout)
		}
	})
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, new(Health))
		start := time.Now()
		c.do("GET", "/slow/60000").want(t, 200, "This took 60000 ms.\n")
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v, want a minute", took)
		}
		c.do("GET", "/slow/0").want(t, 200, "This took 0 ms.\n")
	})
}

func TestSlowEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, new(Health))
		start := time.Now()
		io.WriteString(c.conn, "GET /slow/60000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		synctest.Wait() // the handler waits
		c.conn.Close()
		<-c.served
		if took := time.Since(start); took >= time.Minute {
			t.Errorf("ended after %v", took)
		}
	})
}

func TestStream(t *testing.T) {
	c := dial(t, new(Health))
	c.do("GET", "/stream/3").want(t, 200, "chunk 1 of 3\nchunk 2 of 3\nchunk 3 of 3\n")
	c.do("GET", "/stream/0").want(t, 200, "")
	c.do("HEAD", "/stream/3").want(t, 200, "")
	c.send("GET", "GET /stream/2 HTTP/1.0\r\n\r\n").want(t, 200, "chunk 1 of 2\nchunk 2 of 2\n")
}

// Each line leaves as a chunk of its own: the second one is not even written
// before the first one has been read.
func TestStreamSendsEachChunkAtOnce(t *testing.T) {
	c := dial(t, new(Health))
	go io.WriteString(c.conn, "GET /stream/100000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
	first := make([]byte, 4096)
	n, err := c.conn.Read(first)
	if err != nil || !strings.HasSuffix(string(first[:n]), "\r\n\r\n12\r\nchunk 1 of 100000\n\r\n") {
		t.Errorf("the first read got %q, %v", first[:n], err)
	}
	c.conn.Close()
	<-c.served // ends although most of the chunks are not written
}

func TestBytes(t *testing.T) {
	c := dial(t, new(Health))
	for _, n := range []int{0, 1, 16, 1000, 16 << 10, 16<<10 + 1, len(pattern), len(pattern) + 1, 1_000_000} {
		want := strings.Repeat("0123456789abcdef", n/16+1)[:n]
		c.do("GET", fmt.Sprintf("/bytes/%d", n)).want(t, 200, want).wantField(t, "Content-Length", strconv.Itoa(n))
	}
	c.do("HEAD", "/bytes/1073741824").want(t, 200, "").wantField(t, "Content-Length", "1073741824")
}

func TestNumbersOutOfBounds(t *testing.T) {
	c := dial(t, new(Health))
	for _, target := range []string{
		"/slow/60001", "/stream/100001", "/bytes/1073741825", "/status/600", "/status/199", "/status/100", "/status/101",
		"/slow/-1", "/slow/+1", "/slow/01", "/slow/1abc", "/slow/1.5", "/slow/%201", "/slow/x", "/bytes/1e3", "/bytes/0x10",
		"/stream/99999999999999999999", "/status/2OO", "/status/-200", "/status/%D9%A2%D9%A0%D9%A0",
	} {
		t.Run(target, func(t *testing.T) { c.do("GET", target).wantProblem(t, 400) })
	}
}

func TestStatus(t *testing.T) {
	c := dial(t, new(Health))
	for code := 200; code <= 599; code++ {
		a := c.do("GET", fmt.Sprintf("/status/%d", code))
		want := syntax.StatusText(code) + "\n"
		if code == 204 || code == 205 || code == 304 {
			want = ""
		}
		a.want(t, code, want)
	}
	for target, field := range map[string]string{
		"/status/401": "WWW-Authenticate", "/status/407": "Proxy-Authenticate", "/status/302": "Location",
		"/status/416": "Content-Range", "/status/206": "Content-Range", "/status/405": "Allow", "/status/426": "Upgrade",
	} {
		if a := c.do("POST", target); len(a.Header.Values(field)) == 0 {
			t.Errorf("%s without %s", target, field)
		}
	}
}

// Requests that follow each other on one connection do not affect each other.
func TestPipelined(t *testing.T) {
	c := dial(t, new(Health))
	go io.WriteString(c.conn, "GET /bytes/3 HTTP/1.1\r\nHost: a\r\n\r\n"+post("one")+
		"GET /status/304 HTTP/1.1\r\nHost: a\r\n\r\n"+postChunked("two", "")+"GET /stream/1 HTTP/1.1\r\nHost: a\r\n\r\n")
	c.receive("GET").want(t, 200, "012")
	c.receive("POST").want(t, 200, "one")
	c.receive("GET").want(t, 304, "")
	c.receive("POST").want(t, 200, "two")
	c.receive("GET").want(t, 200, "chunk 1 of 1\n")
}
