package httpwire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rawserve/httpwire/syntax"
)

// twoWay is one end of a connection in memory whose two directions are pipes of
// their own, so that each can be closed alone, as with TCP.
type twoWay struct {
	in, out net.Conn
	mu      sync.Mutex
	writes  int
}

// pipes returns the two ends of a connection in memory.
func pipes() (server, client *twoWay) {
	serverIn, clientOut := net.Pipe()
	clientIn, serverOut := net.Pipe()
	return &twoWay{in: serverIn, out: serverOut}, &twoWay{in: clientIn, out: clientOut}
}

func (c *twoWay) Read(p []byte) (int, error) { return c.in.Read(p) }

// Write counts the calls that wrote something.
func (c *twoWay) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	if n > 0 {
		c.mu.Lock()
		c.writes++
		c.mu.Unlock()
	}
	return n, err
}

func (c *twoWay) CloseWrite() error { return c.out.Close() }

func (c *twoWay) Close() error {
	c.in.Close()
	return c.out.Close()
}

func (c *twoWay) LocalAddr() net.Addr  { return c.in.LocalAddr() }
func (c *twoWay) RemoteAddr() net.Addr { return c.in.RemoteAddr() }

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

// client talks to a server over a connection in memory.
type client struct {
	t      *testing.T
	conn   *twoWay
	server *twoWay
	r      *bufio.Reader
	served chan struct{} // closed when ServeConn has returned
}

// dial serves a new connection and returns the client's end of it.
func dial(t *testing.T, s *Server) *client {
	t.Helper()
	server, conn := pipes()
	c := &client{t: t, conn: conn, server: server, r: bufio.NewReader(conn), served: make(chan struct{})}
	go func() {
		defer close(c.served)
		s.ServeConn(server)
	}()
	t.Cleanup(func() {
		conn.Close()
		<-c.served
	})
	return c
}

// send writes octets; the server must be reading.
func (c *client) send(octets string) {
	c.t.Helper()
	c.conn.SetWriteDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c.conn, octets); err != nil {
		c.t.Fatalf("sending %.40q: %v", octets, err)
	}
}

// sendAside is send in a goroutine of its own, for octets that the server may
// leave unread.
func (c *client) sendAside(octets string) {
	c.conn.SetWriteDeadline(time.Now().Add(time.Minute))
	go io.WriteString(c.conn, octets)
}

// receive reads one response to a request with the method.
func (c *client) receive(method string) *reply {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(time.Minute))
	a, err := readAnswer(c.r, method)
	if err != nil {
		c.t.Fatalf("reading a response to %s: %v", method, err)
	}
	return a
}

// closed reports what the server still sends until it closes.
func (c *client) closed() string {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(24 * time.Hour))
	rest, err := io.ReadAll(c.r)
	if err != nil {
		c.t.Fatalf("waiting for the close: %v", err)
	}
	return string(rest)
}

// talk sends octets and then ends the client's half, and returns everything the
// server sends until it closes.
func talk(t *testing.T, s *Server, octets string) string {
	t.Helper()
	c := dial(t, s)
	go func() {
		io.WriteString(c.conn, octets)
		c.conn.CloseWrite()
	}()
	sent := c.closed()
	<-c.served
	return sent
}

// talkFor is talk, with the responses taken apart. The methods are those of the
// requests that are answered; GET behind the last one.
func talkFor(t *testing.T, s *Server, octets string, methods ...string) []*reply {
	t.Helper()
	sent := talk(t, s, octets)
	answers, err := readAnswers(sent, methods...)
	if err != nil {
		t.Fatalf("%v in the answer to %.200q: %.2000q", err, octets, sent)
	}
	return answers
}

// answer is a response taken apart by a reader that forgives nothing.
type reply struct {
	status  int
	reason  string
	names   []string // in order, as sent
	fields  map[string][]string
	body    string
	framing syntax.FramingKind
	trailer map[string][]string
}

// get returns the only value of a field, or "".
func (a *reply) get(name string) string { return strings.Join(a.fields[strings.ToLower(name)], "|") }

// closes reports whether the response says that the connection will be closed.
func (a *reply) closes() bool { return a.get("Connection") == "close" }

// String shows an answer in a few words: "200 length hello".
func (a *reply) String() string {
	return fmt.Sprintf("%d %s %s", a.status, syntax.Framing{Kind: a.framing, Length: int64(len(a.body))}, a.body)
}

// statuses returns the status codes of answers.
func statuses(answers []*reply) (codes []int) {
	for _, a := range answers {
		codes = append(codes, a.status)
	}
	return codes
}

// readAnswers takes a whole stream of responses apart. Interim ones are among
// them and use no method.
func readAnswers(stream string, methods ...string) (answers []*reply, err error) {
	r := bufio.NewReader(strings.NewReader(stream))
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return answers, nil
		}
		method := "GET"
		if len(methods) > 0 {
			method = methods[0]
		}
		a, err := readAnswer(r, method)
		if err != nil {
			return answers, fmt.Errorf("response %d: %w", len(answers)+1, err)
		}
		if answers = append(answers, a); a.status >= 200 && len(methods) > 0 {
			methods = methods[1:]
		}
	}
}

var (
	statusLineForm = regexp.MustCompile(`^HTTP/1\.1 ([1-5][0-9][0-9]) ([\t -~\x80-\xff]*)\r\n$`)
	fieldLineForm  = regexp.MustCompile("^([!#$%&'*+\\-.^_`|~0-9A-Za-z]+): ((?:[!-~\\x80-\\xff](?:[\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)?)\r\n$")
	chunkLineForm  = regexp.MustCompile(`^([0-9a-f]+)\r\n$`)
)

