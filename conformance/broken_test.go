package conformance

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// catch asks TestBroken to name all cases that catch each defect, which takes
// a run of the corpus for each.
var catch = flag.Bool("catch", false, "list the cases that catch each broken server")

// TestBroken judges servers that are wrong in one way each. The case named with
// a defect must fail, or the suite would not see it.
func TestBroken(t *testing.T) {
	cases := corpusByID(t)
	results := make([]*Result, len(defects))
	var judging sync.WaitGroup
	for i, d := range defects {
		c := cases[d.caught]
		if c == nil {
			t.Errorf("the corpus has no case %s", d.caught)
			continue
		}
		judging.Go(func() { results[i] = judgeBroken(t, &d, c)[0] })
	}
	judging.Wait()
	for i, d := range defects {
		t.Run(strings.ReplaceAll(d.name, " ", "_"), func(t *testing.T) {
			// Of some defects the RFC says only what a careful server does: WARN.
			if r := results[i]; r != nil && r.Verdict != Fail && r.Verdict != Warn {
				t.Errorf("%s: %s %s", d.caught, r.Verdict, r.Reason)
			}
			if *catch {
				listCatches(t, &d, cases)
			}
		})
	}
}

// TestSound judges the same server without a defect: no case may fail.
func TestSound(t *testing.T) {
	var all []*Case
	for _, c := range corpusByID(t) {
		all = append(all, c)
	}
	sound := &defect{name: "none"}
	passed := 0
	for _, result := range judgeBroken(t, sound, all...) {
		switch result.Verdict {
		case Pass:
			passed++
		case Fail:
			t.Errorf("%s: %s", result.Case.ID, result.Reason)
		}
	}
	if passed < len(all)/2 {
		t.Errorf("only %d of %d cases passed", passed, len(all))
	}
}

// corpusByID returns the cases of the corpus by their ids.
func corpusByID(t *testing.T) map[string]*Case {
	t.Helper()
	files, _ := Corpus() // TestCorpusLints reports what is wrong with it
	cases := map[string]*Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			cases[c.ID] = c
		}
	}
	return cases
}

// judgeBroken starts a server with a defect and plays cases against it.
func judgeBroken(t *testing.T, d *defect, cases ...*Case) []*Result {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := &brokenListener{Listener: l, defect: d}
	// All the servers of a test share the descriptors of this process.
	inner := &httpwire.Server{Handler: routeBroken, MaxConns: -1}
	if d.handler != nil {
		inner.Handler = d.handler
	}
	served := make(chan error, 1)
	go func() { served <- inner.Serve(broken) }()
	defer func() {
		inner.Close()
		<-served
	}()
	server := &Server{Addr: l.Addr().String(), paths: DefaultRoles(), Lacks: []string{"messages", "static"}}
	delete(server.paths, "static")
	delete(server.paths, "messages")
	runner := &Runner{}
	if len(cases) == 1 {
		runner.Timeout = time.Second // it is about to fail
	}
	return runner.Run(t.Context(), server, cases).Results
}

// listCatches logs the cases that fail because of a defect.
func listCatches(t *testing.T, d *defect, cases map[string]*Case) {
	var all []*Case
	for _, c := range cases {
		all = append(all, c)
	}
	for _, result := range judgeBroken(t, d, all...) {
		if result.Verdict == Fail || result.Verdict == Warn && os.Getenv("WARN") != "" {
			t.Logf("%s: %s", result.Case.ID, result.Reason)
		}
	}
}

// routeBroken is the handler of all the broken servers: the roles, and nothing
// else.
func routeBroken(w *httpwire.Response, r *httpwire.Request) error {
	read := r.Method == "GET" || r.Method == "HEAD"
	switch path := r.RawPath; {
	case path == "/echo":
		w.Header().Set("Content-Type", "text/plain")
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	case path == "/upload" && r.Method == "PUT":
		r.Body.SetLimit(-1)
		_, err := io.Copy(io.Discard, r.Body)
		return errors.Join(err, w.WriteHead(201))
	case path == "/" && read || r.Form == syntax.AsteriskForm:
		return w.WriteHead(200, "Content-Type", "text/plain")
	case path == "/slow/300" && read:
		timer := time.NewTimer(300 * time.Millisecond)
		defer timer.Stop()
		<-timer.C
		_, err := w.WriteString("slow\n")
		return err
	case path == "/stream/5" && read:
		return streamBroken(w)
	}
	return refuseBroken(w, r)
}

// streamBroken sends a response of unknown length in pieces.
func streamBroken(w *httpwire.Response) error {
	for i := range 5 {
		if _, err := fmt.Fprintf(w, "chunk %d\n", i+1); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// refuseBroken answers requests that belong to no role.
func refuseBroken(w *httpwire.Response, r *httpwire.Request) error {
	known := strings.Contains(" GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH ", " "+r.Method+" ")
	paths := map[string]string{"/": "GET, HEAD", "/slow/300": "GET, HEAD", "/stream/5": "GET, HEAD", "/upload": "PUT"}
	allow, found := paths[r.RawPath]
	switch {
	case !known:
		return httpwire.Fail(501, "unknown method")
	case found && r.Method == "OPTIONS":
		return w.WriteHead(204, "Allow", allow)
	case found || r.Form == syntax.AuthorityForm:
		return &httpwire.Problem{Status: 405, Fields: []string{"Allow", allow}}
	}
	return httpwire.Fail(404, "nothing here")
}

// defect is one way in which a server can be wrong. The server itself is right;
// what it reads and writes is changed on the way.
type defect struct {
	name   string
	caught string // id of the case that catches it

	read  func(c *brokenConn, octets string) string // what the server gets of what was sent
	write func(c *brokenConn, octets string) string // what is sent of what the server answers
	close func(c *brokenConn) error                 // instead of closing the sending half

	handler httpwire.Handler // instead of routeBroken
}

// brokenListener hands out connections with a defect.
type brokenListener struct {
	net.Listener
	defect *defect
}

// Accept waits for a connection.
func (l *brokenListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &brokenConn{Conn: conn, defect: l.defect}, nil
}

// brokenConn changes the octets of one connection. What arrives is changed as
// it is read, one piece at a time, so it suits cases that send a request in one
// write.
type brokenConn struct {
	net.Conn
	defect *defect

	mu      sync.Mutex
	asked   string // all that was received, as sent
	waiting string // changed octets that the server has not yet taken
}

// Read returns octets that were received, changed.
func (c *brokenConn) Read(p []byte) (int, error) {
	for c.waiting == "" {
		buf := make([]byte, 64<<10)
		n, err := c.Conn.Read(buf)
		if n == 0 {
			return 0, err
		}
		c.mu.Lock()
		c.asked += string(buf[:n])
		c.waiting = string(buf[:n])
		if c.defect.read != nil {
			c.waiting = c.defect.read(c, c.waiting)
		}
		c.mu.Unlock()
	}
	n := copy(p, c.waiting)
	c.waiting = c.waiting[n:]
	return n, nil
}

// Write sends octets, changed.
func (c *brokenConn) Write(p []byte) (int, error) {
	octets := string(p)
	c.mu.Lock()
	if c.defect.write != nil {
		octets = c.defect.write(c, octets)
	}
	c.mu.Unlock()
	if _, err := io.WriteString(c.Conn, octets); err != nil {
		return 0, err
	}
	return len(p), nil
}

// CloseWrite closes the sending half.
func (c *brokenConn) CloseWrite() error {
	if c.defect.close != nil {
		return c.defect.close(c)
	}
	return c.Conn.(*net.TCPConn).CloseWrite()
}
