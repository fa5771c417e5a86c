package websocket

import (
	"errors"
	"fmt"
	"net"
	"sync"

	"rawserve/httpwire/websocket/frame"
)

// Kind is the kind of a message.
type Kind = frame.Opcode

// The kinds of messages.
const (
	Text   = frame.Text
	Binary = frame.Binary
)

// ErrClosed is returned once the connection has been closed on our side, or has
// failed.
var ErrClosed = errors.New("websocket: the connection is closed")

// errSilent ends a connection whose peer has sent nothing, not even a pong.
var errSilent = errors.New("websocket: the peer does not answer pings")

// errTooSlow ends a connection whose peer sends a message more slowly than MinRate.
var errTooSlow = errors.New("websocket: the message arrives too slowly")

// CloseError says that the peer has closed the connection, and why: the code is
// frame.NoCode if it gave none, and frame.Abnormal if there was no close frame.
type CloseError struct {
	Code   frame.Code
	Reason string // as the peer sent it; valid UTF-8
}

// Error returns the code and the reason.
func (e *CloseError) Error() string {
	return fmt.Sprintf("websocket: the peer closed the connection: %d %q", e.Code, e.Reason)
}

// Conn is a WebSocket connection. Read and NextReader are for one goroutine at a
// time; all other methods may be called by any number of goroutines.
type Conn struct {
	endpoint    *Endpoint
	nc          net.Conn
	subprotocol string

	reading chan struct{} // holds a value while somebody reads
	input   input
	decoder frame.Decoder
	reader  *MessageReader // of the message in progress, or nil
	whole   []byte         // what Read has of the message in progress
	readErr error          // what ended reading

	writing chan struct{} // holds a value while somebody writes
	output  output

	closing closing
	release sync.Once
}

// newConn makes a Conn of a connection after the handshake.
func (e *Endpoint) newConn(nc net.Conn, subprotocol string) *Conn {
	c := &Conn{
		endpoint:    e,
		nc:          nc,
		subprotocol: subprotocol,
		reading:     make(chan struct{}, 1),
		writing:     make(chan struct{}, 1),
		decoder:     frame.Decoder{MaxMessage: e.MaxMessage},
	}
	c.input.open(c)
	c.output = output{conn: c, busy: make(chan struct{}, 1)}
	if !e.remember(c) {
		go c.Close(frame.GoingAway, "the server is stopping")
	}
	return c
}

// Subprotocol returns the subprotocol that was agreed on, or "".
func (c *Conn) Subprotocol() string { return c.subprotocol }

// RemoteAddr returns the address of the peer.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// LocalAddr returns the address at which the peer reached the server.
func (c *Conn) LocalAddr() net.Addr { return c.nc.LocalAddr() }

// cut closes the connection under everybody who uses it. A peer that has not sent its
// close frame is not waited for, not even to take the alert that ends TLS.
func (c *Conn) cut() {
	c.release.Do(func() {
		if below, ok := c.nc.(interface{ NetConn() net.Conn }); ok && !c.closing.isClean() {
			below.NetConn().Close()
		}
		c.nc.Close()
		c.endpoint.forget(c)
	})
}
