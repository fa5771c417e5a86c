// Package sockettest lets tests speak WebSocket as a client, a step a line:
//
//	p := sockettest.New(t, nc)
//	p.Switch("/ws/echo", "")
//	p.Send(sockettest.Text("hi") + sockettest.Ping("x"))
//	p.Expect("text hi")
//	p.Expect("pong x")
//	p.Send(sockettest.Close(1000, "bye"))
//	p.Expect("close 1000 ")
//	p.ExpectEnd()
package sockettest

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"rawserve/httpwire/websocket/frame"
)

// Handshake returns the head that a client sends for a target, without the empty line.
func Handshake(target string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
}

// Peer is a client under the control of a test.
type Peer struct {
	t       *testing.T
	Conn    net.Conn
	in      *bufio.Reader
	decoder frame.Decoder
	window  []byte
}

// New returns a client at the other end of a connection.
func New(t *testing.T, nc net.Conn) *Peer {
	return &Peer{t: t, Conn: nc, in: bufio.NewReader(nc), decoder: frame.Decoder{From: frame.Server, MaxMessage: -1}}
}

// Switch does the handshake for a target; octets follow it in the same write.
func (p *Peer) Switch(target, octets string) {
	p.t.Helper()
	p.Send(Handshake(target) + "\r\n" + octets)
	if head := p.Head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		p.t.Fatalf("got %q, want a 101", head)
	}
}

// Head reads the head of a response.
func (p *Peer) Head() (head string) {
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

// Send sends octets: see Masked.
func (p *Peer) Send(octets string) {
	p.t.Helper()
	if octets == "" {
		return
	}
	if _, err := io.WriteString(p.Conn, octets); err != nil {
		p.t.Errorf("send: %v", err)
	}
}

// Next reads a message or a control frame: "text hi", "close 1000 bye", or "end".
func (p *Peer) Next() string {
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

// Expect expects what Next returns.
func (p *Peer) Expect(want string) {
	p.t.Helper()
	if got := p.Next(); got != want {
		p.t.Errorf("got %.200q, want %.200q", got, want)
	}
}

// ExpectEnd expects that the server closes the connection, and that nothing comes
// before that.
func (p *Peer) ExpectEnd() {
	p.t.Helper()
	p.Expect("end")
}

// The frames of a client. Their mask is one that shows when it is forgotten.
var maskingKey = [4]byte{0x5a, 0xa5, 0x0f, 0xf0}

// Masked returns a frame.
func Masked(opcode frame.Opcode, fin bool, payload string) string {
	octets := []byte(payload)
	frame.Mask(octets, maskingKey, 0)
	h := frame.Header{Fin: fin, Opcode: opcode, Masked: true, Key: maskingKey, Length: int64(len(payload))}
	return string(frame.AppendHeader(nil, h)) + string(octets)
}

// Text returns a text in one frame.
func Text(s string) string { return Masked(frame.Text, true, s) }

// Ping returns a ping.
func Ping(s string) string { return Masked(frame.Ping, true, s) }

// Close returns a close frame.
func Close(code frame.Code, reason string) string {
	return Masked(frame.Close, true, string(frame.AppendClose(nil, code, reason)))
}
