package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestLearn(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	tests := []struct {
		name, in string
		size     int // 0: more octets are needed
		body     string
	}{
		{"get", get, len(get), ""},
		{"pipelined", get + get, len(get), ""},
		{"head_cut", get[:len(get)-1], 0, ""},
		{"length", "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET", 45, "abc"},
		{"length_cut", "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", 0, ""},
		{"chunked", "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\nGET", 69, "abc"},
		{"chunked_cut", "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r", 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, ok := learn([]byte(test.in), 0)
			if !ok {
				l = layout{}
			}
			if l.size != test.size {
				t.Fatalf("size is %d, want %d", l.size, test.size)
			}
			var body strings.Builder
			for _, s := range l.body {
				body.WriteString(test.in[s.from:s.to])
			}
			if body.String() != test.body {
				t.Errorf("body is %q, want %q", body.String(), test.body)
			}
		})
	}
}

func TestAnswerTo(t *testing.T) {
	tests := []struct{ head, want string }{
		{"GET / HTTP/1.1\r\n", greeting},
		{"GET /json HTTP/1.1\r\n", `{"message":"Hello, World!"}`},
		{"GET /users/4711 HTTP/1.1\r\n", "4711"},
	}
	for _, test := range tests {
		got := string(answerTo(test.head, 0, 0).head)
		want := fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(test.want), test.want)
		if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\nDate: ") || !strings.HasSuffix(got, want) {
			t.Errorf("%q is answered %q", test.head, got)
		}
	}
	if !answerTo("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 0, 0).closes {
		t.Error("the connection stays open after Connection: close")
	}
}
