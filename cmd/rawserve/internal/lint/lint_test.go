package lint

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/xray"
)

// lintCase is a response that breaks a rule and one that does not, else the same.
// In the texts a bar is CR LF, DATE a Date field and ¶ stands before the octet at
// which the finding is; if it is missing, that is the status code of the last
// response.
type lintCase struct {
	rule      string
	asked     string // the requests, "" if they are not known
	bad, good string
}

// Requests and responses that cases have in common.
const (
	get  = "GET / HTTP/1.1|Host: a||"
	head = "HEAD / HTTP/1.1|Host: a||"
	old  = "GET / HTTP/1.0||"
	ok   = "HTTP/1.1 200 OK|DATE|"
	none = "Content-Length: 0||"
	text = "Content-Type: text/plain|Content-Length: 2||hi"
)

// request returns a request for / with field lines.
func request(method, lines string) string { return method + " / HTTP/1.1|Host: a|" + lines + "|" }

// lintCases are all cases.
var lintCases = slices.Concat(framingCases, connectionCases, fieldCases, statusCases, rangeCases, conditionalCases,
	requestCases)

// TestRules: each rule finds what breaks it, and nothing in a correct neighbour. Of
// what is wrong nothing else is found either.
func TestRules(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range lintCases {
		tested[c.rule] = true
		t.Run(c.rule, func(t *testing.T) {
			bad, at := wire(c.bad)
			found := lint(t, bad, wireOf(c.asked), false)
			if at < 0 {
				at = strings.LastIndex(bad, "HTTP/1.") + len("HTTP/1.1 ")
			}
			if len(found) != 1 || found[0].Name != c.rule || found[0].Offset != at {
				t.Errorf("%q\ngot %+v, want %s at %d alone", bad, found, c.rule, at)
			}
			if found := lint(t, wireOf(c.good), wireOf(c.asked), false); len(found) > 0 {
				t.Errorf("%q\ngot %+v, want nothing", wireOf(c.good), found)
			}
		})
	}
	tested[earlyResponse.name] = true // by TestMarks
	for _, r := range rules {
		if !tested[r.name] {
			t.Errorf("no case breaks %s", r.name)
		}
	}
}

// wire returns the octets that a text stands for, and the offset of its mark, -1
// if it has none.
func wire(text string) (octets string, at int) {
	octets = strings.NewReplacer("|", "\r\n", "DATE", "Date: Sun, 06 Nov 1994 08:49:37 GMT").Replace(text)
	at = strings.Index(octets, "¶")
	return strings.Replace(octets, "¶", "", 1), at
}

// wireOf is wire for texts without a mark.
func wireOf(text string) string {
	octets, _ := wire(text)
	return octets
}

// lint returns the findings in responses.
func lint(t *testing.T, responses, requests string, closed bool) (found []xray.Finding) {
	t.Helper()
	c := Conversation{Responses: []byte(responses), Requests: []byte(requests), Closed: closed}
	options := xray.Options{Type: "response", Ended: true}
	for m := range xray.Each(c.Requests, xray.Options{Type: "request"}) {
		options.Methods = append(options.Methods, m.Method)
	}
	asked := xray.Each(c.Requests, xray.Options{Type: "request"})
	if requests == "" {
		asked = nil
	}
	for m := range c.Each(xray.Each(c.Responses, options), asked) {
		found = append(found, m.Findings...)
	}
	return found
}

// TestMarks: a response comes after its request has begun, where it is known what
// came before what. 408 is for a request that has not come.
func TestMarks(t *testing.T) {
	asked, one := wireOf(get), wireOf(ok+none)
	timeout := wireOf("HTTP/1.1 408 Timeout|DATE|" + text)
	for _, test := range []struct {
		name, second string
		sent         int // octets before the second response
		want         int
	}{
		{"after_its_request", one, 2 * len(asked), 0},
		{"in_its_request", one, len(asked) + 1, 0},
		{"before_its_request", one, len(asked), 1},
		{"timeout_before_its_request", timeout, len(asked), 0},
	} {
		c := Conversation{Responses: []byte(one + test.second), Requests: []byte(asked + asked),
			Marks: []Mark{{0, len(asked)}, {len(one), test.sent}}}
		found := 0
		requests := xray.Each(c.Requests, xray.Options{Type: "request"})
		for m := range c.Each(xray.Each(c.Responses, xray.Options{Type: "response"}), requests) {
			for i := range m.Findings {
				found++
				if f := &m.Findings[i]; f.Name != earlyResponse.name || f.Offset != len(one) {
					t.Errorf("%s: got %+v", test.name, f)
				}
			}
		}
		if found != test.want {
			t.Errorf("%s: %d findings, want %d", test.name, found, test.want)
		}
	}
}

// TestClosed: a server that closes says so before, unless it has answered all.
func TestClosed(t *testing.T) {
	one := wireOf(ok + none)
	for _, test := range []struct {
		name, asked, responses string
		closed                 bool
		want                   int
	}{
		{"one_of_two", get + get, one, true, 1},
		{"two_of_two", get + get, one + one, true, 0},
		{"one_of_two_and_open", get + get, one, false, 0},
		{"one_of_two_and_said", get + get, wireOf(ok + "Connection: close|" + none), true, 0},
	} {
		found := lint(t, test.responses, wireOf(test.asked), test.closed)
		if len(found) != test.want || test.want > 0 && found[0].Name != closesUnsaid.name {
			t.Errorf("%s: got %+v", test.name, found)
		}
	}
}

// TestBothDirections: requests can stand among the responses.
func TestBothDirections(t *testing.T) {
	octets := []byte(wireOf(old + "HTTP/1.1 100 Continue||" + ok + "Connection: close|" + none))
	c := Conversation{Responses: octets}
	var names []string
	for m := range c.Each(xray.Each(octets, xray.Options{}), nil) {
		for i := range m.Findings {
			names = append(names, m.Findings[i].Name)
		}
	}
	if !slices.Equal(names, []string{interimTo10.name}) {
		t.Errorf("got %q", names)
	}
}

// FuzzLint: whatever comes in, findings are within the octets and have a source.
func FuzzLint(f *testing.F) {
	for _, c := range lintCases {
		bad, _ := wire(c.bad)
		f.Add(bad, wireOf(c.asked), true)
	}
	f.Fuzz(func(t *testing.T, responses, requests string, closed bool) {
		for _, found := range lint(t, responses, requests, closed) {
			if found.Offset < 0 || found.Offset > len(responses) || found.Says == "" {
				t.Errorf("got %+v for %q, %q", found, requests, responses)
			}
		}
	})
}

func decimal(n int) string { return strconv.Itoa(n) }
