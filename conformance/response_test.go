package conformance

import (
	"cmp"
	"strings"
	"testing"
)

func TestParseResponse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name, method, in string
		content          string // if it is complete
		rest             string // what follows it
		ended            bool
		err              string // if it is refused
		more             bool   // octets are missing
	}{
		{name: "counted", in: ok + "Content-Length: 2\r\n\r\nhiHTTP", content: "hi", rest: "HTTP"},
		{name: "counted, cut off", in: ok + "Content-Length: 3\r\n\r\nhi", more: true},
		{name: "counted, ended", in: ok + "Content-Length: 3\r\n\r\nhi", ended: true, err: "ended inside a response"},
		{name: "chunked", in: ok + "Transfer-Encoding: CHUNKED\r\n\r\n2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n!", content: "hi", rest: "!"},
		{name: "chunked, cut off", in: ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n", more: true},
		{name: "chunked, bare LF", in: ok + "Transfer-Encoding: chunked\r\n\r\n2\nhi\r\n", err: "bare LF"},
		{name: "chunked, bad size", in: ok + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n", err: "not a chunk-size line"},
		{name: "chunked, size too small", in: ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n", err: "not followed by CR LF"},
		{name: "until the close", in: ok + "\r\nhi", ended: true, content: "hi"},
		{name: "until the close, open", in: ok + "\r\nhi", more: true},
		{name: "HEAD", method: "HEAD", in: ok + "Content-Length: 2\r\n\r\nHTTP", rest: "HTTP"},
		{name: "204", in: "HTTP/1.1 204 \r\n\r\nHTTP", rest: "HTTP"},
		{name: "interim", in: "HTTP/1.1 100 Continue\r\n\r\nHTTP", rest: "HTTP"},
		{name: "both lengths", in: ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", err: "both"},
		{name: "two lengths", in: ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", err: "no valid Content-Length"},
		{name: "signed length", in: ok + "Content-Length: +2\r\n\r\nhi", err: "no valid Content-Length"},
		{name: "no space after the code", in: "HTTP/1.1 200\r\n\r\n", err: "not a status line"},
		{name: "not HTTP", in: "SSH-2.0-", err: "not a status line"},
		{name: "beginning of HTTP", in: "HTT", more: true},
		{name: "bare LF", in: "HTTP/1.1 200 OK\n", err: "bare LF"},
		{name: "bare CR", in: "HTTP/1.1 200 O\rK\r\n", err: "bare CR"},
		{name: "space before colon", in: ok + "A : b\r\n\r\n", err: "not a field line"},
		{name: "control in a value", in: ok + "A: b\x00\r\n\r\n", err: "control character"},
		{name: "head without end", in: ok + strings.Repeat("A: b\r\n", 1<<16), err: "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := parseResponse([]byte(test.in), test.ended, test.method)
			switch {
			case test.err != "":
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got %+v and error %v, want %q", r, err, test.err)
				}
			case err != nil || (r == nil) != test.more:
				t.Errorf("got %+v and error %v", r, err)
			case r != nil && (r.content != test.content || test.in[r.size:] != test.rest):
				t.Errorf("got content %q and rest %q, want %q and %q", r.content, test.in[r.size:], test.content, test.rest)
			}
		})
	}
}

func TestRequestMethods(t *testing.T) {
	tests := []struct{ in, want string }{
		{"GET / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n", "GET HEAD"},
		{"\r\nPOST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHEAD HEAD / HTTP/1.1\r\n\r\n", "POST HEAD"},
		{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nHEAD \r\n0\r\nX: y\r\n\r\nHEAD / HTTP/1.1\r\n\r\n", "POST HEAD"},
		{"HEAD / HTTP/1.1\r\nHost", "HEAD"},
		{"G@T / HTTP/1.1\r\n\r\nb\x00d x\r\n\r\n", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := strings.Join(requestMethods([]byte(test.in)), " "); got != test.want {
			t.Errorf("got %q for %q, want %q", got, test.in, test.want)
		}
	}
}

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"*", "", true},
		{"a*", "abc", true},
		{"*c", "abc", true},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abcd", false},
		{"ab*ba", "aba", false},
		{`a\x2a`, "a*", true},
		{`a\x2a`, "ab", false},
	}
	for _, test := range tests {
		tmpl, err := parseTemplate(test.pattern, textColumn, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tmpl.pattern(&environment{}).matches(test.text); got != test.want {
			t.Errorf("%q matches %q: got %t", test.pattern, test.text, got)
		}
	}
}

func TestMatch(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nDate: now\r\nA: 1\r\nB: 2\r\nA: 3\r\nContent-Length: 2\r\n\r\nhi"
	tests := []struct {
		name, want string // lines after the send line
		line       int    // of the difference; 0 if there is none
	}{
		{"status", "< HTTP/1.1 200 OK", 0},
		{"any reason", "< HTTP/1.x 2xx *", 0},
		{"one of two codes", "< HTTP/1.1 100|200", 0},
		{"another code", "< HTTP/1.1 404|5xx *", 3},
		{"another reason", "< HTTP/1.1 200 Fine", 3},
		{"another version", "< HTTP/1.0 200 *", 3},
		{"name without case", "< HTTP/1.1 200 *\n< a: 1\n< DATE: *", 0},
		{"another value", "< HTTP/1.1 200 *\n< A: 2", 4},
		{"two lines", "< HTTP/1.1 200 *\n< A: 1\n< A: 3", 0},
		{"a third line", "< HTTP/1.1 200 *\n< A: 1\n< A: 3\n< A: *", 6},
		{"no other", "< HTTP/1.1 200 *\n< Date: *\n<! Date\n<! C", 0},
		{"another", "< HTTP/1.1 200 *\n< A: 1\n<! A", 5},
		{"no such value", "< HTTP/1.1 200 *\n<! A: 2", 0},
		{"such a value", "< HTTP/1.1 200 *\n<! A: 3*", 4},
		{"in order", "< HTTP/1.1 200 *\n<= A: 1\n<= B: 2", 0},
		{"not adjacent", "< HTTP/1.1 200 *\n<= B: 2\n<= Content-Length: 2", 5},
		{"another case", "< HTTP/1.1 200 *\n<= a: 1", 4},
		{"expression", "<~ HTTP/1.1 2.. .*\n<~ a: [0-9]", 0},
		{"expression for the whole", "< HTTP/1.1 200 *\n<~ Date: o", 4},
		{"expression for a line", "< HTTP/1.1 200 *\n<~ [AB]: 2", 0},
		{"content", "< HTTP/1.1 200 *\n<\n{ h\n{ i", 0},
		{"framed", "< HTTP/1.1 200 *\n<\n{| hi", 0},
		{"content matches", "< HTTP/1.1 200 *\n<\n{~ ^.i", 0},
		{"no content", "< HTTP/1.1 200 *\n<\n{", 5},
		{"capture", "< HTTP/1.1 200 *\n<~ A: (?P<n>.)\n<~ Content-Length: (?P<m>.*)\n<\n{ hi", 0},
	}
	got, err := parseResponse([]byte(head), false, "GET")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Parse("f.wire", []byte("@id x\n> GET\n"+test.want+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			m, soft := f.Cases[0].script[1].await[0].wants[0].response.match(&environment{}, got)
			if line := cmp.Or(m, soft).lineOr(0); line != test.line {
				t.Errorf("got a difference in line %d (%v), want %d", line, m, test.line)
			}
		})
	}
}

// lineOr returns the line of a mismatch, if there is one.
func (m *mismatch) lineOr(none int) int {
	if m == nil {
		return none
	}
	return m.line
}
