package httpwire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// A test of the loop is a scenario, one step a line, as in the .wire files of
// package conformance:
//
//	c := dial(t, &Server{Handler: hello})
//	c.send(get("/a") + get("/b"))
//	c.expect("200 length 4 1 /a")
//	c.expect("200 length 4 2 /b", "!Connection")
//	c.closeWrite()
//	c.expectClosed(ReasonClientClosed)
//
// dial connects in memory, where a bubble of testing/synctest can turn the
// clock; listen(t, s).dial() takes the same steps over TCP.

// host is a server under test.
type host struct {
	t       *testing.T
	server  *Server
	address string        // of its TCP listener; "" in memory
	served  chan struct{} // closed when Serve has returned

	mu      sync.Mutex
	clients int
	ends    map[string]chan CloseInfo // by the address of the client
}

// newHost makes a host of a server. It adds itself to OnClose, so that clients
// can expect a reason.
func newHost(t *testing.T, s *Server) *host {
	h := &host{t: t, server: s, served: make(chan struct{}), ends: make(map[string]chan CloseInfo)}
	onClose := s.OnClose
	s.OnClose = func(c *Conn, info CloseInfo) {
		h.endOf(c.RemoteAddr()) <- info
		if onClose != nil {
			onClose(c, info)
		}
	}
	return h
}

// endOf returns where the end of the connection with a client is told.
func (h *host) endOf(client net.Addr) chan CloseInfo {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := h.ends[client.String()]
	if end == nil {
		end = make(chan CloseInfo, 16)
		h.ends[client.String()] = end
	}
	return end
}

// dial connects a client to a server, in memory.
func dial(t *testing.T, s *Server) *client {
	t.Helper()
	return newHost(t, s).dial()
}

// listen serves on a port of the loopback interface. At the end of the test the
// server is shut down.
func listen(t *testing.T, s *Server, wrap ...func(net.Listener) net.Listener) *host {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t, s)
	h.address = l.Addr().String()
	for _, w := range wrap {
		l = w(l)
	}
	h.serve(l)
	return h
}

// serve serves on l until the end of the test.
func (h *host) serve(l net.Listener) {
	go func() {
		defer close(h.served)
		if err := h.server.Serve(l); err != ErrServerClosed {
			h.t.Errorf("Serve: %v", err)
		}
	}()
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := h.server.Shutdown(ctx); err != nil {
			h.t.Errorf("Shutdown: %v", err)
		}
		<-h.served
	})
}

// dial connects a client.
func (h *host) dial() *client {
	h.t.Helper()
	if h.address != "" {
		return h.client(h.dialTCP())
	}
	server, conn := h.pipes()
	c := h.client(conn)
	c.server = server
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.server.ServeConn(server)
	}()
	c.served = served
	return c
}

// pipes returns the two ends of a connection in memory, of which the client has
// an address of its own.
func (h *host) pipes() (server, client *twoWay) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients++
	return pipes(fmt.Sprint("client ", h.clients))
}

