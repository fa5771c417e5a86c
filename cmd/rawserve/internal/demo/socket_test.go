package demo

import (
	"net"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket"
	"rawserve/httpwire/websocket/sockettest"
	"rawserve/router"
)

// Messages come back as they were, while they arrive.
func TestEchoOfMessages(t *testing.T) {
	rt := router.New()
	RegisterSocket(rt, new(websocket.Endpoint))
	ours, theirs := net.Pipe()
	s := &httpwire.Server{Handler: rt.Serve}
	go s.ServeConn(theirs)
	t.Cleanup(func() { ours.Close() })
	p := sockettest.New(t, ours)
	p.Switch("/ws/echo", "")

	p.Send(sockettest.Text("hi"))
	p.Expect("text hi")
	p.Send(sockettest.Masked(websocket.Binary, false, "\xff") + sockettest.Ping("x"))
	p.Expect("pong x")
	p.Send(sockettest.Masked(0, true, "\x00"))
	p.Expect("binary \xff\x00")

	large := strings.Repeat("é", 20_000)
	go p.Send(sockettest.Text(large)) // nobody holds it whole
	p.Expect("text " + large)
	p.Send(sockettest.Close(1000, ""))
	p.Expect("close 1000 ")
}
