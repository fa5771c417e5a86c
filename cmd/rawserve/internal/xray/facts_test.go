package xray

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// factChecks holds a check for each of HiddenFacts, which asks the real stacks.
var factChecks = map[string]func(t *testing.T, f *stacks){
	"H1": func(t *testing.T, f *stacks) {
		f.same(t, f.slowly(simple), f.dumps(simple))
	},
	"H2": func(t *testing.T, f *stacks) {
		f.same(t, f.dumps("GET / HTTP/1.1\r\nHost: a\r\nX-A:1 \t\r\nX-B:  2\r\n\r\n"),
			f.dumps("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\n\r\n"))
		ordered, reversed := f.goDump(t, "GET / HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nX-B: 2\r\n\r\n"), f.goDump(t,
			"GET / HTTP/1.1\r\nHost: a\r\nX-B: 2\r\nX-A: 1\r\n\r\n")
		if !reflect.DeepEqual(ordered, reversed) {
			t.Errorf("net/http tells order or case: %+v, %+v", ordered, reversed)
		}
	},
	"H3": func(t *testing.T, f *stacks) {
		d := f.goDump(t, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n"+
			"Connection: TE\r\n\r\n0\r\n\r\n")
		for _, name := range []string{"Host", "Transfer-Encoding", "Trailer"} {
			if hasName(d.Fields, name) {
				t.Errorf("r.Header has %s", name)
			}
		}
	},
	"H4": func(t *testing.T, f *stacks) {
		none, zero := f.goDump(t, "POST / HTTP/1.1\r\nHost: a\r\n\r\n"), f.goDump(t,
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
		if none.Length != zero.Length || none.Length != 0 {
			t.Errorf("r.ContentLength is %d and %d", none.Length, zero.Length)
		}
	},
	"H5": func(t *testing.T, f *stacks) {
		const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		f.same(t, f.dumps(head+"5;a=b\r\nhello\r\n0\r\n\r\n"), f.dumps(head+"2\r\nhe\r\n003\r\nllo\r\n00\r\n\r\n"))
	},
	"H6":  checkContinue,
	"H7":  checkResponseFraming,
	"H8":  checkAddedFields,
	"H9":  func(t *testing.T, f *stacks) { f.same(t, f.second(simple+simple), f.dumps(simple)) },
	"H10": checkUnread,
	"H11": checkTwoSteps,
	"H12": checkHeadTimeout,
	"H13": checkContext,
	"H14": func(t *testing.T, f *stacks) {
		f.same(t, f.dumps(simple+"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"), f.dumps(simple))
	},
	"H15": func(t *testing.T, f *stacks) {
		for _, address := range []string{f.goAddress, f.nodeAddress} {
			a := askPeer(t, address, []byte("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), time.Second)
			if statusOf(a, "GET") != 400 || !a.closed || bytes.Contains(a.octets, []byte("Coding")) {
				t.Errorf("%q", a.octets)
			}
		}
	},
	"H16": checkHead,
	"H17": checkStates,
	"H18": func(t *testing.T, f *stacks) { checkNoDelay(t) },
	"H19": checkWrites,
	"H20": checkFailures,
}

// simple is a request about which there is nothing special.
const simple = "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n"

// TestHiddenFacts checks what is said about the other stacks.
func TestHiddenFacts(t *testing.T) {
	t.Parallel()
	f := &stacks{t, goServer(t, goDump), nodeServer(t, nodeDump)}
	for _, fact := range HiddenFacts {
		check := factChecks[fact.ID]
		if check == nil {
			t.Errorf("nothing checks %s: %s", fact.ID, fact.Fact)
			continue
		}
		t.Run(fact.ID, func(t *testing.T) {
			t.Parallel()
			check(t, f)
		})
	}
}

// stacks are the two servers, both with handlers that tell all they see.
type stacks struct {
	t                      *testing.T
	goAddress, nodeAddress string
}

func (f *stacks) goDump(t *testing.T, request string) *dump {
	t.Helper()
	d := seenBy(t, f.goAddress, []byte(request))
	slices.SortFunc(d.Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return d
}

// dumps returns what the handlers of both see of the first request.
func (f *stacks) dumps(requests string) [2]dump {
	return [2]dump{*f.goDump(f.t, requests), *seenBy(f.t, f.nodeAddress, []byte(requests))}
}

// second returns what the handlers of both see of the second request.
func (f *stacks) second(requests string) (both [2]dump) {
	for i, address := range []string{f.goAddress, f.nodeAddress} {
		a := askPeer(f.t, address, []byte(requests), 500*time.Millisecond)
		_, rest, _ := bytes.Cut(a.octets, []byte(`"Coding":`))
		both[i] = *parseDump(f.t, rest)
	}
	return both
}

// slowly sends a request octet by octet.
func (f *stacks) slowly(request string) (both [2]dump) {
	for i, address := range []string{f.goAddress, f.nodeAddress} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			f.t.Fatal(err)
		}
		defer conn.Close()
		for j := range len(request) {
			conn.Write([]byte(request[j : j+1]))
		}
		answer := make([]byte, 4<<10)
		n, _ := conn.Read(answer)
		both[i] = *parseDump(f.t, answer[:n])
	}
	return both
}

// same fails unless the handlers see the same.
func (f *stacks) same(t *testing.T, got, want [2]dump) {
	t.Helper()
	for i := range got {
		slices.SortFunc(got[i].Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		slices.SortFunc(want[i].Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("stack %d tells them apart: %+v, %+v", i, got[i], want[i])
		}
	}
}

// statusOf returns the status code of the final answer to a method, 0 if there
// is none.
func statusOf(a peerAnswer, method string) int {
	m := finalOf(a, method)
	if m == nil {
		return 0
	}
	return m.Status
}

// finalOf returns the final answer to a method, nil if there is none.
func finalOf(a peerAnswer, method string) *Message {
	messages := Dissect(a.octets, Options{Type: "response", Methods: []string{method}, Ended: a.closed})
	for i := range messages {
		if messages[i].Status >= 200 {
			return &messages[i]
		}
	}
	return nil
}

// fieldOf returns the value of the first field of a message with a name.
func fieldOf(m *Message, name string) (value string, found bool) {
	if m == nil {
		return "", false
	}
	b := &build{m: m}
	return b.valueOf(strings.ToLower(name)), len(b.fieldSpans(strings.ToLower(name))) > 0
}

// nodeHandler starts Node with the body of a handler of q and s.
func nodeHandler(t *testing.T, body string) string {
	return nodeServer(t, `const server=require("http").createServer((q,s)=>{`+body+`})`)
}

const quiet = 400 * time.Millisecond

func checkContinue(t *testing.T, f *stacks) {
	const request = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n" +
		"\r\n"
	without := goServer(t, func(w http.ResponseWriter, r *http.Request) {})
	with := goServer(t, func(w http.ResponseWriter, r *http.Request) { r.Body.Read(make([]byte, 1)) })
	node := nodeHandler(t, `s.end()`)
	for address, want := range map[string]bool{without: false, with: true, node: true} {
		a := askPeer(t, address, []byte(request), quiet)
		if got := bytes.HasPrefix(a.octets, []byte("HTTP/1.1 100")); got != want {
			t.Errorf("%s: 100 was sent: %t; %q", address, got, a.octets)
		}
	}
}

func checkResponseFraming(t *testing.T, f *stacks) {
	text := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat("a", n)) }
	}
	for _, test := range []struct {
		address, want string
	}{
		{goServer(t, text(2048)), "length 2048"},
		{goServer(t, text(2049)), "chunked"},
		{nodeHandler(t, `s.end("a".repeat(4000))`), "length 4000"},
		{nodeHandler(t, `s.write("a");s.end()`), "chunked"},
	} {
		m := finalOf(askPeer(t, test.address, []byte(simple), quiet), "GET")
		if m == nil || m.Framing == nil || m.Framing.Value != test.want {
			t.Errorf("got %+v, want %s", m, test.want)
		}
	}
}

