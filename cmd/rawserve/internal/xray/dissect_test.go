package xray

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rawserve/conformance"
	"rawserve/httpwire/syntax"
)

// untraced is what the parser says about a stream without any hook.
type untraced struct {
	used   []int // octets of each accepted request
	broken *syntax.Error
	at     int  // where the request that is not accepted begins
	closes bool // after the last request that is accepted
}

// parseUntraced reads a stream of requests as the connection loop does.
func parseUntraced(octets []byte) (u untraced) {
	for u.at < len(octets) && !u.closes {
		n, persistent, err := oneUntraced(octets[u.at:])
		if err != nil {
			u.broken = err
			return u
		}
		if n == 0 {
			return u
		}
		u.used = append(u.used, n)
		u.closes = !persistent
		u.at += n
	}
	return u
}

// oneUntraced returns the length of the request at the beginning of octets, 0 if
// it is not whole, and whether another one can follow it.
func oneUntraced(octets []byte) (length int, persistent bool, broken *syntax.Error) {
	var parser syntax.HeadParser
	head, err := parser.Parse(octets)
	if err != nil {
		return 0, false, err.(*syntax.Error)
	}
	framing := parser.Head().Framing
	persistent = parser.Head().Persistent
	switch {
	case head == 0 || framing.Length > int64(len(octets)-head):
		return 0, false, nil
	case framing.Kind != syntax.Chunked:
		return head + int(framing.Length), persistent, nil
	}
	var decoder syntax.ChunkDecoder
	for used := head; ; {
		n, _, done, err := decoder.Next(octets[used:])
		if err != nil {
			e := *err.(*syntax.Error)
			e.Offset += int64(head)
			return 0, false, &e
		}
		used += n
		if done {
			return used, persistent, nil
		}
		if n == 0 {
			return 0, false, nil
		}
	}
}

// checkTiles fails unless the spans of the messages tile the input.
func checkTiles(t *testing.T, octets []byte, messages []Message) {
	t.Helper()
	at := 0
	for i := range messages {
		m := &messages[i]
		if m.Offset != at || m.Number != i+1 {
			t.Fatalf("message %d is number %d at %d, want %d", i+1, m.Number, m.Offset, at)
		}
		for _, s := range m.Spans {
			if s.Offset != at || s.Length <= 0 || string(s.Octets) != string(octets[s.Offset:s.End()]) {
				t.Fatalf("span %+v does not begin at %d", s, at)
			}
			at = s.End()
		}
		if m.End() != at {
			t.Fatalf("message %d ends at %d, its spans at %d", i+1, m.End(), at)
		}
	}
	if at != len(octets) {
		t.Fatalf("spans end at %d of %d octets", at, len(octets))
	}
}

// checkVerdicts fails unless the requests are what the untraced parser says.
func checkVerdicts(t *testing.T, octets []byte, messages []Message) {
	t.Helper()
	want := parseUntraced(octets)
	for i := range messages {
		m := &messages[i]
		if m.Type == "response" {
			return
		}
		v := &m.Verdict
		switch {
		case i < len(want.used):
			last := want.closes && i == len(want.used)-1 && i == len(messages)-1
			if v.Outcome != Accept || v.Used != want.used[i] || m.Length != v.Used && !last {
				t.Fatalf("request %d: got %s %d of %d, want accept %d", i+1, v.Outcome, v.Used, m.Length, want.used[i])
			}
		case want.closes:
			t.Fatalf("request %d: got %s, but the connection closes before it", i+1, v.Outcome)
		case want.broken != nil:
			e := want.broken
			if v.Outcome != Reject || v.Broken.Name != e.Rule.Name || v.Offset != e.Offset ||
				v.Status != e.Rule.Status || v.At != want.at+int(e.Offset) {
				t.Fatalf("request %d: got %+v, want %v", i+1, v, e)
			}
		case v.Outcome != NeedMore:
			t.Fatalf("request %d: got %s, want need more", i+1, v.Outcome)
		}
	}
}

