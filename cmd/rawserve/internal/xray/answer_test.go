package xray

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// askRouter returns what a server with one route answers to a request. It closes
// after that, because the client does.
func askRouter(t *testing.T, request string) string {
	t.Helper()
	rt := router.New()
	rt.Handle("GET", "/", func(w *httpwire.Response, r *httpwire.Request) error { return w.WriteHead(204) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := listener.Accept(); err == nil {
			(&httpwire.Server{Handler: rt.Serve}).ServeConn(conn)
		}
	}()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	io.WriteString(client, request)
	client.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(client)
	if err != nil {
		t.Fatal(err)
	}
	<-served
	return string(answer)
}

// TestAnswers: what is said about the answer is what the server answers.
func TestAnswers(t *testing.T) {
	for _, request := range []string{
		"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
		"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /\nHost: a\r\n\r\n",
	} {
		answer := askRouter(t, request)
		m := &Dissect([]byte(request), Options{})[0]
		head, body, _ := strings.Cut(answer, "\r\n\r\n")
		for i, part := range strings.Split(m.Verdict.Sends, " · ") {
			said, in := part, head
			if what, is, found := strings.Cut(part, " body"); found && what == "JSON" {
				said, in = strings.TrimPrefix(is, ": "), body
			}
			if i > 0 && in == head {
				said = "\r\n" + strings.TrimSuffix(said, ": the methods of all routes")
			}
			if strings.HasPrefix(said, " with the offset ") {
				said = `"offset":` + strings.TrimPrefix(said, " with the offset ")
			}
			if !strings.Contains(in, said) {
				t.Errorf("%q: said to have %q, but the answer is\n%s", request, part, answer)
			}
		}
		closes := strings.Contains(answer, "\r\nConnection: close")
		if m.Verdict.Sends == "" || closes != strings.Contains(m.Verdict.Sends, "Connection: close") {
			t.Errorf("%q: got %q\n%s", request, m.Verdict.Sends, answer)
		}
	}
}

// TestStandardMethods: methods that the router does not know without a route are
// said to be such.
func TestStandardMethods(t *testing.T) {
	for _, method := range append([]string{"BREW", "get", "PROPFIND", "QUERY"}, standardMethods...) {
		request := method + " /other HTTP/1.1\r\nHost: a\r\n\r\n"
		if method == "CONNECT" {
			continue // TestAnswers has it
		}
		want := strings.HasPrefix(askRouter(t, request), "HTTP/1.1 501 ")
		said := slices.ContainsFunc(Dissect([]byte(request), Options{})[0].Effects,
			func(effect string) bool { return strings.Contains(effect, "501") })
		if said != want {
			t.Errorf("%s: answered with 501: %t, said so: %t", method, want, said)
		}
	}
}