func checkAddedFields(t *testing.T, f *stacks) {
	address := goServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") })
	m := finalOf(askPeer(t, address, []byte(simple), quiet), "GET")
	if value, _ := fieldOf(m, "Content-Type"); value != "text/html; charset=utf-8" {
		t.Errorf("net/http adds Content-Type: %s", value)
	}
	node := finalOf(askPeer(t, nodeHandler(t, `s.end("<html>")`), []byte(simple), quiet), "GET")
	for _, name := range []string{"Connection", "Keep-Alive"} {
		if _, found := fieldOf(node, name); !found {
			t.Errorf("Node adds no %s", name)
		}
	}
	for _, m := range []*Message{m, node} {
		if _, found := fieldOf(m, "Date"); !found {
			t.Error("no Date is added")
		}
	}
}

func checkUnread(t *testing.T, f *stacks) {
	address := goServer(t, func(w http.ResponseWriter, r *http.Request) {})
	node := nodeHandler(t, `s.end()`)
	for _, test := range []struct {
		address string
		size    int
		closed  bool
	}{{address, 200 << 10, false}, {address, 600 << 10, true}, {node, 600 << 10, false}} {
		request := fmt.Sprintf("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", test.size,
			strings.Repeat("a", test.size))
		a := askPeer(t, test.address, []byte(request), quiet)
		if a.closed != test.closed {
			t.Errorf("%d octets unread: closed %t, want %t", test.size, a.closed, test.closed)
		}
	}
}

