package router_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// ask sends one request, given by its request-line without the version and
// further field lines, through a real server over net.Pipe. The response is
// read by net/http, as a second opinion on the octets.
func ask(t *testing.T, h httpwire.Handler, requestLine string, fields ...string) (*http.Response, string) {
	t.Helper()
	client, conn := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&httpwire.Server{Handler: h}).ServeConn(conn)
	}()
	lines := append([]string{requestLine + " HTTP/1.1", "Host: test"}, fields...)
	go io.WriteString(client, strings.Join(lines, "\r\n")+"\r\n\r\n")
	method, _, _ := strings.Cut(requestLine, " ")
	response, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	client.Close()
	<-done
	return response, string(body)
}

// say returns a handler that answers with a text and the named parameters.
func say(text string, names ...string) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
		for _, name := range names {
			text := fmt.Sprintf(" %s=%q", name, r.Param(name))
			if _, err := w.WriteString(text); err != nil {
				return err
			}
		}
		_, err := w.WriteString(text)
		return err
	}
}

// shop has a bit of everything.
func shop() *router.Router {
	rt := router.New()
	rt.Get("/", say("root"))
	rt.Get("/messages", say("list"))
	rt.Post("/messages", say("create"))
	rt.Get("/messages/:id", say("read", "id"))
	rt.Delete("/messages/:id", say("delete", "id"))
	rt.Get("/messages/new", say("form"))
	rt.Get("/files/*path", say("files", "path"))
	rt.Any("/echo", say("echo"))
	rt.Options("/own", say("own options"))
	rt.Handle("PURGE", "/cache", say("purged"))
	return rt
}

func TestServe(t *testing.T) {
	tests := []struct {
		name    string
		request string
		status  int
		body    string // in the body
		allow   string
	}{
		{"root", "GET /", 200, "root", ""},
		{"query_is_not_path", "GET /messages?limit=3", 200, "list", ""},
		{"9112_3.2.2_absolute_form", "GET http://test/messages", 200, "list", ""},
		{"9112_3.2.2_absolute_form_without_path", "GET http://test", 200, "root", ""},
		{"static_before_parameter", "GET /messages/new", 200, "form", ""},
		{"method_takes_part", "DELETE /messages/new", 200, `id="new"delete`, ""},
		{"parameter_decoded", "GET /messages/a%20b", 200, `id="a b"read`, ""},
		{"encoded_slash_does_not_separate", "GET /messages/a%2Fb", 200, `id="a/b"read`, ""},
		{"encoded_percent_decoded_once", "GET /messages/%2525", 200, `id="%25"read`, ""},
		{"static_compares_decoded", "GET /%6Dessages", 200, "list", ""},
		{"encoded_slash_is_no_static_separator", "GET /messages%2Fnew", 404, "", ""},
		{"empty_segment_is_no_parameter", "GET /messages/", 404, "", ""},
		{"trailing_slash_differs", "GET /echo/", 404, "", ""},
		{"double_slash", "GET //messages", 404, "", ""},
		{"wildcard_takes_empty_rest", "GET /files/", 200, `path=""files`, ""},
		{"wildcard_needs_its_slash", "GET /files", 404, "", ""},
		{"wildcard_takes_slashes", "GET /files/a//b%20c/", 200, `path="a//b c/"files`, ""},
		{"case_sensitive_path", "GET /Messages", 404, "", ""},
		{"dot_segments_are_text", "GET /x/../messages", 404, "", ""},
		{"9110_15.5.6_method_not_allowed", "PUT /messages", 405, "PUT", "GET, HEAD, OPTIONS, POST"},
		{"9110_15.5.6_union_of_patterns", "PUT /messages/new", 405, "", "DELETE, GET, HEAD, OPTIONS"},
		{"9110_9.3.7_options", "OPTIONS /messages", 204, "", "GET, HEAD, OPTIONS, POST"},
		{"9110_9.3.7_options_nowhere", "OPTIONS /nowhere", 404, "", ""},
		{"9110_9.3.7_options_registered", "OPTIONS /own", 200, "own options", ""},
		{"9110_9.3.7_options_asterisk", "OPTIONS *", 204, "", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PURGE, PUT"},
		{"any_takes_options", "OPTIONS /echo", 200, "echo", ""},
		{"any_takes_unknown", "BREW /echo", 200, "echo", ""},
		{"9110_9.3.8_any_takes_no_trace", "TRACE /echo", 405, "", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
		{"9110_9.1_unknown_method", "BREW /messages", 501, "BREW", ""},
		{"9110_9.1_unknown_method_nowhere", "BREW /nowhere", 501, "", ""},
		{"9110_9.1_case_sensitive", "get /messages", 501, "", ""},
		{"9110_9.1_any_is_no_method", "ANY /messages", 501, "", ""},
		{"registered_method", "PURGE /cache", 200, "purged", ""},
		{"registered_method_elsewhere", "PURGE /messages", 405, "", "GET, HEAD, OPTIONS, POST"},
		{"standard_method_nowhere", "PATCH /nowhere", 404, "", ""},
		{"9110_9.3.6_connect", "CONNECT example.com:443", 501, "", ""},
		{"bad_escape", "GET /messages/%zz", 400, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, body := ask(t, shop().Serve, tt.request)
			if response.StatusCode != tt.status {
				t.Errorf("status = %d, want %d; body %s", response.StatusCode, tt.status, body)
			}
			if !strings.Contains(body, tt.body) {
				t.Errorf("body = %q, want %q in it", body, tt.body)
			}
			if got := response.Header.Get("Allow"); got != tt.allow {
				t.Errorf("Allow = %q, want %q", got, tt.allow)
			}
		})
	}
}

// TestHead checks that HEAD is answered as GET, length included, without the
// body. RFC 9110, Section 9.3.2.
func TestHead(t *testing.T) {
	rt := shop()
	rt.Head("/own-head", func(w *httpwire.Response, r *httpwire.Request) error {
		return w.WriteHead(200, "X-Head", "yes")
	})
	rt.Get("/own-head", say("get"))

	response, body := ask(t, rt.Serve, "HEAD /messages")
	if response.StatusCode != 200 || response.ContentLength != 4 || body != "" {
		t.Errorf("got %d, length %d, body %q; want 200, 4, none", response.StatusCode, response.ContentLength, body)
	}
	if response, _ := ask(t, rt.Serve, "HEAD /own-head"); response.Header.Get("X-Head") != "yes" {
		t.Error("the handler for HEAD did not run in place of the one for GET")
	}
}

func TestReplacedAnswers(t *testing.T) {
	rt := shop()
	rt.NotFound = say("nowhere")
	rt.MethodNotAllowed = say("not so")

	response, body := ask(t, rt.Serve, "GET /nowhere")
	if response.StatusCode != 404 || body != "nowhere" {
		t.Errorf("NotFound: got %d %q", response.StatusCode, body)
	}
	response, body = ask(t, rt.Serve, "PUT /messages")
	if response.StatusCode != 405 || body != "not so" || response.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("MethodNotAllowed: got %d %q, Allow %q", response.StatusCode, body, response.Header.Get("Allow"))
	}
}

