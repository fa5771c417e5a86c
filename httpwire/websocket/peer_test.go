package websocket

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket/frame"
)

// A test of a connection is a scenario, one step a line:
//
//	p := dial(t, new(Endpoint), echo)
//	p.send(text("hi") + ping("x"))
//	p.expect("text hi")
//	p.expect("pong x")
//	p.send(closes(1000, "bye"))
//	p.expect("close 1000 ")
//	p.expectEnd()
//
// dial connects in memory, where a bubble of testing/synctest can turn the clock;
// dialTCP takes the same steps over TCP.

// patience is how long a step may take that does not wait for a clock.
const patience = 20 * time.Second

// handshake is what a client sends.
const handshake = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// echo sends every message back.
func echo(c *Conn) {
	for {
		kind, message, err := c.Read(context.Background())
		if err != nil {
			return
		}
		if c.Write(context.Background(), kind, message) != nil {
			return
		}
	}
}

// peer is a client under the control of a test.
type peer struct {
	t       *testing.T
	nc      net.Conn
	in      *bufio.Reader
	decoder frame.Decoder
	window  []byte
}

// dial connects a client in memory to a server with one endpoint.
func dial(t *testing.T, e *Endpoint, serve func(*Conn)) *peer {
	t.Helper()
	p := connect(t, e.Handler(serve))
	p.switchProtocols("")
	return p
}

// connect connects a client in memory to a server, before the handshake.
func connect(t *testing.T, h httpwire.Handler) *peer {
	client, server := net.Pipe()
	s := &httpwire.Server{Handler: h}
	go s.ServeConn(server)
	t.Cleanup(func() { client.Close() })
	return newPeer(t, client)
}

// dialTCP connects a client over TCP.
func dialTCP(t *testing.T, e *Endpoint, serve func(*Conn)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &httpwire.Server{Handler: e.Handler(serve)}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	p := newPeer(t, nc)
	p.switchProtocols("")
	return p
}

func newPeer(t *testing.T, nc net.Conn) *peer {
	return &peer{t: t, nc: nc, in: bufio.NewReader(nc), decoder: frame.Decoder{From: frame.Server, MaxMessage: -1}}
}

// switchProtocols does the handshake; octets follow it in the same write.
func (p *peer) switchProtocols(octets string) {
	p.t.Helper()
	p.send(handshake + "\r\n" + octets)
	if head := p.head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		p.t.Fatalf("got %q, want a 101", head)
	}
}

// head reads the head of a response.
func (p *peer) head() (head string) {
	p.t.Helper()
	for !strings.HasSuffix(head, "\r\n\r\n") {
		line, err := p.in.ReadString('\n')
		if err != nil {
			p.t.Fatalf("after %q: %v", head, err)
		}
		head += line
	}
	return head
}

func (p *peer) send(octets string) {
	p.t.Helper()
	if octets == "" {
		return
	}
	if _, err := io.WriteString(p.nc, octets); err != nil {
		p.t.Errorf("send: %v", err)
	}
}

// next reads a message or a control frame: "text hi", "close 1000 bye", or "end".
func (p *peer) next() string {
	var message []byte
	for {
		n, piece, err := p.decoder.Next(p.window)
		switch {
		case err != nil:
			return err.Error()
		case n == 0:
			var octets [32 << 10]byte
			n, err := p.in.Read(octets[:])
			if err != nil {
				return "end"
			}
			p.window = append(p.window, octets[:n]...)
			continue
		}
		p.window = p.window[n:]
		message = append(message, piece.Payload...)
		switch {
		case piece.Message == frame.Close:
			return "close " + piece.Code.String() + " " + string(piece.Reason)
		case piece.Message.IsControl(), piece.EndsMessage():
			return piece.Message.String() + " " + string(message)
		}
	}
}

func (p *peer) expect(want string) {
	p.t.Helper()
	if got := p.next(); got != want {
		p.t.Errorf("got %.200q, want %.200q", got, want)
	}
}

// expectEnd expects that the server closes the connection, and that nothing comes
// before that.
func (p *peer) expectEnd() {
	p.t.Helper()
	p.expect("end")
}

// The frames of a client. Their mask is one that shows when it is forgotten.
var maskingKey = [4]byte{0x5a, 0xa5, 0x0f, 0xf0}

func masked(opcode frame.Opcode, fin bool, payload string) string {
	octets := []byte(payload)
	frame.Mask(octets, maskingKey, 0)
	h := frame.Header{Fin: fin, Opcode: opcode, Masked: true, Key: maskingKey, Length: int64(len(payload))}
	return string(frame.AppendHeader(nil, h)) + string(octets)
}

func text(s string) string { return masked(Text, true, s) }
func ping(s string) string { return masked(frame.Ping, true, s) }

func closes(code frame.Code, reason string) string {
	return masked(frame.Close, true, string(frame.AppendClose(nil, code, reason)))
}
