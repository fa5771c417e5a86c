package httpwire

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
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
// connections, are the same when all is over. STYLE: safe for ever.
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
			server, conn := pipes()
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
			if err != nil || len(answers) != requests {
				t.Errorf("connection %d: %d answers, %v", c, len(answers), err)
			}
			for i, a := range answers {
				if want := fmt.Sprintf("%d-%d", c, i); a.body != want {
					t.Errorf("got the answer to %q, want %q", a.body, want)
				}
			}
			conn.Close()
		})
	}
	clients.Wait()
	if len(all) != connections*requests {
		t.Errorf("got %d requests", len(all))
	}
	for _, k := range all {
		if !slices.Equal(k.given, k.copies) {
			t.Fatalf("got  %q\nwant %q", k.given, k.copies)
		}
	}
}

// numbered is a request of one of several shapes that says its number everywhere.
func numbered(random *rand.Rand, number string) string {
	head := fmt.Sprintf(" /%[1]s/a%%20%[1]s?q=%[1]s HTTP/1.1\r\nHost: %[1]s\r\nX-Number: %[1]s\r\nAccept: text/%[1]s, */*\r\n", number)
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
	return fmt.Sprintf("POST%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nSum: %s\r\n\r\n", head, len(body), body, number)
}

// TestStale: what a handler keeps of an exchange fails afterwards, and never
// reaches the next answer.
func TestStale(t *testing.T) {
	var w *Response
	var r *Request
	var header, trailer *ResponseHeader
	var write func([]byte) (int, error)
	var set func(name, value string) error
	var read func([]byte) (int, error)
	s := &Server{}
	s.Handler = func(w2 *Response, r2 *Request) error {
		if w == nil {
			w, r, header, trailer = w2, r2, w2.Header(), w2.Trailer()
			write, set, read = w.Write, header.Set, r.Body.Read
			header.Set("First", "yes")
			_, err := w.WriteString("first")
			return err
		}
		for name, err := range map[string]error{
			"Write":         second(w.Write([]byte("stale"))),
			"WriteString":   second(w.WriteString("stale")),
			"large Write":   second(w.Write(make([]byte, 100_000))),
			"ReadFrom":      third(nil, func() error { _, err := w.ReadFrom(strings.NewReader("stale")); return err }()),
			"Flush":         w.Flush(),
			"SetStatus":     w.SetStatus(500),
			"WriteHead":     w.WriteHead(500, "Stale", "yes"),
			"Informational": w.Informational(103, "Stale", "yes"),
			"Upgrade":       third(w.Upgrade("x")),
			"Hijack":        third(w.Hijack()),
			"Header().Set":  w.Header().Set("Stale", "yes"),
			"header.Set":    header.Set("Stale", "yes"),
			"header.Add":    header.Add("Stale", "yes"),
			"trailer.Set":   trailer.Set("Stale", "yes"),
			"Trailer().Set": w.Trailer().Set("Stale", "yes"),
			"Body.Read":     second(r.Body.Read(make([]byte, 10))),
			"Body.WriteTo":  func() error { _, err := r.Body.WriteTo(io.Discard); return err }(),
			"Continue":      r.Continue(),
			"write":         second(write([]byte("stale"))),
			"set":           set("Stale", "yes"),
			"read":          second(read(make([]byte, 10))),
		} {
			if !errors.Is(err, ErrDone) {
				t.Errorf("%s: got %v, want ErrDone", name, err)
			}
		}
		header.Del("First")
		w.SetContentLength(1)
		w.SetWriteTimeout(time.Nanosecond)
		w.BeforeHead(func(*Response) { t.Error("stale hook") })
		w.AfterEnd(func(Exchange) { t.Error("stale hook") })
		r.Body.SetLimit(0)
		r.Body.SetTimeout(0)
		r.SetParam("a", "b")
		if r.Context().Err() == nil || r.Conn() != nil || header.Get("First") != "" || !w.HeadSent() || w.Status() != 0 {
			t.Error("the exchange is not over")
		}
		return echo(w2, r2)
	}
	answers := talkFor(t, s, get("/")+post("/", "second"))
	if got, want := fmt.Sprint(answers), "[200 length 5 first 200 length 6 second]"; got != want || len(answers[1].names) != 2 {
		t.Errorf("got %s %v, want %s", got, answers[1].names, want)
	}
}

// TestNothingLeaksBetweenConnections: buffers are recycled, octets are not. Each
// connection ends in another untidy way, and the next one sees nothing of it.
func TestNothingLeaksBetweenConnections(t *testing.T) {
	const secret = "SECRET"
	s := &Server{MaxBody: 1 << 20, Handler: func(w *Response, r *Request) error {
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
			nc, err := w.Hijack()
			if err == nil {
				nc.Close()
			}
			return err
		}
		io.Copy(io.Discard, r.Body)
		_, err := fmt.Fprint(w, r.RawHead(), r.Trailer().Raw())
		return err
	}}
	for range 20 {
		for _, octets := range []string{
			get("/fail"), get("/hijack") + secret, "GET /" + secret, post("/"+secret, secret)[:58], chunkedPost("/"+secret, "6\r\n"+secret+"\r\n0\r\nX: "+secret+"\r\n\r\n"),
			chunkedPost("/"+secret, "0\r\nX: "+secret+"\r\nbad"), post("/", strings.Repeat(secret, 20_000)) + secret + " ",
		} {
			talk(t, s, octets)
			if got := talk(t, s, get("/")+chunkedPost("/", "0\r\n\r\n")+"BAD\r\n"); strings.Contains(got, secret) {
				t.Fatalf("behind %.50q: got %q", octets, got)
			}
		}
	}
}

// TestChangedRequest: a handler that overrides the method, as some middleware
// does, does not change how its answer is framed.
func TestChangedRequest(t *testing.T) {
	s := &Server{Handler: func(w *Response, r *Request) error {
		raw := r.RawHead()
		r.Method, r.Minor = "GET", 0
		if r.RawHead() != raw {
			t.Errorf("the head was %q, now %q", raw, r.RawHead())
		}
		_, err := w.WriteString("hello")
		return err
	}}
	answers := talkFor(t, s, "\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n"+get("/"), "HEAD", "GET")
	if got, want := fmt.Sprint(answers), "[200 none  200 length 5 hello]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
