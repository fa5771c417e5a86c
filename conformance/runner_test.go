package conformance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve answers each connection with a function, and returns the address.
func serve(t *testing.T, answer func(conn *net.TCPConn, in *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn.(*net.TCPConn), bufio.NewReader(conn))
			}()
		}
	}()
	return l.Addr().String()
}

// head reads lines through an empty one.
func head(in *bufio.Reader) bool {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == "\r\n" {
			return true
		}
	}
}

const plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

// Ways to treat a connection.
var (
	polite = func(conn *net.TCPConn, in *bufio.Reader) {
		for head(in) {
			io.WriteString(conn, plain)
		}
	}
	once   = func(conn *net.TCPConn, in *bufio.Reader) { head(in); io.WriteString(conn, plain) }
	silent = func(conn *net.TCPConn, in *bufio.Reader) { io.Copy(io.Discard, in) }
	reset  = func(conn *net.TCPConn, in *bufio.Reader) { once(conn, in); in.Peek(1); conn.SetLinger(0) }
	unread = func(conn *net.TCPConn, in *bufio.Reader) { once(conn, in); in.Peek(1); conn.CloseWrite() }
	twice  = func(conn *net.TCPConn, in *bufio.Reader) {
		head(in)
		io.WriteString(conn, plain+plain)
		silent(conn, in)
	}
	early = func(conn *net.TCPConn, in *bufio.Reader) { io.WriteString(conn, "HTTP/1.1 408 Late\r\n\r\n") }
	lost  = func(conn *net.TCPConn, in *bufio.Reader) {
		head(in)
		io.WriteString(conn, plain)
		head(in)
		io.WriteString(conn, "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
		silent(conn, in)
	}
	lingers = func(conn *net.TCPConn, in *bufio.Reader) { once(conn, in); conn.CloseWrite(); silent(conn, in) }
	flood   = func(conn *net.TCPConn, in *bufio.Reader) {
		for {
			if _, err := io.WriteString(conn, strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	}
)

func TestRunner(t *testing.T) {
	const get = "> GET / HTTP/1.1\n> Host: ${host}\n>\n"
	const upload = "> PUT / HTTP/1.1\n> Host: ${host}\n> Content-Length: 4000000\n>\n} ${repeat 4000000 x}\n"
	const ok = "< HTTP/1.1 200 OK\n"
	tests := []struct {
		name   string
		server func(*net.TCPConn, *bufio.Reader)
		in     string
		want   Verdict
		reason string
	}{
		{"answer", polite, get + ok + "<\n{ hi\n", Pass, ""},
		{"two answers", polite, get + get + ok + ok + "* open\n", Pass, ""},
		{"another answer", polite, get + "< HTTP/1.1 404 *\n", Fail, "got HTTP/1.1 200 OK"},
		{"silence", silent, get + ok, Fail, "nothing in time"},
		{"flood", flood, get + ok, Fail, "not a status line"},
		{"closed", once, get + ok + "* closed\n", Pass, ""},
		{"not closed", polite, get + ok + "* closed within 50ms\n", Fail, "still open after 50ms"},
		{"answered twice, closed", twice, get + ok + "* closed\n", Fail, "more octets"},
		{"answered twice, open", twice, get + ok + "* open\n", Fail, "the connection open and quiet"},
		{"not open", once, get + ok + "* open\n", Warn, "closed by the server"},
		{"count lost", lost, get + ok + "* open\n", Fail, "one more request answered as usual"},
		{"quiet", polite, get + ok + "* quiet 20ms\n", Pass, ""},
		{"not quiet", twice, get + ok + "* quiet 500ms\n", Fail, "nothing more"},
		{"reset", reset, upload + ok + "* not reset\n", Fail, "reset"},
		{"reset after the close", unread, upload + ok + "* not reset\n", Fail, "reset"},
		{"not reset", lingers, upload + ok + "* not reset\n* closed\n", Pass, ""},
		{"half-closed", polite, get + "* half-close\n" + ok + "* closed\n", Pass, ""},
		{"first alternative", polite, get + ok + "* or\n* closed\n", Pass, ""},
		{"second alternative", once, get + "< HTTP/1.1 400 *\n* or\n" + ok + "* closed\n", Pass, ""},
		{"tolerated alternative", polite, get + "< HTTP/1.1 400 *\n* or warn\n" + ok, Warn, "want HTTP/1.1 400 *, got HTTP/1.1 200 OK, which is permitted, but few expect it"},
		{"no alternative", polite, get + ok + "* closed within 20ms\n* or\n< HTTP/1.1 400 *\n", Fail, "still open"},
		{"closed ends the alternative", early, "* pause 5ms\n> GET\n< HTTP/1.1 408 *\n<\n* closed\n* or\n< HTTP/1.1 200 *\n> more\n< HTTP/1.1 500 *\n", Pass, ""},
		{"split", polite, "> GET / HT\\c\n* split\n> TP/1.1\n>\n" + ok, Pass, ""},
		{"second connection", polite, get + ok + "* reset\n* on B\n" + get + ok + "* open\n", Pass, ""},
		{"no capture", polite, get + "< HTTP/1.1 400 *\n<~ A: (?P<a>.*)\n* or\n" + ok + "> ${a}\n< HTTP/1.1 200\n", Fail, "nothing captured as ${a}"},
		{"capture", polite, get + ok + "<~ Content-Length: (?P<n>.*)\n> GET /${n} HTTP/1.1\n>\n" + ok + "< Content-Length: ${n}\n", Pass, ""},
		{"lacking role", polite, "> GET ${echo} HTTP/1.1\n>\n" + ok, Skip, "no path for the role echo"},
		{"lacking field", polite, get + ok + "<~ ETag: (?P<a>.*)\n> GET /${a} HTTP/1.1\n>\n" + ok, Skip, "sends no ETag"},
		{"another field", polite, get + ok + "<~ Content-Length: (?P<a>3)\n> GET /${a} HTTP/1.1\n>\n" + ok, Fail, "got Content-Length: 2"},
		{"nothing to see", polite, get + "= method GET\n", Skip, "only the parser run"},
		{"SHOULD", polite, "@rule rfc9112-2.2-07 SHOULD\n" + get + "< HTTP/1.1 404 *\n", Warn, "got HTTP/1.1 200 OK"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := "@id x\n"
			if !strings.HasPrefix(test.in, "@rule") {
				header += "@rule rfc9112-2.2-01 MUST\n"
			}
			f, err := Parse("f.wire", []byte(header+test.in))
			if err != nil {
				t.Fatal(err)
			}
			server := &Server{Addr: serve(t, test.server), paths: map[string]string{"ok": "/"}}
			runner := &Runner{Timeout: 2 * time.Second}
			r := runner.Run(t.Context(), server, f.Cases).Results[0]
			if r.Verdict != test.want || !strings.Contains(r.Reason, test.reason) {
				t.Errorf("got %s %q, want %s %q", r.Verdict, r.Reason, test.want, test.reason)
			}
		})
	}
}

func TestStrict(t *testing.T) {
	f, err := Parse("f.wire", []byte("@id x\n@needs trailers\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n"))
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, polite)
	for strict, want := range map[bool]Verdict{false: Skip, true: Fail} {
		server := &Server{Addr: addr, Strict: strict}
		if err := server.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := new(Runner).Run(t.Context(), server, f.Cases).Results[0].Verdict; got != want {
			t.Errorf("strict %t: got %s, want %s", strict, got, want)
		}
	}
}

// TestStrictTakesTheFirst shows that a strict run accepts no other alternative.
func TestStrictTakesTheFirst(t *testing.T) {
	f, err := Parse("f.wire", []byte("@id x\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n* or\n< HTTP/1.1 200 *\n"))
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, polite)
	for strict, want := range map[bool]Verdict{false: Pass, true: Fail} {
		server := &Server{Addr: addr, Strict: strict}
		if err := server.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := new(Runner).Run(t.Context(), server, f.Cases).Results[0].Verdict; got != want {
			t.Errorf("strict %t: got %s, want %s", strict, got, want)
		}
	}
}

