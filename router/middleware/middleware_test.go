package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router/middleware"
)

// ask sends one request, given by its request-line without the version and
// further field lines, through a real server over net.Pipe. The response is
// read by net/http, as a second opinion on the octets.
func ask(t *testing.T, h httpwire.Handler, requestLine string, fields ...string) (*http.Response, string) {
	t.Helper()
	lines := append([]string{requestLine + " HTTP/1.1", "Host: test"}, fields...)
	method, _, _ := strings.Cut(requestLine, " ")
	return converse(t, &httpwire.Server{Handler: h}, method, strings.Join(lines, "\r\n")+"\r\n\r\n")
}

// converse sends octets to a server, reads one response and hangs up. When it
// returns, the server is done with the connection.
func converse(t *testing.T, server *httpwire.Server, method, octets string) (*http.Response, string) {
	t.Helper()
	client, conn := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.ServeConn(conn)
	}()
	go io.WriteString(client, octets)
	response, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", octets, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		body = fmt.Appendf(body, " and then: %v", err)
	}
	client.Close()
	<-done
	return response, string(body)
}

// hello answers with a text.
func hello(w *httpwire.Response, r *httpwire.Request) error {
	_, err := w.WriteString("hello")
	return err
}

func TestRequestID(t *testing.T) {
	tests := []struct {
		name   string
		fields []string
		want   string // "" for a new one
	}{
		{"none", nil, ""},
		{"valid", []string{"X-Request-Id: a.b_c-1"}, "a.b_c-1"},
		{"uuid", []string{"x-request-id: 123e4567-e89b-12d3-a456-426614174000"}, "123e4567-e89b-12d3-a456-426614174000"},
		{"longest", []string{"X-Request-Id: " + strings.Repeat("a", 64)}, strings.Repeat("a", 64)},
		{"too_long", []string{"X-Request-Id: " + strings.Repeat("a", 65)}, ""},
		{"empty", []string{"X-Request-Id:"}, ""},
		{"space", []string{"X-Request-Id: a b"}, ""},
		{"quote", []string{`X-Request-Id: a"b`}, ""},
		{"shell", []string{"X-Request-Id: $(reboot)"}, ""},
		{"markup", []string{"X-Request-Id: <script>"}, ""},
		{"tab", []string{"X-Request-Id: a\tb"}, ""},
		{"obs_text", []string{"X-Request-Id: a\xffb"}, ""},
		{"two", []string{"X-Request-Id: a", "X-Request-Id: b"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen := ""
			handler := middleware.RequestID(func(w *httpwire.Response, r *httpwire.Request) error {
				seen = w.Header().Get("X-Request-Id")
				return nil
			})
			response, _ := ask(t, handler, "GET /", tt.fields...)
			got := response.Header.Get("X-Request-Id")
			if got != seen {
				t.Errorf("the handler saw %q, the client %q", seen, got)
			}
			if tt.want != "" && got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.want == "" && (len(got) < 20 || len(tt.fields) > 0 && strings.HasSuffix(tt.fields[0], got)) {
				t.Errorf("got %q, want a new one", got)
			}
		})
	}
}

// TestRequestIDOnError checks that an error answer has the id too, where it is
// needed most.
func TestRequestIDOnError(t *testing.T) {
	handler := middleware.RequestID(func(*httpwire.Response, *httpwire.Request) error {
		return httpwire.Fail(404, "nothing")
	})
	response, _ := ask(t, handler, "GET /", "X-Request-Id: mine")
	if response.StatusCode != 404 || response.Header.Get("X-Request-Id") != "mine" {
		t.Errorf("got %d, X-Request-Id %q", response.StatusCode, response.Header.Get("X-Request-Id"))
	}
}

func TestBodyLimit(t *testing.T) {
	echo := middleware.BodyLimit(5)(func(w *httpwire.Response, r *httpwire.Request) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
	tests := []struct {
		name, framing, body string
		want                int
	}{
		{"length", "Content-Length: 5", "12345", 200},
		{"9110_15.5.14_length", "Content-Length: 6", "123456", 413},
		{"chunked", "Transfer-Encoding: chunked", "2\r\n12\r\n3\r\n345\r\n0\r\n\r\n", 200},
		{"9110_15.5.14_chunked", "Transfer-Encoding: chunked", "2\r\n12\r\n4\r\n3456\r\n0\r\n\r\n", 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			octets := "POST / HTTP/1.1\r\nHost: test\r\n" + tt.framing + "\r\n\r\n" + tt.body
			response, body := converse(t, &httpwire.Server{Handler: echo}, "POST", octets)
			if response.StatusCode != tt.want || tt.want == 200 && body != "12345" {
				t.Errorf("got %d %q, want %d", response.StatusCode, body, tt.want)
			}
		})
	}
}
