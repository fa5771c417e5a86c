package main

import (
	"strings"
	"testing"

	"github.com/evanphx/wildcat"
	"github.com/panjf2000/gnet/v2"
)

func TestGnetBurst(t *testing.T) {
	const (
		get    = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
		last   = "GET /users/7 HTTP/1.1\r\nConnection: close\r\n\r\n"
		post   = "POST /echo HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"
		broken = "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n"
	)
	tests := []struct {
		name, in string
		used     int
		action   gnet.Action
		bodies   string // of the answers
	}{
		{"get", get, len(get), gnet.None, greeting},
		{"pipelined", get + get, 2 * len(get), gnet.None, greeting + greeting},
		{"head_cut", get + get[:len(get)-1], len(get), gnet.None, greeting},
		{"length", post, len(post), gnet.None, "abc"},
		{"length_cut", post[:len(post)-1], 0, gnet.None, ""},
		{"fields_of_the_request_before", post + get, len(post) + len(get), gnet.None, "abc" + greeting},
		{"close", last + get, len(last), gnet.Close, "7"},
		{"broken", get + broken, len(get), gnet.Close, greeting},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &gnetServer{parser: wildcat.NewHTTPParser()}
			used, action := s.burst([]byte(test.in))
			if used != test.used || action != test.action {
				t.Errorf("got %d octets and action %d, want %d and %d", used, action, test.used, test.action)
			}
			if bodies := bodiesOf(string(s.out)); bodies != test.bodies {
				t.Errorf("the bodies are %q, want %q", bodies, test.bodies)
			}
		})
	}
}

// bodiesOf cuts the heads out of answers whose bodies have no line break.
func bodiesOf(answers string) string {
	var bodies strings.Builder
	for answer := range strings.SplitSeq(answers, "HTTP/1.1 200 OK\r\n") {
		_, body, _ := strings.Cut(answer, "\r\n\r\n")
		bodies.WriteString(body)
	}
	return bodies.String()
}
