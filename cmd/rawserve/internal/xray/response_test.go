package xray

import (
	"fmt"
	"strings"
	"testing"
)

// TestResponses: what the parser decides about a response, in words.
func TestResponses(t *testing.T) {
	const ok, five = "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n"
	const because = "a client cannot know where a next response would begin"
	tests := []struct{ name, method, in, want string }{
		{"length", "GET", ok + five + "\r\nhello", `accept; length 5; stays open: HTTP/1.1 without "close"`},
		{"half_a_body", "GET", ok + five + "\r\nhe", `need more; length 5; stays open: HTTP/1.1 without "close"`},
		{"until_close", "GET", ok + "\r\nhello", "need more; until close; closes: the close is the end of the body"},
		{"says_close", "GET", ok + five + "Connection: close\r\n\r\nhello",
			`accept; length 5; closes: the server says "close"`},
		{"no_keep_alive", "GET", "HTTP/1.0 200 OK\r\n" + five + "\r\nhello",
			`accept; length 5; closes: HTTP/1.0 without "keep-alive"`},
		{"keep_alive", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + five + "\r\nhello",
			`accept; length 5; stays open: HTTP/1.0 with "keep-alive"`},
		{"chunked_in_1_0", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"0\r\n\r\n",
			"accept; chunked; closes: HTTP/1.0 knows no Transfer-Encoding, so the framing may be wrong"},
		{"head", "HEAD", ok + five + "\r\n", `accept; none; stays open: HTTP/1.1 without "close"`},
		{"tunnel", "CONNECT", ok + "\r\n\x16\x03", `accept; none; stays open: HTTP/1.1 without "close"`},
		{"switched", "GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi",
			`accept; none; stays open: HTTP/1.1 without "close"`},
		{"both_lengths", "GET", ok + five + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			`accept; chunked; stays open: HTTP/1.1 without "close"; Content-Length next to Transfer-Encoding`},
		{"bad_status_line", "GET", "HTTP/2.0 200 OK\r\n\r\n", "reject BadStatusLine at 5; closes: " + because},
		{"bad_reason", "GET", "HTTP/1.1 200 \x1b\r\n\r\n", "reject BadReason at 13; closes: " + because},
		{"two_lengths", "GET", ok + five + "Content-Length: 6\r\n\r\n",
			"reject RepeatedLength at 52; closes: " + because},
		{"half_a_chunk_line", "GET", ok + "Transfer-Encoding: chunked\r\n\r\nx",
			"need more; chunked; stays open: HTTP/1.1 without \"close\""},
		{"bad_chunk_line", "GET", ok + "Transfer-Encoding: chunked\r\n\r\nx\r\n",
			"reject BadChunkSize at 47; chunked; closes: " + because},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			messages := Dissect([]byte(tt.in), Options{Methods: []string{tt.method}})
			checkTiles(t, []byte(tt.in), messages)
			if got := inWords(&messages[0]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// inWords puts what has been decided about a response on one line.
func inWords(m *Message) string {
	words := string(m.Verdict.Outcome)
	if b := m.Verdict.Broken; b != nil {
		words += fmt.Sprintf(" %s at %d", b.Name, m.Verdict.Offset)
	}
	if m.Framing != nil {
		words += "; " + m.Framing.Value
	}
	if m.Connection != nil {
		words += "; " + m.Connection.Value + ": " + m.Connection.Reason
	}
	for _, effect := range m.Effects {
		if both, _, found := strings.Cut(effect, " is an error"); found {
			words += "; " + both
		}
	}
	return words
}

// TestInterimResponses: an interim response answers nothing, so the final one is
// still that to the first request.
func TestInterimResponses(t *testing.T) {
	in := "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n" +
		"Content-Length: 5\r\n\r\nhello"
	messages := Dissect([]byte(in), Options{Methods: []string{"HEAD", "GET"}})
	checkTiles(t, []byte(in), messages)
	for i, want := range []string{"none", "none", "length 5"} {
		if got := messages[i].Framing.Value; got != want {
			t.Errorf("response %d: framing %s, want %s", i+1, got, want)
		}
	}
}

// TestAnswerAmongRequests: where both directions stand in one input, a response
// answers the request before it.
func TestAnswerAmongRequests(t *testing.T) {
	in := "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" +
		"GET / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	messages := Dissect([]byte(in), Options{})
	checkTiles(t, []byte(in), messages)
	if len(messages) != 4 || messages[1].Framing.Value != "none" || messages[3].Framing.Value != "length 5" {
		t.Errorf("got %d messages: %+v", len(messages), messages)
	}
}
