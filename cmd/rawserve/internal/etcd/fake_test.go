package etcd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// fake is an endpoint that plays a script: what it does with each request, on
// whichever connection that comes. After the last step it does that again.
type fake struct {
	steps []step

	mu       sync.Mutex
	asked    []string // path and body of each request
	tokens   []string
	accepted int // connections
}

// step does something with the connection that a request came on, and reports
// whether the connection stays open.
type step func(c net.Conn) bool

// says answers with octets, of which there may be none.
func says(octets string) step {
	return func(c net.Conn) bool {
		if octets != "" {
			c.Write([]byte(octets))
		}
		return true
	}
}

// closes answers with octets, of which there may be none, and closes the connection.
func closes(octets string) step {
	return func(c net.Conn) bool {
		says(octets)(c)
		return false
	}
}

// answers answers with JSON.
func answers(status int, json string) step {
	return says(fmt.Sprintf("HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s", status, len(json), json))
}

// hangs answers with octets and nothing more.
var hangs = says

// play serves one connection.
func (f *fake) play(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		f.mu.Lock()
		step := f.steps[min(len(f.asked), len(f.steps)-1)]
		f.asked = append(f.asked, r.URL.Path+" "+string(body))
		f.tokens = append(f.tokens, r.Header.Get("Authorization"))
		f.mu.Unlock()
		if !step(c) {
			return
		}
	}
}

// client returns a client of fakes, whose addresses are e0:1, e1:1 and so on. A nil
// one refuses connections. It is closed with the test.
func client(t *testing.T, fakes ...*fake) *Client {
	byAddress := map[string]*fake{}
	c := &Client{Config: Config{Prefix: "/x"}}
	for i, f := range fakes {
		address := fmt.Sprintf("e%d:1", i)
		c.Config.Endpoints = append(c.Config.Endpoints, address)
		byAddress[address] = f
	}
	c.dial = func(ctx context.Context, address string) (net.Conn, error) {
		f := byAddress[address]
		if f == nil {
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		}
		ours, theirs := net.Pipe()
		f.mu.Lock()
		f.accepted++
		f.mu.Unlock()
		go f.play(theirs)
		return ours, nil
	}
	t.Cleanup(c.Close)
	return c
}

// script returns an endpoint.
func script(steps ...step) *fake { return &fake{steps: steps} }

// fine is what an etcd without any key answers to a Range.
const fine = `{"header":{"cluster_id":"1","revision":"7"}}`
