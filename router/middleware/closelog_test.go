package middleware

import (
	"encoding/json"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"rawserve/httpwire"
)

// closeLine returns the line that is logged for a connection with two requests.
func closeLine(t *testing.T, newLog func(io.Writer) func(*httpwire.Conn, httpwire.CloseInfo)) string {
	t.Helper()
	var log strings.Builder
	s := &httpwire.Server{
		OnClose: newLog(&log),
		Handler: func(w *httpwire.Response, r *httpwire.Request) error { return nil },
	}
	client, server := net.Pipe()
	served := make(chan struct{})
	go func() { s.ServeConn(server); close(served) }()
	go io.WriteString(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	io.ReadAll(client)
	<-served
	return log.String()
}

func TestTextCloseLog(t *testing.T) {
	want := regexp.MustCompile(`^c1 closed requests=2 in=75 out=\d+ \d+\.\d\ds why="client asked for close"\n$`)
	if got := closeLine(t, TextCloseLog); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestJSONCloseLog(t *testing.T) {
	var got map[string]any
	line := closeLine(t, JSONCloseLog)
	if err := json.Unmarshal([]byte(line), &got); err != nil || strings.Count(line, "\n") != 1 {
		t.Fatalf("%q: %v", line, err)
	}
	if got["conn"] != 1.0 || got["requests"] != 2.0 || got["in"] != 75.0 || got["why"] != "client asked for close" {
		t.Errorf("got %v", got)
	}
}
