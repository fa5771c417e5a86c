package xray

import (
	"strings"
	"testing"
)

// TestAfterLast: what follows the last message of a connection is not read as
// another one, and the reason is said.
func TestAfterLast(t *testing.T) {
	const next, answer = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"
	const close11 = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n" +
		"0\r\n\r\n"
	tests := []struct {
		name, first, rest string
		messages, unread  int // unread octets
		reason            string
	}{
		{"close", close11, next, 1, len(next),
			`server does not read: this request is the last one: the client asks for "close"`},
		{"close_among_others", "GET / HTTP/1.1\r\nHost: a\r\nConnection: te, Close\r\n\r\n", next, 1, len(next),
			`the client asks for "close"`},
		{"garbage_after_close", close11, "\x16\x03\x01 no request", 1, 14, `the client asks for "close"`},
		{"http_1_0", "GET / HTTP/1.0\r\n\r\n", next, 1, len(next), `HTTP/1.0 without "keep-alive"`},
		{"http_1_0_keep_alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", next, 2, 0, ""},
		{"nothing_after_close", close11, "", 1, 0, ""},
		{"both_directions", close11, answer, 2, 0, ""},
		{"response_close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", answer, 1,
			len(answer), `client does not read: this response is the last one: the server says "close"`},
		{"response_http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", answer, 1, len(answer),
			`HTTP/1.0 without "keep-alive"`},
		{"interim_response", "HTTP/1.0 100 Continue\r\n\r\n", answer, 2, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			octets := []byte(tt.first + tt.rest)
			messages := Dissect(octets, Options{})
			checkTiles(t, octets, messages)
			first := &messages[0]
			last := &first.Spans[len(first.Spans)-1]
			unread := 0
			if last.Kind == KindUnread {
				unread = last.Length
			}
			if len(messages) != tt.messages || unread != tt.unread || first.Verdict.Outcome != Accept ||
				first.Verdict.Used != len(tt.first) {
				t.Errorf("%d messages, %d octets unread after %+v", len(messages), unread, first.Verdict)
			}
			if !strings.Contains(last.Note, tt.reason) || unread > 0 && last.Ref != "9112 §9.6" {
				t.Errorf("got %q (%s), want %q", last.Note, last.Ref, tt.reason)
			}
			if h := first.Hidden; h != nil && h.Octets != len(tt.first) {
				t.Errorf("%d octets could be hidden, want %d", h.Octets, len(tt.first))
			}
		})
	}
}