// describe writes messages for comparing.
func describe(t *testing.T, messages []Message) string {
	t.Helper()
	b, err := json.Marshal(messages)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// checkSplits fails unless the dissection is the same for each of the cuts.
func checkSplits(t *testing.T, octets []byte, cuts ...[]int) {
	t.Helper()
	want := describe(t, Dissect(octets, Options{}))
	for _, c := range cuts {
		if got := describe(t, Dissect(octets, Options{Cuts: c})); got != want {
			t.Fatalf("cut at %v:\n got %s\nwant %s", c, got, want)
		}
	}
}

// BenchmarkDissect is everything there is to say about the head of a browser.
func BenchmarkDissect(b *testing.B) {
	head := []byte("GET /messages?limit=2 HTTP/1.1\r\nHost: localhost:3000\r\n" +
		"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
		"Accept-Language: en-US,en;q=0.5\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\n" +
		"Cookie: theme=dark; session=0123456789abcdef\r\n\r\n")
	b.SetBytes(int64(len(head)))
	b.ReportAllocs()
	for b.Loop() {
		Dissect(head, Options{})
	}
}

// each returns the cuts of octets that arrive one by one.
func each(octets []byte) []int {
	cuts := make([]int, len(octets))
	for i := range cuts {
		cuts[i] = i + 1
	}
	return cuts
}

// TestDissectCorpus: everything the conformance cases send.
func TestDissectCorpus(t *testing.T) {
	for name, sent := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			messages := Dissect(sent.Octets, Options{Type: "request"})
			checkTiles(t, sent.Octets, messages)
			checkVerdicts(t, sent.Octets, messages)
			if len(sent.Octets) < 4<<10 {
				checkSplits(t, sent.Octets, each(sent.Octets), sent.Reads)
			}
			// That the parser objects where the case says is what the parser run
			// of package conformance checks.
		})
	}
}

// corpus returns what the conformance cases send, by a name of its own for each
// connection.
func corpus(t testing.TB) map[string]*conformance.Sent {
	t.Helper()
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*conformance.Sent{}
	for _, f := range files {
		for _, c := range f.Cases {
			for i, sent := range c.Sent("localhost:3000") {
				all[fmt.Sprintf("%s/%s/%d", f.Section(), c.ID, i)] = sent
			}
		}
	}
	return all
}

// FuzzDissect holds the promises of the package for any octets, in either
// direction.
func FuzzDissect(f *testing.F) {
	for _, sent := range corpus(f) {
		if len(sent.Octets) < 1<<10 {
			f.Add(sent.Octets, uint16(7))
		}
	}
	for _, s := range responseSeeds {
		f.Add([]byte(s), uint16(9))
	}
	f.Fuzz(func(t *testing.T, octets []byte, cut uint16) {
		if len(octets) > 16<<10 {
			return
		}
		messages := Dissect(octets, Options{})
		checkTiles(t, octets, messages)
		checkVerdicts(t, octets, messages)
		checkSplits(t, octets, []int{int(cut)}, each(octets))
	})
}

// responseSeeds are responses of all framings, and broken ones.
var responseSeeds = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
	"HTTP/1.0 200\r\n\r\nuntil the close",
	"HTTP/1.1 200 OK\r\nServer : x\r\n\r\n",
	"HTTP/1.1 200 OK\nServer: x\n\n",
	"HTTP/1.1 2x0 OK\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02hi",
	"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
}

// Offset 0 is an offset: JSON tells it like any other.
func TestFaultAtTheFirstOctet(t *testing.T) {
	messages := Dissect([]byte("@ / HTTP/1.1\r\n\r\n"), Options{})
	text, err := json.Marshal(messages[0].Verdict)
	if err != nil || !strings.Contains(string(text), `"offset":0,"at":0,`) {
		t.Errorf("the verdict is %s (%v)", text, err)
	}
}