// readAnswer reads one response and checks everything that a server owes.
func readAnswer(r *bufio.Reader, method string) (a *reply, err error) {
	line, err := r.ReadString('\n')
	m := statusLineForm.FindStringSubmatch(line)
	if m == nil {
		return nil, fmt.Errorf("status line %.80q, %v", line, err)
	}
	a = &reply{reason: m[2]}
	a.status, _ = strconv.Atoi(m[1])
	if a.names, a.fields, err = readFields(r); err != nil {
		return nil, err
	}
	if err := a.checkHead(method); err != nil {
		return nil, fmt.Errorf("%w in %d %v", err, a.status, a.fields)
	}
	return a, a.readBody(r, method)
}

// readFields reads field lines and the empty line behind them.
func readFields(r *bufio.Reader) (names []string, fields map[string][]string, err error) {
	fields = map[string][]string{}
	for {
		line, err := r.ReadString('\n')
		if line == "\r\n" {
			return names, fields, nil
		}
		m := fieldLineForm.FindStringSubmatch(line)
		if m == nil {
			return nil, nil, fmt.Errorf("field line %.80q, %v", line, err)
		}
		names = append(names, m[1])
		fields[strings.ToLower(m[1])] = append(fields[strings.ToLower(m[1])], m[2])
	}
}

// checkHead checks the fields that frame a response. RFC 9110, Section 8.6 and
// Section 6.6.1; RFC 9112, Section 6.1.
func (a *reply) checkHead(method string) error {
	length, coding := a.fields["content-length"], a.fields["transfer-encoding"]
	noBody := a.status < 200 || a.status == 204 || method == "CONNECT" && a.status < 300
	switch {
	case a.status >= 200 && len(a.fields["date"]) != 1:
		return errors.New("not exactly one Date")
	case len(length) > 1 || len(coding) > 1 || len(length)+len(coding) > 1:
		return errors.New("more than one length")
	case noBody && len(length)+len(coding) > 0:
		return errors.New("a length where there is no body")
	case len(coding) == 1 && coding[0] != "chunked":
		return errors.New("unknown transfer coding")
	case len(a.fields["connection"]) > 1 || len(a.fields["content-type"]) > 1:
		return errors.New("repeated field")
	}
	return nil
}

// readBody reads the body as RFC 9112, Section 6.3 says.
func (a *reply) readBody(r *bufio.Reader, method string) (err error) {
	length := a.fields["content-length"]
	switch {
	case method == "HEAD" || a.status < 200 || a.status == 204 || a.status == 304 || method == "CONNECT" && a.status < 300:
		a.framing = syntax.NoBody
	case len(a.fields["transfer-encoding"]) > 0:
		a.framing = syntax.Chunked
		return a.readChunks(r)
	case len(length) > 0:
		a.framing = syntax.ContentLength
		n, err := strconv.Atoi(length[0])
		if err != nil {
			return err
		}
		body := make([]byte, n)
		n, err = io.ReadFull(r, body)
		a.body = string(body[:n])
		return err
	default:
		a.framing = syntax.CloseDelimited
		body, err := io.ReadAll(r)
		a.body = string(body)
		return err
	}
	return nil
}

// readChunks reads a chunked body and its trailer section.
func (a *reply) readChunks(r *bufio.Reader) error {
	var body bytes.Buffer
	defer func() { a.body = body.String() }()
	for {
		line, _ := r.ReadString('\n')
		m := chunkLineForm.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("chunk-size line %.80q", line)
		}
		size, err := strconv.ParseInt(m[1], 16, 32)
		if err != nil {
			return err
		}
		if size == 0 {
			_, a.trailer, err = readFields(r)
			return err
		}
		if _, err := io.CopyN(&body, r, size); err != nil {
			return fmt.Errorf("chunk cut short: %w", err)
		}
		if end, _ := r.Peek(2); string(end) != "\r\n" {
			return fmt.Errorf("chunk followed by %q", end)
		}
		r.Discard(2)
	}
}

// scriptedConn is a connection on which the client's octets are known before.
// What the server writes is kept; deadlines never pass.
type scriptedConn struct {
	net.Conn
	r io.Reader
	w io.Writer
}

func (c *scriptedConn) Read(p []byte) (int, error)       { return c.r.Read(p) }
func (c *scriptedConn) Write(p []byte) (int, error)      { return c.w.Write(p) }
func (c *scriptedConn) Close() error                     { return nil }
func (c *scriptedConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptedConn) SetWriteDeadline(time.Time) error { return nil }

// closings collects why connections were closed.
type closings struct {
	mu  sync.Mutex
	all []CloseReason
}

// note is for Server.OnClose.
func (r *closings) note(_ *Conn, info CloseInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, info.Reason)
}

func (r *closings) last() CloseReason {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return ""
	}
	return r.all[len(r.all)-1]
}

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

// post is a request with a body of known length.
func post(target, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", target, len(body), body)
}

// chunkedPost is a request with a body in the chunked transfer coding.
func chunkedPost(target, chunks string) string {
	return "POST " + target + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
}

// get and connect return a request without a body.
func get(target string) string     { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n" }
func connect(target string) string { return "CONNECT " + target + " HTTP/1.1\r\nHost: a\r\n\r\n" }
