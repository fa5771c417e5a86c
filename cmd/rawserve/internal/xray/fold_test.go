package xray

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyChunks: of a body of many chunks not all have spans of their own, and
// the verdict, the counts and what is missing are those of all of them.
func TestManyChunks(t *testing.T) {
	const head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	const many = 100_000
	body := strings.Repeat("3\r\nabc\r\n", many)
	for _, tt := range []struct{ name, in, want string }{
		{"whole", body + "0\r\nX: y\r\n\r\n", "accept "},
		{"no_last_chunk", body, fmt.Sprintf("need more the size of chunk %d, or a last chunk", many+1)},
		{"half_a_chunk", body + "4\r\nab",
			fmt.Sprintf("need more at least 2 octets of chunk %d, CR LF, and a last chunk", many+1)},
		{"no_line_end", body + "2\r\nab", fmt.Sprintf("need more CR LF after chunk %d, and a last chunk", many+1)},
		{"bad_size", body + "x\r\n", "reject "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := []byte(head + tt.in)
			messages := Dissect(in, Options{Type: "request"})
			checkTiles(t, in, messages)
			m := &messages[0]
			if got := string(m.Verdict.Outcome) + " " + m.Verdict.Missing; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if len(m.Spans) > maxSpans+16 {
				t.Errorf("%d spans", len(m.Spans))
			}
			if whole := int64(3 * many); m.Body < whole || m.Body > whole+2 {
				t.Errorf("%d octets of data", m.Body)
			}
			if h := m.Hidden; h != nil && h.Octets-h.Go != 3*many+22 { // method, target, version, host, coding, trailer
				t.Errorf("got %+v", h)
			}
		})
	}
}

// TestHugeResponseHead: a head without end is refused, not held.
func TestHugeResponseHead(t *testing.T) {
	for _, field := range []string{"a: b\r\n", "a: " + strings.Repeat("b", 1000) + "\r\n"} {
		in := []byte("HTTP/1.1 200 OK\r\n" + strings.Repeat(field, 4<<20/len(field)))
		messages := Dissect(in, Options{})
		checkTiles(t, in, messages)
		if m := &messages[0]; m.Verdict.Outcome != Reject || len(m.Spans) > maxSpans+16 {
			t.Errorf("%s with %d spans", m.Verdict.Outcome, len(m.Spans))
		}
	}
}
