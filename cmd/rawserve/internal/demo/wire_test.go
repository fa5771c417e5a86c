package demo

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// client is one connection to a server of the demo routes.
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
func dial(t *testing.T, health *Health) *client {
	t.Helper()
	return dialServer(t, health, new(httpwire.Server))
}

// dialServer connects to a server that may have limits of its own.
func dialServer(t *testing.T, health *Health, server *httpwire.Server) *client {
	t.Helper()
	rt := router.New()
	Register(rt)
	rt.Get("/", Greet)
	health.Register(rt)
	server.Handler = rt.Serve
	ours, theirs := net.Pipe()
	c := &client{t, ours, bufio.NewReader(ours), make(chan struct{})}
	go func() {
		defer close(c.served)
		server.ServeConn(theirs)
	}()
	t.Cleanup(func() {
		ours.Close()
		<-c.served
	})
	return c
}

// send sends octets as they are and returns the answer to the method.
func (c *client) send(method, octets string) answer {
	c.t.Helper()
	go io.WriteString(c.conn, octets) // may be refused before it is read whole
	return c.receive(method)
}

// receive reads the answer to the method.
func (c *client) receive(method string) answer {
	c.t.Helper()
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

// do sends a request without a body.
func (c *client) do(method, target string) answer {
	c.t.Helper()
	return c.send(method, method+" "+target+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

// want checks status and body of an answer.
func (a answer) want(t *testing.T, status int, body string) answer {
	t.Helper()
	if a.StatusCode != status || a.body != body {
		t.Errorf("got %d, %.200q; want %d, %.200q", a.StatusCode, a.body, status, body)
	}
	return a
}

// wantField checks a field of an answer.
func (a answer) wantField(t *testing.T, name, want string) answer {
	t.Helper()
	if got := a.Header.Get(name); got != want {
		t.Errorf("got %s %q, want %q", name, got, want)
	}
	return a
}

// wantProblem checks that an answer is a problem with a status.
func (a answer) wantProblem(t *testing.T, status int) answer {
	t.Helper()
	a.wantField(t, "Content-Type", "application/problem+json")
	var problem struct {
		Status int
		Detail string
	}
	if err := json.Unmarshal([]byte(a.body), &problem); err != nil {
		t.Errorf("body %q: %v", a.body, err)
	}
	if a.StatusCode != status || problem.Status != status || problem.Detail == "" {
		t.Errorf("got %d, %q; want %d", a.StatusCode, a.body, status)
	}
	return a
}
