package etcd

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"rawserve/httpwire/syntax"
)

// Bounds of an answer.
const (
	maxBody    = 8 << 20  // octets of its content, or of one message of a stream
	windowSize = 40 << 10 // more than the largest head, chunk-size line or trailer section
	maxInterim = 8        // responses with 1xx before the final one
)

// conn is a connection to an endpoint, for one exchange at a time.
type conn struct {
	net.Conn
	window   []byte // what has arrived and is not consumed yet
	buffer   []byte // where window lies
	consumed int64  // octets of the answer that came before window
	used     time.Time
	reused   bool
}

func newConn(nc net.Conn) *conn { return &conn{Conn: nc, buffer: make([]byte, windowSize)} }

// send writes a request.
func (c *conn) send(host, path, token string, body []byte) error {
	b := make([]byte, 0, 512+len(body))
	b = syntax.AppendRequestLine(b, "POST", path)
	b = syntax.AppendField(b, "Host", host)
	b = syntax.AppendField(b, "Content-Type", "application/json")
	// An endpoint that has lost its leader ends a watch instead of going silent.
	b = syntax.AppendField(b, "Grpc-Metadata-Hasleader", "true")
	if token != "" {
		b = syntax.AppendField(b, "Authorization", token)
	}
	b = syntax.AppendLength(b, int64(len(body)))
	b = syntax.AppendEnd(b)
	_, err := c.Write(append(b, body...))
	return err
}

// receive reads the head of the answer to a request.
func (c *conn) receive() (*answer, error) {
	for range maxInterim + 1 {
		head, err := c.head()
		if err != nil {
			return nil, err
		}
		if head.Status/100 == 1 && head.Status != 101 {
			continue
		}
		if head.BothLengths {
			return nil, &fault{c.consumed, errors.New("its head has both Content-Length and Transfer-Encoding")}
		}
		a := &answer{conn: c, status: head.Status, framing: head.Framing, keep: head.Persistent, rest: head.Framing.Length}
		a.ended = head.Framing.Kind == syntax.NoBody
		return a, nil
	}
	return nil, &fault{c.consumed, errors.New("too many interim responses")}
}

// head reads one head.
func (c *conn) head() (*syntax.ResponseHead, error) {
	parser := syntax.ResponseParser{Method: "POST"}
	for {
		n, err := parser.Parse(c.window)
		if err != nil {
			return nil, c.broken(err)
		}
		if n > 0 {
			c.consume(n)
			return parser.Head(), nil
		}
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
}

// consume takes n octets from the window.
func (c *conn) consume(n int) {
	c.window = c.window[n:]
	c.consumed += int64(n)
}

// fill reads more octets into the window. An end is unexpected: who expects one
// says so.
func (c *conn) fill() error {
	n := copy(c.buffer, c.window)
	if n == len(c.buffer) {
		return &fault{c.consumed, errors.New("a line without an end")}
	}
	more, err := c.Read(c.buffer[n:])
	c.window = c.buffer[:n+more]
	switch {
	case more > 0:
		return nil
	case errors.Is(err, io.EOF):
		return &fault{c.arrived(), errClosed}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &fault{c.arrived(), errTimeout}
	}
	return &fault{c.arrived(), err}
}

// Errors of an answer, or the rest of one, that does not come.
var (
	errTimeout = errors.New("nothing more came in time")
	errClosed  = errors.New("the connection was closed before the end of the answer")
)

// arrived returns how many octets of the answer have arrived.
func (c *conn) arrived() int64 { return c.consumed + int64(len(c.window)) }

// broken places an error of the grammar, which counts from the window, in the
// answer.
func (c *conn) broken(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return &fault{c.consumed + e.Offset, e.Rule}
	}
	return err
}