// TestAgain shows that a case is played once more, alone, before silence or a reset
// counts, that the second verdict counts, and that nothing else is played twice.
func TestAgain(t *testing.T) {
	const get = "> GET / HTTP/1.1\n> Host: ${host}\n>\n< HTTP/1.1 200 OK\n"
	broken := func(conn *net.TCPConn, in *bufio.Reader) { head(in); conn.SetLinger(0) }
	half := func(conn *net.TCPConn, in *bufio.Reader) {
		head(in)
		io.WriteString(conn, plain[:20])
		silent(conn, in)
	}
	refuses := func(conn *net.TCPConn, in *bufio.Reader) { head(in); io.WriteString(conn, "HTTP/1.1 400 Bad\r\n\r\n") }
	type answer = func(*net.TCPConn, *bufio.Reader)
	for _, test := range []struct {
		name          string
		first, second answer
		in            string
		want          Verdict
		times         int64
	}{
		{"silence, then an answer", silent, polite, get, Pass, 2},
		{"half an answer, then a whole one", half, polite, get, Pass, 2},
		{"a reset, then an answer", broken, polite, get, Pass, 2},
		{"an answer and a reset, then no reset", reset, lingers, get + "} x\n* not reset\n", Pass, 2},
		{"still open, then closed", polite, once, get + "* closed within 50ms\n", Pass, 2},
		{"one alternative lost, then seen", polite, once, get + "* closed within 50ms\n* or\n< HTTP/1.1 400 *\n", Pass, 2},
		{"closed instead of open", once, polite, get + "* open\n", Warn, 1},
		{"curl without an answer, then one", broken, polite, "$ curl ${url}/\n< HTTP/1.1 200\n", Pass, 2},
		{"silence twice", silent, silent, get, Fail, 2},
		{"silence, then a refusal", silent, refuses, get, Fail, 2},
		{"a refusal, then an answer", refuses, polite, get, Fail, 1},
		{"an answer", polite, polite, get, Pass, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var times atomic.Int64
			addr := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
				if times.Add(1) == 1 {
					test.first(conn, in)
				} else {
					test.second(conn, in)
				}
			})
			f, err := Parse("f.wire", []byte("@id x\n@rule rfc9112-2.2-01 MUST\n"+test.in))
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			runner := &Runner{Timeout: 300 * time.Millisecond, Progress: func(*Result) { told++ }}
			r := runner.Run(t.Context(), &Server{Addr: addr}, f.Cases).Results[0]
			if r.Verdict == Skip {
				t.Skip(r.Reason)
			}
			if r.Verdict != test.want || times.Load() != test.times || told != 1 {
				t.Errorf("got %s %s after %d times, told %d times; want %s after %d", r.Verdict, r.Reason, times.Load(), told, test.want, test.times)
			}
		})
	}
}

