package httpwire

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// kept is every string that a handler was given for one request, and a copy of
// each made at the time.
type kept struct{ given, copies []string }

func (k *kept) keep(s string) {
	k.given = append(k.given, s)
	k.copies = append(k.copies, strings.Clone(s))
}

// keepAll keeps whatever there is to keep of a request.
func keepAll(r *Request) (k kept) {
	io.Copy(io.Discard, r.Body)
	for _, s := range []string{r.Method, r.Target, r.RawPath, r.RawQuery, r.Host, r.Proto(), r.RawHead(), r.Header.Raw(),
		r.Query("q"), r.Header.Get("x-number"), r.Trailer().Get("Sum"), r.Trailer().Raw()} {
		k.keep(s)
	}
	for name, value := range r.Header.All() {
		k.keep(name)
		k.keep(value)
	}
	for _, segment := range r.Path() {
		k.keep(segment)
	}
	for _, value := range slices.Concat(r.Header.Values("X-Number"), slices.Collect(r.Header.List("Accept"))) {
		k.keep(value)
	}
	return k
}

// TestLifetimes: strings of a thousand requests, pipelined over several
// connections, are the same when all is over: safe for ever.
func TestLifetimes(t *testing.T) {
	const connections, requests = 8, 125
	var mu sync.Mutex
	var all []kept
	s := &Server{Handler: func(w *Response, r *Request) error {
		if r.Header.Has("Late") {
			r.Context() // reads ahead while the handler runs
		}
		k := keepAll(r)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, k)
		_, err := w.WriteString(r.Header.Get("X-Number"))
		return err
	}}
	var clients sync.WaitGroup
	for c := range connections {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(c)))
			server, conn := pipes(fmt.Sprint("client ", c))
			go s.ServeConn(server)
			go func() {
				var stream strings.Builder
				for i := range requests {
					stream.WriteString(numbered(random, fmt.Sprintf("%d-%d", c, i)))
				}
				for rest := stream.String(); rest != ""; {
					n := min(len(rest), 1+random.IntN(3000))
					io.WriteString(conn, rest[:n])
					rest = rest[n:]
				}
				conn.CloseWrite()
			}()
			got, _ := io.ReadAll(conn)
			answers, err := readAnswers(string(got))
			checkError(t, fmt.Sprint("answers on connection ", c), err, nil)
			check(t, fmt.Sprint("answers on connection ", c), len(answers), requests)
			for i, a := range answers {
				if want := fmt.Sprintf("%d-%d", c, i); a.body != want {
					t.Errorf("got the answer to %q, want %q", a.body, want)
				}
			}
			conn.Close()
		})
	}
	clients.Wait()
	check(t, "requests", len(all), connections*requests)
	for _, k := range all {
		if !slices.Equal(k.given, k.copies) {
			t.Fatalf("got  %q\nwant %q", k.given, k.copies)
		}
	}
}

// numbered is a request of one of several shapes that says its number everywhere.
func numbered(random *rand.Rand, number string) string {
	head := fmt.Sprintf(" /%[1]s/a%%20%[1]s?q=%[1]s HTTP/1.1\r\n"+
		"Host: %[1]s\r\nX-Number: %[1]s\r\nAccept: text/%[1]s, */*\r\n", number)
	if random.IntN(3) == 0 {
		head += "Late: yes\r\n"
	}
	if random.IntN(5) == 0 {
		head += "Cookie: " + strings.Repeat(number, random.IntN(2000)) + "\r\n"
	}
	switch random.IntN(3) {
	case 0:
		return "GET" + head + "\r\n"
	case 1:
		body := strings.Repeat(number, random.IntN(900))
		return fmt.Sprintf("PUT%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	}
	body := strings.Repeat(number, 1+random.IntN(900))
	return fmt.Sprintf("POST%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nSum: %s\r\n\r\n", head, len(body),
		body, number)
}

// old is what a handler has kept of an exchange that is over.
type old struct {
	w               *Response
	r               *Request
	header, trailer *ResponseHeader
	write, read     func([]byte) (int, error)
	set             func(name, value string) error
}

func keepExchange(w *Response, r *Request) *old {
	return &old{w, r, w.Header(), w.Trailer(), w.Write, r.Body.Read, w.Header().Set}
}

// check checks that everything fails.
func (o *old) check(t *testing.T) {
	w, r := o.w, o.r
	checkError(t, "Write", second(w.Write([]byte("stale"))), ErrDone)
	checkError(t, "WriteString", second(w.WriteString("stale")), ErrDone)
	checkError(t, "large Write", second(w.Write(make([]byte, 100_000))), ErrDone)
	checkError(t, "ReadFrom", second(w.ReadFrom(strings.NewReader("stale"))), ErrDone)
	checkError(t, "Flush", w.Flush(), ErrDone)
	checkError(t, "SetStatus", w.SetStatus(500), ErrDone)
	checkError(t, "WriteHead", w.WriteHead(500, "Stale", "yes"), ErrDone)
	checkError(t, "Informational", w.Informational(103, "Stale", "yes"), ErrDone)
	checkError(t, "Upgrade", second(w.Upgrade("x")), ErrDone)
	checkError(t, "Hijack", second(w.Hijack()), ErrDone)
	checkError(t, "Header().Set", w.Header().Set("Stale", "yes"), ErrDone)
	checkError(t, "header.Set", o.header.Set("Stale", "yes"), ErrDone)
	checkError(t, "header.Add", o.header.Add("Stale", "yes"), ErrDone)
	checkError(t, "trailer.Set", o.trailer.Set("Stale", "yes"), ErrDone)
	checkError(t, "Trailer().Set", w.Trailer().Set("Stale", "yes"), ErrDone)
	checkError(t, "Body.Read", second(r.Body.Read(make([]byte, 10))), ErrDone)
	checkError(t, "Body.WriteTo", second(r.Body.WriteTo(io.Discard)), ErrDone)
	checkError(t, "Continue", r.Continue(), ErrDone)
	checkError(t, "write", second(o.write([]byte("stale"))), ErrDone)
	checkError(t, "set", o.set("Stale", "yes"), ErrDone)
	checkError(t, "read", second(o.read(make([]byte, 10))), ErrDone)
	checkError(t, "Context", r.Context().Err(), context.Canceled)
	check(t, "Conn", r.Conn(), nil)
	check(t, "Get", o.header.Get("First"), "")
	check(t, "HeadSent", w.HeadSent(), true)
	check(t, "Status", w.Status(), 0)
}

// use does what has no result: it must not reach the next exchange.
func (o *old) use(t *testing.T) {
	o.header.Del("First")
	o.w.SetContentLength(1)
	o.w.SetWriteTimeout(time.Nanosecond)
	o.w.BeforeHead(func(*Response) { t.Error("stale hook") })
	o.w.AfterEnd(func(Exchange) { t.Error("stale hook") })
	o.r.Body.SetLimit(0)
	o.r.Body.SetTimeout(0)
	o.r.SetParam("a", "b")
}

// TestStale: what a handler keeps of an exchange fails afterwards, and never
// reaches the next answer.
func TestStale(t *testing.T) {
	var kept *old
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		if kept == nil {
			kept = keepExchange(w, r)
			w.Header().Set("First", "yes")
			_, err := w.WriteString("first")
			return err
		}
		kept.check(t)
		kept.use(t)
		check(t, "Param", r.Param("a"), "")
		return echo(w, r)
	}})
	c.send(get("/") + post("/", "second"))
	c.expect("200 length 5 first", "First: yes")
	a := c.expect("200 length 6 second")
	check(t, "fields", a.names(), "Date Content-Length")
}

