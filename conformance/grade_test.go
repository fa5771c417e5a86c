package conformance

import (
	"bufio"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
)

// answers returns a server that gives every request the same answer.
func answers(octets string) func(*net.TCPConn, *bufio.Reader) {
	return func(conn *net.TCPConn, in *bufio.Reader) {
		for head(in) {
			io.WriteString(conn, octets)
		}
	}
}

// TestBreaks shows that a verdict has the level of the requirement that the
// difference breaks, whatever else the case is about.
func TestBreaks(t *testing.T) {
	const (
		should = "@rule rfc9112-2.2-10 SHOULD\n"    // respond with 400 and close
		host   = "@rule rfc9112-3.2-06 MUST\n"      // respond with 400
		order  = "@rule rfc9112-9.3.2-02 MUST\n"    // answers in order
		reject = "@rule rfc9110-5.5-04 MUST\n"      // reject or replace
		close  = "@rule rfc9112-9.6-03 MUST\n"      // initiate closure
		date   = "@rule rfc9110-6.6.1-02 MUST\n"    // Date in 4xx
		about  = "@rule rfc9110-6.2-04 SHOULD\n"    // version of the response
		get    = "> GET / HTTP/1.1\n> Host: h\n>\n" // whatever it is
		ok     = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
		ok10   = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"
		saysIt = "HTTP/1.1 200 OK\r\nConnection: CLOSE\r\nContent-Length: 0\r\n\r\n"
		bad    = "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"
		not    = "HTTP/1.1 501 No\r\nContent-Length: 0\r\n\r\n"
		none   = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
	)
	closes := func(octets string) func(*net.TCPConn, *bufio.Reader) {
		return func(conn *net.TCPConn, in *bufio.Reader) { head(in); io.WriteString(conn, octets) }
	}
	tests := []struct {
		name   string
		server func(*net.TCPConn, *bufio.Reader)
		in     string
		want   Verdict
		broken string
	}{
		{"the MUST, where no line names one", answers(ok), should + order + get + "< HTTP/1.1 400 *\n", Fail, "rfc9112-2.2-10 rfc9112-9.3.2-02"},
		{"the SHOULD of the line", answers(ok), should + order + get + "< HTTP/1.1 400 *\n! rfc9112-2.2-10\n", Warn, "rfc9112-2.2-10"},
		{"the MUST that is left for other lines", answers(ok), should + order + get + "< HTTP/1.1 201 *\n* closed\n! rfc9112-2.2-10\n", Fail, "rfc9112-9.3.2-02"},
		{"a MUST of a line", answers(ok), order + close + get + "< HTTP/1.1 200 *\n* closed within 20ms\n! rfc9112-9.6-03\n", Fail, "rfc9112-9.6-03"},
		{"what the case presumes", answers(none), date + get + "< HTTP/1.1 400 *\n! none\n< Date: *\n", Skip, ""},
		{"presumed, and then broken", answers(bad), date + get + "< HTTP/1.1 400 *\n! none\n< Date: *\n", Fail, "rfc9110-6.6.1-02"},

		{"another refusal, no MUST names the code", answers(not), reject + get + "< HTTP/1.1 400 *\n", Warn, ""},
		{"another refusal, a SHOULD names the code", answers(not), reject + should + get + "< HTTP/1.1 400 *\n", Warn, "rfc9112-2.2-10"},
		{"another refusal, a MUST names the code", answers(not), host + get + "< HTTP/1.1 400 *\n", Fail, "rfc9112-3.2-06"},
		{"no refusal", answers(none), reject + get + "< HTTP/1.1 400 *\n", Fail, "rfc9110-5.5-04"},
		{"refused in silence, no MUST names the code", closes(""), reject + get + "< HTTP/1.1 400 *\n", Warn, ""},
		{"refused in silence, a MUST names the code", closes(""), host + get + "< HTTP/1.1 400 *\n", Fail, "rfc9112-3.2-06"},
		{"silence to a good request", closes(""), host + get + "< HTTP/1.1 200 *\n", Fail, "rfc9112-3.2-06"},

		{"closed after an answer", closes(ok), order + get + get + "< HTTP/1.1 200 *\n< HTTP/1.1 200 *\n", Warn, "rfc9112-9.3-01"},
		{"closed instead of open", closes(ok), order + get + "< HTTP/1.1 200 *\n* open\n", Warn, "rfc9112-9.3-01"},
		{"close not announced", closes(ok), close + get + "< HTTP/1.1 200 *\n< Connection: close\n* closed\n", Warn, "rfc9112-9.6-01"},
		{"close neither announced nor done", answers(ok), close + get + "< HTTP/1.1 200 *\n< Connection: close\n* closed within 20ms\n", Fail, "rfc9112-9.6-03"},
		{"no Date", answers(ok), should + get + "< HTTP/1.1 200 *\n< Date: *\n", Fail, "rfc9110-6.6.1-02"},
		{"connection options have no case", closes(saysIt), close + get + "< HTTP/1.1 200 *\n< Connection: close\n* closed\n", Pass, ""},

		{"HTTP/1.0 where it does not matter", answers(ok10), order + get + "< HTTP/1.1 200 *\n", Pass, ""},
		{"HTTP/1.0 where it does", answers(ok10), about + get + "< HTTP/1.1 200 *\n", Warn, "rfc9110-6.2-04"},
		{"the nearest alternative", answers(not), order + should + get + "< HTTP/1.1 200 *\n* or\n< HTTP/1.1 400 *\n! rfc9112-2.2-10\n", Warn, "rfc9112-2.2-10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, err := Parse("f.wire", []byte("@id x\n"+test.in))
			if err != nil {
				t.Fatal(err)
			}
			r := new(Runner).Run(t.Context(), &Server{Addr: serve(t, test.server)}, f.Cases).Results[0]
			var broken []string
			for _, rule := range r.Broken {
				broken = append(broken, rule.ID)
			}
			if r.Verdict != test.want || strings.Join(broken, " ") != test.broken {
				t.Errorf("got %s, breaks %v, %s; want %s, %s", r.Verdict, broken, r.Reason, test.want, test.broken)
			}
		})
	}
}

// TestClosesAfterEach judges a server that closes after each response: it is told so
// once, and what needs a second request is skipped.
func TestClosesAfterEach(t *testing.T) {
	const get = "> GET / HTTP/1.1\n> Host: h\n>\n"
	f, err := Parse("f.wire", []byte(
		"@id open\n@rule rfc9112-3.2-06 MUST\n"+get+"< HTTP/1.1 200 *\n* open\n\n"+
			"@id persistent\n@rule rfc9112-9.3-01 SHOULD\n"+get+"< HTTP/1.1 200 *\n* open\n\n"+
			"@id second\n@rule rfc9112-3.2-06 MUST\n"+get+get+"< HTTP/1.1 200 *\n< HTTP/1.1 200 *\n"))
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Addr: serve(t, once)}
	if err := server.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []Verdict
	for _, r := range new(Runner).Run(t.Context(), server, f.Cases).Results {
		got = append(got, r.Verdict)
	}
	if want := []Verdict{Pass, Warn, Skip}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestLate shows that a response that arrives when the time is over, with the close
// that follows it, counts as lost: the case is played once more.
func TestLate(t *testing.T) {
	s := &stream{grown: make(chan struct{})}
	p := &player{s: s}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := p.next(ctx)
	s.grow([]byte(plain), io.EOF)
	if got != nil || err != nil || !p.lost(err) || !strings.Contains(p.instead(err), "in time") {
		t.Errorf("got %v, %v, lost %t: %s", got, err, p.lost(err), p.instead(err))
	}
}
