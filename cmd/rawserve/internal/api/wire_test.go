package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
)

// client is one connection to a server of the messages of a store.
type client struct {
	t      *testing.T
	conn   net.Conn
	in     *bufio.Reader
	served chan struct{} // closed when the server is done with the connection
}

// answer is a response as another implementation reads it.
type answer struct {
	*http.Response
	body string
}

// dial connects to a server with the routes of this package.
func dial(t *testing.T, store messages.Store) *client {
	t.Helper()
	return dialServer(t, store, new(Followers), new(httpwire.Server))
}

// dialServer is dial for a server with settings of its own.
func dialServer(t *testing.T, store messages.Store, followers *Followers, server *httpwire.Server) *client {
	t.Helper()
	rt := router.New()
	Register(rt, store, followers)
	server.Handler = rt.Serve
	return dialTo(t, server)
}

// dialHandler connects to a server with one handler.
func dialHandler(t *testing.T, handler httpwire.Handler) *client {
	t.Helper()
	return dialTo(t, &httpwire.Server{Handler: handler})
}

// dialTo connects to a server.
func dialTo(t *testing.T, server *httpwire.Server) *client {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.ServeConn(theirs)
	}()
	t.Cleanup(func() {
		ours.Close()
		<-served
	})
	return &client{t, ours, bufio.NewReader(ours), served}
}

// dialTCP is dial over TCP, where a client can close its sending half.
func dialTCP(t *testing.T, store messages.Store) *client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rt := router.New()
	Register(rt, store, new(Followers))
	server := &httpwire.Server{Handler: rt.Serve}
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(l)
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Close()
		<-served
	})
	return &client{t, conn, bufio.NewReader(conn), served}
}

// send sends octets as they are and returns the answer to the method.
func (c *client) send(method, octets string) answer {
	c.t.Helper()
	go io.WriteString(c.conn, octets) // may be refused before it is read whole
	response, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("body of the answer to %s: %v", method, err)
	}
	return answer{response, string(body)}
}

// do sends a request. A body goes with its length and, unless fields name
// another type, as JSON.
func (c *client) do(method, target, body string, fields ...string) answer {
	c.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, target)
	typed := false
	for _, f := range fields {
		typed = typed || strings.HasPrefix(f, "Content-Type:")
		b.WriteString(f + "\r\n")
	}
	if body != "" || method == "POST" || method == "PUT" || method == "PATCH" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
		if !typed {
			b.WriteString("Content-Type: application/json\r\n")
		}
	}
	return c.send(method, b.String()+"\r\n"+body)
}

// want checks the status of an answer.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("got status %d, want %d; body %s", a.StatusCode, status, a.body)
	}
	return a
}

// wantBody checks status and body of an answer that is JSON.
func (a answer) wantBody(t *testing.T, status int, body string) answer {
	t.Helper()
	a.want(t, status)
	if a.body != body {
		t.Errorf("got body %q, want %q", a.body, body)
	}
	if a.ContentLength != int64(len(a.body)) && a.Request.Method != "HEAD" {
		t.Errorf("got Content-Length %d, want %d", a.ContentLength, len(a.body))
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
	return a
}

// wantProblem checks that an answer is a problem with a status, and returns its
// members.
func (a answer) wantProblem(t *testing.T, status int) map[string]any {
	t.Helper()
	a.want(t, status)
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("got Content-Type %q", got)
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	if members["status"] != float64(status) || members["detail"] == nil {
		t.Errorf("got members %v, want status %d and a detail", members, status)
	}
	return members
}

// wantField checks a field of an answer.
func (a answer) wantField(t *testing.T, name, want string) answer {
	t.Helper()
	if got := strings.Join(a.Header.Values(name), " | "); got != want {
		t.Errorf("got %s %q, want %q", name, got, want)
	}
	return a
}