const secret = "SECRET"

// tellsSecrets says a secret wherever it can, and ends as the path says; else it
// answers with what it was sent.
func tellsSecrets(w *Response, r *Request) error {
	switch r.RawPath {
	case "/fail":
		w.Header().Set("X", secret)
		w.Trailer().Set("X", secret)
		w.WriteString(secret)
		w.Flush()
		w.WriteString(secret)
		panic(secret)
	case "/hijack":
		w.Header().Set("X", secret)
		w.WriteString(secret)
		return closeTwice(w.Hijack())
	}
	io.Copy(io.Discard, r.Body)
	_, err := fmt.Fprint(w, r.RawHead(), r.Trailer().Raw())
	return err
}

// TestNothingLeaksBetweenConnections: buffers are recycled, octets are not. Each
// connection ends in another untidy way, and the next one sees nothing of it.
func TestNothingLeaksBetweenConnections(t *testing.T) {
	h := newHost(t, &Server{MaxBody: 1 << 20, Handler: tellsSecrets})
	talk := func(octets string) string {
		c := h.dial()
		c.send(octets)
		c.closeWrite()
		defer c.close()
		return c.rest()
	}
	untidy := []string{
		get("/fail"),
		get("/hijack") + secret,
		"GET /" + secret,
		post("/"+secret, secret)[:58],
		chunkedPost("/"+secret, "6\r\n"+secret+"\r\n0\r\nX: "+secret+"\r\n\r\n"),
		chunkedPost("/"+secret, "0\r\nX: "+secret+"\r\nbad"),
		post("/", strings.Repeat(secret, 20_000)) + secret + " ",
	}
	for range 20 {
		for _, octets := range untidy {
			talk(octets)
			got := talk(get("/") + chunkedPost("/", "0\r\n\r\n") + "BAD\r\n")
			if strings.Contains(got, secret) {
				t.Fatalf("after %.50q: got %q", octets, got)
			}
			check(t, "answers", strings.Count(got, "HTTP/1.1 200 OK\r\n"), 2)
		}
	}
}

// changesRequest overrides the method, as some middleware does.
func changesRequest(w *Response, r *Request) error {
	raw := r.RawHead()
	r.Method, r.Minor = "GET", 0
	if r.RawHead() != raw {
		return Fail(500, "the head was %q, now %q", raw, r.RawHead())
	}
	return writesHello(w, r)
}

// TestChangedRequest: a handler that overrides the method does not change how its
// received is framed.
func TestChangedRequest(t *testing.T) {
	c := dial(t, &Server{Handler: changesRequest})
	c.send("\r\n" + request("HEAD", "/") + get("/"))
	c.expectTo("HEAD", "200 none", "Content-Length: 5")
	c.expect("200 length 5 hello")
}

// TestNothingIsKept: what the handler got for a request can be collected while the
// connection waits for the next one.
func TestNothingIsKept(t *testing.T) {
	collected := make(chan bool, 1)
	c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
		runtime.AddCleanup(w, func(c chan bool) { c <- true }, collected)
		return nil
	}})
	c.send(request("GET", "/", "X: "+strings.Repeat("x", 20_000)))
	c.expect("200 length 0")
	for {
		runtime.GC()
		select {
		case <-collected:
			return
		default:
			runtime.Gosched()
		}
	}
}