// TestAgainAlone judges a server that resets all connections but one at a time.
func TestAgainAlone(t *testing.T) {
	var open atomic.Int64
	addr := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
		defer open.Add(-1)
		open.Add(1)
		time.Sleep(50 * time.Millisecond) // the connection before has ended by now
		if open.Load() > 1 {
			conn.SetLinger(0)
			return
		}
		polite(conn, in)
	})
	var text strings.Builder
	for i := range 10 {
		fmt.Fprintf(&text, "@id x%d\n@rule rfc9112-2.2-01 MUST\n> GET / HTTP/1.1\n>\n< HTTP/1.1 200 OK\n", i)
	}
	f, err := Parse("f.wire", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	report := new(Runner).Run(t.Context(), &Server{Addr: addr}, f.Cases)
	if n := report.Count(Pass); n < 10 {
		t.Errorf("%d of 10 cases passed", n)
	}
}

// TestProbe asks a server that gives everything the same answer, and so has a
// front page but does not echo.
func TestProbe(t *testing.T) {
	server := &Server{Addr: serve(t, polite), Roles: map[string]string{"slow": ""}}
	if err := server.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.paths["ok"] != "/" || server.paths["echo"] != "" || server.paths["slow"] != "" {
		t.Errorf("got paths %v", server.paths)
	}
	if !strings.Contains(server.without["echo"], "does not do what echo asks for") {
		t.Errorf("got reason %q", server.without["echo"])
	}
}

func TestProbeNotHTTP(t *testing.T) {
	server := &Server{Addr: serve(t, flood)}
	if err := server.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "no HTTP response to GET /") {
		t.Errorf("got %v", err)
	}
}

// TestPatience shows how long a case that is played once more may take.
func TestPatience(t *testing.T) {
	took := func(d time.Duration) *Result { return &Result{Verdict: Pass, Duration: d, Case: &Case{}} }
	for _, test := range []struct {
		name    string
		timeout time.Duration
		results []*Result
		want    time.Duration
	}{
		{"nothing passed", 0, nil, time.Second},
		{"quick", 0, []*Result{took(30 * time.Millisecond)}, time.Second},
		{"slow", 0, []*Result{took(700 * time.Millisecond), took(time.Millisecond)}, 1400 * time.Millisecond},
		{"slower than half the time", 0, []*Result{took(2 * time.Second)}, defaultTimeout},
		{"less time than a second", 300 * time.Millisecond, nil, 300 * time.Millisecond},
		{"a failure says nothing", 0, []*Result{{Verdict: Fail, Duration: 2 * time.Second, Case: &Case{}}}, time.Second},
	} {
		if got := (&Runner{Timeout: test.timeout}).patience(&Report{Results: test.results}); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
