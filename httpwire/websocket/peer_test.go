package websocket

import (
	"context"
	"net"
	"testing"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket/sockettest"
)

// A test of a connection is a scenario, one step a line:
//
//	p := dial(t, new(Endpoint), echo)
//	p.Send(text("hi") + ping("x"))
//	p.Expect("text hi")
//	p.Expect("pong x")
//
// dial connects in memory, where a bubble of testing/synctest can turn the clock;
// dialTCP takes the same steps over TCP.

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

// dial connects a client in memory to a server with one endpoint.
func dial(t *testing.T, e *Endpoint, serve func(*Conn)) *sockettest.Peer {
	t.Helper()
	p := connect(t, e.Handler(serve))
	p.Switch("/", "")
	return p
}

// connect connects a client in memory to a server, before the handshake.
func connect(t *testing.T, h httpwire.Handler) *sockettest.Peer {
	client, server := net.Pipe()
	s := &httpwire.Server{Handler: h}
	go s.ServeConn(server)
	t.Cleanup(func() { client.Close() })
	return sockettest.New(t, client)
}

// dialTCP connects a client over TCP.
func dialTCP(t *testing.T, e *Endpoint, serve func(*Conn)) *sockettest.Peer {
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
	p := sockettest.New(t, nc)
	p.Switch("/", "")
	return p
}

// What a client sends.
var (
	handshake = sockettest.Handshake("/")

	masked = sockettest.Masked
	text   = sockettest.Text
	ping   = sockettest.Ping
	closes = sockettest.Close
)