func (h *host) dialTCP() *net.TCPConn {
	h.t.Helper()
	nc, err := net.Dial("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	return nc.(*net.TCPConn)
}

// halfCloser is a connection whose two halves can be closed alone.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// patience is how long a client waits, where a test does not say otherwise.
const patience = 20 * time.Second

// client is the client's end of a connection: each of its methods is a step.
// What it sends goes out in a goroutine of its own, in order, so that no step
// waits for a server that does not read.
type client struct {
	t        *testing.T
	nc       halfCloser
	r        *bufio.Reader
	patience time.Duration
	server   *twoWay         // the other end, in memory
	served   <-chan struct{} // closed when ServeConn has returned, in memory
	end      <-chan CloseInfo

	steps     chan func() // to be done by the sending goroutine
	sendError error       // its own
	close     func()      // closes both halves
	closed    chan struct{}

	mu   sync.Mutex
	sent strings.Builder
	came bytes.Buffer
}

// client makes a client of the client's end of a connection.
func (h *host) client(nc halfCloser) *client {
	c := &client{t: h.t, nc: nc, patience: patience, end: h.endOf(nc.LocalAddr()),
		steps: make(chan func(), 100), closed: make(chan struct{})}
	c.r = bufio.NewReader(io.TeeReader(nc, &c.came))
	c.close = sync.OnceFunc(func() {
		close(c.closed)
		nc.Close()
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for step := range c.steps {
			step()
		}
	}()
	h.t.Cleanup(func() {
		c.close()
		close(c.steps)
		<-done
		if h.t.Failed() {
			h.server.Close() // so that what hangs shows as a failure
		}
		if c.served != nil {
			<-c.served
		}
	})
	return c
}

// send sends octets.
func (c *client) send(octets string) {
	c.steps <- func() { c.write(octets) }
}

// sendEvery sends a piece again and again, each after an interval, until one of
// both sides has closed.
func (c *client) sendEvery(interval time.Duration, piece string) {
	c.steps <- func() {
		for c.sendError == nil {
			select {
			case <-time.After(interval):
				c.write(piece)
			case <-c.closed:
				return
			}
		}
	}
}

// sendLater sends octets after a pause.
func (c *client) sendLater(pause time.Duration, octets string) {
	c.steps <- func() {
		select {
		case <-time.After(pause):
			c.write(octets)
		case <-c.closed:
		}
	}
}

// write writes octets, unless writing has failed before.
func (c *client) write(octets string) {
	if c.sendError != nil {
		return
	}
	c.mu.Lock()
	if c.sent.Len() < mostShown {
		c.sent.WriteString(octets)
	}
	c.mu.Unlock()
	_, c.sendError = io.WriteString(c.nc, octets)
}

// closeWrite closes the client's half when everything has been sent.
func (c *client) closeWrite() {
	c.steps <- func() { c.nc.CloseWrite() }
}

// expectSent waits until everything has been sent; in memory, until the server
// has read it.
func (c *client) expectSent() {
	c.t.Helper()
	done := make(chan error, 1)
	c.steps <- func() { done <- c.sendError }
	select {
	case err := <-done:
		if err != nil {
			c.failf("sending: %v", err)
		}
	case <-time.After(c.patience):
		c.failf("nobody takes what is sent")
	}
}

// reset breaks a TCP connection off when everything has been sent.
func (c *client) reset() {
	c.t.Helper()
	c.expectSent()
	c.nc.(*net.TCPConn).SetLinger(0)
	c.close()
}

// expect reads a response. What is wanted is its status code, its framing and
// its content, for example "200 length 5 hello"; a star at the end stands for
// any octets. Then follow fields that it must have, "Name: value" or "Name: *",
// or must not have, "!Name".
func (c *client) expect(want string, fields ...string) *received {
	c.t.Helper()
	return c.expectTo("GET", want, fields...)
}

// expectTo is expect for the response to another method, which matters for HEAD
// and CONNECT.
func (c *client) expectTo(method, want string, fields ...string) *received {
	c.t.Helper()
	c.nc.SetReadDeadline(time.Now().Add(c.patience))
	a, err := readAnswer(c.r, method)
	if err != nil {
		c.failf("got  %v\nwant %s", err, excerpt(want))
	}
	if got := a.String(); !matches(got, want) {
		c.failf("got  %s\nwant %s", excerpt(got), excerpt(want))
	}
	for _, field := range fields {
		if err := a.check(field); err != nil {
			c.failf("%v in %d %q", err, a.status, a.lines)
		}
	}
	return a
}

// matches reports whether got is what is wanted, or begins with what stands
// before a star.
func matches(got, want string) bool {
	if start, open := strings.CutSuffix(want, "*"); open {
		return strings.HasPrefix(got, start)
	}
	return got == want
}

// expectAll expects responses one after the other.
func (c *client) expectAll(wants ...string) {
	c.t.Helper()
	for _, want := range wants {
		c.expect(want)
	}
}

// expectOctets reads octets as they are.
func (c *client) expectOctets(want string) {
	c.t.Helper()
	c.nc.SetReadDeadline(time.Now().Add(c.patience))
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c.r, got); string(got) != want {
		c.failf("got  %q, %v\nwant %q", got[:n], err, want)
	}
}

// expectLine reads a line as it is.
func (c *client) expectLine() string {
	c.t.Helper()
	c.nc.SetReadDeadline(time.Now().Add(c.patience))
	line, err := c.r.ReadString('\n')
	if err != nil {
		c.failf("got %q, %v; want a line", line, err)
	}
	return line
}

// rest reads everything that the server sends until it closes.
func (c *client) rest() string {
	c.t.Helper()
	octets, err := c.readAll()
	if err != nil {
		c.failf("waiting for the close: %v", err)
	}
	return octets
}

func (c *client) readAll() (string, error) {
	c.nc.SetReadDeadline(time.Now().Add(c.patience))
	octets, err := io.ReadAll(c.r)
	return string(octets), err
}

// expectEnd expects that the server closes its half, and sends nothing before.
func (c *client) expectEnd() {
	c.t.Helper()
	if rest := c.rest(); rest != "" {
		c.failf("got %.300q, want the close", rest)
	}
}

// expectCut expects that the server closes in the middle of a response.
func (c *client) expectCut() {
	c.t.Helper()
	c.nc.SetReadDeadline(time.Now().Add(c.patience))
	if _, err := c.r.Peek(1); err != nil {
		c.failf("got %v, want a part of a response", err)
	}
	if a, err := readAnswer(c.r, "GET"); err == nil {
		c.failf("got %.300s, want a part of a response", a)
	}
}

// expectReset expects that the server breaks the connection off: what it has
// sent does not end in order. It returns that.
func (c *client) expectReset() string {
	c.t.Helper()
	octets, err := c.readAll()
	if err == nil {
		c.failf("got %.300q and an orderly end, want a reset", octets)
	}
	return octets
}

// expectReason expects that the server has closed the connection, or does so
// soon, and tells OnClose the reason.
func (c *client) expectReason(want CloseReason) CloseInfo {
	c.t.Helper()
	select {
	case info := <-c.end:
		if info.Reason != want {
			c.failf("got reason %q, want %q", info.Reason, want)
		}
		return info
	case <-time.After(c.patience):
		c.failf("the connection is open, want reason %q", want)
	}
	panic("not reached")
}

// expectClosed is expectEnd and expectReason for a client that closes when the
// server does.
func (c *client) expectClosed(want CloseReason) CloseInfo {
	c.t.Helper()
	c.expectEnd()
	c.close()
	return c.expectReason(want)
}

// failf ends the test, and shows what was sent and what came.
func (c *client) failf(format string, args ...any) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t.Fatalf("%s\nsent %s\ncame %s", fmt.Sprintf(format, args...), excerpt(c.sent.String()), excerpt(c.came.String()))
}

// mostShown is how many of the octets sent a client remembers.
const mostShown = 1 << 20
