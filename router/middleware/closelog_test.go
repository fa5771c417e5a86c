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
	want := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z pipe c1 closed requests=2 in=75 out=\d+ \d+\.\d\dms why="client asked for close"\n$`)
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
	if got["event"] != "close" || got["remote"] != "pipe" || got["ms"] == nil || got["conn"] != 1.0 || got["requests"] != 2.0 || got["in"] != 75.0 || got["why"] != "client asked for close" {
		t.Errorf("got %v", got)
	}
}

// TestWithoutProbes: a client that only connects is not told of, unless the server ends
// that; one that has sent anything is.
func TestWithoutProbes(t *testing.T) {
	for _, test := range []struct {
		name, send string
		refuse     bool
		want       int
	}{
		{"nothing", "", false, 0},
		{"a_request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, 1},
		{"a_part_of_a_request", "G", false, 1},
		{"not_admitted", "", true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			told := 0
			s := &httpwire.Server{
				Handler: func(w *httpwire.Response, r *httpwire.Request) error { return nil },
				OnClose: WithoutProbes(func(*httpwire.Conn, httpwire.CloseInfo) { told++ }),
			}
			if test.refuse {
				s.OnConnection = func(*httpwire.Conn) error { return io.EOF }
			}
			client, server := net.Pipe()
			go func() {
				io.WriteString(client, test.send)
				client.Close()
			}()
			s.ServeConn(server)
			if told != test.want {
				t.Errorf("told of %d connections, want %d", told, test.want)
			}
		})
	}
}