// mark returns middleware that notes that it was passed.
func mark(passed *[]string, name string) router.Middleware {
	return func(next httpwire.Handler) httpwire.Handler {
		return func(w *httpwire.Response, r *httpwire.Request) error {
			*passed = append(*passed, name)
			return next(w, r)
		}
	}
}

func TestMiddlewareOrder(t *testing.T) {
	var passed []string
	rt := router.New()
	api := rt.Group("/api", mark(&passed, "api"))
	v1 := api.Group("/v1", mark(&passed, "v1 outer"), mark(&passed, "v1 inner"))
	v1.Get("", say("index"))
	v1.Get("/messages", say("list"))
	api.Get("/", say("api"))
	rt.Get("/plain", say("plain"))
	rt.Use(mark(&passed, "first"), mark(&passed, "second"))
	rt.Use(mark(&passed, "third"))

	tests := []struct {
		request string
		status  int
		want    string
	}{
		{"GET /api/v1/messages", 200, "first second third api v1 outer v1 inner"},
		{"GET /api/v1", 200, "first second third api v1 outer v1 inner"},
		{"GET /api/", 200, "first second third api"},
		{"GET /plain", 200, "first second third"},
		{"GET /nowhere", 404, "first second third"},
		{"PUT /api/v1/messages", 405, "first second third"},
		{"OPTIONS *", 204, "first second third"},
	}
	for _, tt := range tests {
		passed = nil
		response, _ := ask(t, rt.Serve, tt.request)
		if got := strings.Join(passed, " "); response.StatusCode != tt.status || got != tt.want {
			t.Errorf("%s: got %d through %q, want %d through %q", tt.request, response.StatusCode, got, tt.status, tt.want)
		}
	}
}

func TestRoutes(t *testing.T) {
	var got []string
	for _, route := range shop().Routes() {
		got = append(got, route.String())
		if !strings.Contains(route.Source, "router_test.go:") {
			t.Errorf("%s: source %q, want a line of this file", route, route.Source)
		}
	}
	want := []string{
		"GET /", "PURGE /cache", "ANY /echo", "GET /files/*path", "GET /messages", "POST /messages",
		"DELETE /messages/:id", "GET /messages/:id", "GET /messages/new", "OPTIONS /own",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