func checkTwoSteps(t *testing.T, f *stacks) {
	conn, err := net.Dial("tcp", goServer(t, func(w http.ResponseWriter, r *http.Request) {}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"+strings.Repeat("a",
		400<<10))
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err) // a reset, which can destroy the answer
	}
	// The server has closed its half. What still comes it answers with a reset
	// when it has waited, and not before.
	start := time.Now()
	conn.SetDeadline(start.Add(10 * time.Second))
	for {
		if _, err := conn.Write(make([]byte, 64<<10)); err != nil {
			break
		}
	}
	if waited := time.Since(start); waited < 300*time.Millisecond || waited > 5*time.Second {
		t.Errorf("the other half was closed after %v", waited)
	}
}

func checkHeadTimeout(t *testing.T, f *stacks) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(goDump))
	s.Config.ReadHeaderTimeout = 50 * time.Millisecond
	s.Start()
	defer s.Close()
	a := askPeer(t, s.Listener.Addr().String(), []byte("GET / HTT"), time.Second)
	if statusOf(a, "GET") != 400 || !a.closed {
		t.Errorf("net/http: closed %t, %q", a.closed, a.octets)
	}
	node := nodeServer(t, `const server=require("http").createServer({headersTimeout:50,requestTimeout:50,connectionsCheckingInterval:20},(q,s)=>s.end())`)
	a = askPeer(t, node, []byte("GET / HTT"), time.Second)
	if statusOf(a, "GET") != 408 || !a.closed {
		t.Errorf("Node: closed %t, %q", a.closed, a.octets)
	}
}

func checkContext(t *testing.T, f *stacks) {
	told := make(chan struct{})
	address := goServer(t, func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(told)
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, simple)
	conn.Close()
	select {
	case <-told:
	case <-time.After(5 * time.Second):
		t.Error("the handler does not learn that the client has gone")
	}
}

func checkHead(t *testing.T, f *stacks) {
	var written atomic.Int64
	address := goServer(t, func(w http.ResponseWriter, r *http.Request) {
		n, err := io.WriteString(w, "hello")
		if err == nil {
			written.Store(int64(n))
		}
	})
	for _, address := range []string{address, nodeHandler(t, `s.end("hello")`)} {
		a := askPeer(t, address, []byte("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), quiet)
		if statusOf(a, "HEAD") != 200 || bytes.Contains(a.octets, []byte("hello")) {
			t.Errorf("%q", a.octets)
		}
	}
	if written.Load() != 5 {
		t.Errorf("the handler was told that %d octets were written", written.Load())
	}
}

func checkStates(t *testing.T, f *stacks) {
	var mutex sync.Mutex
	var states []string
	closed := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(goDump))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mutex.Lock()
		defer mutex.Unlock()
		states = append(states, state.String())
		if state == http.StateClosed {
			close(closed)
		}
	}
	s.Start()
	defer s.Close()
	askPeer(t, s.Listener.Addr().String(), []byte(simple), quiet)
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
	}
	mutex.Lock()
	defer mutex.Unlock()
	if got := strings.Join(states, " "); got != "new active idle closed" {
		t.Errorf("states are %s", got)
	}
}

// countingListener counts the writes on its connections.
type countingListener struct {
	net.Listener
	writes *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return countingConn{conn, l.writes}, err
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

func checkWrites(t *testing.T, f *stacks) {
	var writes atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			io.WriteString(w, "hello")
		}
	}))
	s.Listener = countingListener{s.Listener, &writes}
	s.Start()
	defer s.Close()
	a := askPeer(t, s.Listener.Addr().String(), []byte(simple), quiet)
	if writes.Load() != 1 || statusOf(a, "GET") != 200 {
		t.Errorf("%d writes for %q", writes.Load(), a.octets)
	}
}

func checkFailures(t *testing.T, f *stacks) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	defer s.Close()
	if a := askPeer(t, s.Listener.Addr().String(), []byte(simple), time.Second); len(a.octets) > 0 || !a.closed {
		t.Errorf("net/http: closed %t, %q", a.closed, a.octets)
	}
	if a := askPeer(t, nodeHandler(t, ``), []byte(simple), quiet); len(a.octets) > 0 || a.closed {
		t.Errorf("Node: closed %t, %q", a.closed, a.octets)
	}
}
