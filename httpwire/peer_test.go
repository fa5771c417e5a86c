package httpwire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"
)

// twoWay is one end of a connection in memory whose two directions are pipes of
// their own, so that each can be closed alone, as with TCP.
type twoWay struct {
	in, out net.Conn
	client  memoryAddr
	mu      sync.Mutex
	calls   int
}

type memoryAddr string

func (memoryAddr) Network() string  { return "memory" }
func (a memoryAddr) String() string { return string(a) }

// pipes returns the two ends of a connection in memory.
func pipes(address string) (server, client *twoWay) {
	serverIn, clientOut := net.Pipe()
	clientIn, serverOut := net.Pipe()
	server = &twoWay{in: serverIn, out: serverOut, client: memoryAddr(address)}
	return server, &twoWay{in: clientIn, out: clientOut, client: memoryAddr(address)}
}

// Read, like that of a socket, fails with net.ErrClosed when this end is closed.
func (c *twoWay) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if err == io.ErrClosedPipe {
		err = net.ErrClosed
	}
	return n, err
}

// Write counts the calls, those that fail as well.
func (c *twoWay) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.calls++
	c.mu.Unlock()
	return c.out.Write(p)
}

// writes returns how often Write was called.
func (c *twoWay) writes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

func (c *twoWay) CloseWrite() error { return c.out.Close() }

func (c *twoWay) Close() error {
	c.in.Close()
	return c.out.Close()
}

// LocalAddr and RemoteAddr are both the address of the client.
func (c *twoWay) LocalAddr() net.Addr  { return c.client }
func (c *twoWay) RemoteAddr() net.Addr { return c.client }

// SetReadDeadline, like that of a socket and unlike that of net.Pipe, does not
// fail because the other end has closed: reading will tell.
func (c *twoWay) SetReadDeadline(t time.Time) error {
	c.in.SetReadDeadline(t)
	return nil
}

// SetWriteDeadline is like SetReadDeadline.
func (c *twoWay) SetWriteDeadline(t time.Time) error {
	c.out.SetWriteDeadline(t)
	return nil
}

func (c *twoWay) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// scriptedConn is a connection on which the client's octets are known before.
// What the server writes is kept; deadlines never pass.
type scriptedConn struct {
	r io.Reader
	w io.Writer
}

func (c *scriptedConn) Read(p []byte) (int, error)       { return c.r.Read(p) }
func (c *scriptedConn) Write(p []byte) (int, error)      { return c.w.Write(p) }
func (c *scriptedConn) Close() error                     { return nil }
func (c *scriptedConn) LocalAddr() net.Addr              { return memoryAddr("script") }
func (c *scriptedConn) RemoteAddr() net.Addr             { return memoryAddr("script") }
func (c *scriptedConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptedConn) SetWriteDeadline(time.Time) error { return nil }

// replay serves a connection on which the client's octets are known before, and
// returns the octets of the answers.
func replay(s *Server, client io.Reader) string {
	var answers bytes.Buffer
	s.ServeConn(&scriptedConn{r: client, w: &answers})
	return answers.String()
}

// logTo returns a log that a test can read.
func logTo(log *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(log, nil)) }

// hello answers every request with its number and its target.
func hello(w *Response, r *Request) error {
	_, err := fmt.Fprintf(w, "%d %s", r.Conn().Requests(), r.Target)
	return err
}

// echo answers with the body of the request.
func echo(w *Response, r *Request) error {
	_, err := io.Copy(w, r.Body)
	return err
}

// nothing answers with no content.
func nothing(w *Response, r *Request) error { return nil }

// discard reads the body of the request and answers with no content.
func discard(w *Response, r *Request) error {
	_, err := io.Copy(io.Discard, r.Body)
	return err
}

// failsLate fails when a part of the response has left.
func failsLate(w *Response, r *Request) error {
	w.WriteString("begun")
	w.Flush()
	return errors.New("late")
}

// refuses answers that the client has to say who it is.
func refuses(w *Response, r *Request) error { return Fail(401, "who are you") }

// get returns a request without a body.
func get(target string) string { return request("GET", target) }

// getAndClose returns a request for one answer.
func getAndClose(target string) string { return request("GET", target, "Connection: close") }

// request returns the head of a request with further fields.
func request(method, target string, fields ...string) string {
	head := method + " " + target + " HTTP/1.1\r\nHost: a\r\n"
	for _, field := range fields {
		head += field + "\r\n"
	}
	return head + "\r\n"
}

// post is a request with a body of known length.
func post(target, body string) string {
	return request("POST", target, fmt.Sprint("Content-Length: ", len(body))) + body
}

// chunkedPost is a request with a body in the chunked transfer coding.
func chunkedPost(target, chunks string) string {
	return request("POST", target, "Transfer-Encoding: chunked") + chunks
}
