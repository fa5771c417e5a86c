package websocket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket/frame"
)

// Defaults of an Endpoint, and bounds that cannot be changed.
const (
	DefaultMaxMessage   = frame.DefaultMaxMessage
	DefaultPingInterval = 30 * time.Second
	DefaultPongTimeout  = 10 * time.Second
	DefaultWriteTimeout = 10 * time.Second

	// MinRate is how many octets of a message a peer must send per second, on
	// average, once the message has been waited for as long as MessageGrace.
	MinRate      = 240
	MessageGrace = 30 * time.Second

	// CloseTimeout is how long closing may take, from the first octet of our
	// close frame on.
	CloseTimeout = time.Second
)

// Endpoint accepts WebSocket connections. The zero value is ready to use. Its fields
// must not be changed once it is in use. For limits and times, zero means the
// default, and a negative number means none.
type Endpoint struct {
	// Subprotocols are the names of those that are spoken, the preferred one
	// first. The first that the client offers too is chosen; without any, the
	// connection has none. RFC 6455, Section 1.9.
	Subprotocols []string

	// Origins are the web pages that may connect besides those of the same host,
	// each as "https://example.com"; "*" means all. Programs that are no browser
	// send no origin, and are let in. RFC 6455, Section 10.2.
	Origins []string

	// MaxMessage is how many octets a message may have. Default 1 MiB.
	MaxMessage int64

	// PingInterval is after how much silence a ping is sent, and PongTimeout how
	// long the silence may last then. Defaults 30 s and 10 s. While a message is
	// being written no ping is sent: WriteTimeout tells whether the peer is there.
	PingInterval, PongTimeout time.Duration

	// WriteTimeout is how long the peer may take for what is written at once, which
	// is 64 KiB at most. Default 10 s. Then the connection is closed.
	WriteTimeout time.Duration

	// ErrorLog is told of panics. Nil discards that.
	ErrorLog *slog.Logger

	mu       sync.Mutex
	conns    map[*Conn]struct{}
	stopping bool
	ended    sync.WaitGroup // of handshakes, and the functions that serve
}

// Handler returns a handler that is Serve.
func (e *Endpoint) Handler(serve func(c *Conn)) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error { return e.Serve(w, r, serve) }
}

// Serve makes a connection of a request that asks for one, as Accept does, and calls
// serve with it in a goroutine of its own. When serve returns, the connection is closed
// with code 1000, unless that has happened already. A panic in serve closes it with
// code 1011.
func (e *Endpoint) Serve(w *httpwire.Response, r *httpwire.Request, serve func(c *Conn)) error {
	if !e.begin() {
		return refuseStopping()
	}
	defer e.ended.Done()
	c, err := e.Accept(w, r)
	if err == nil {
		e.ended.Go(func() { e.run(c, serve) })
	}
	return err
}

// begin counts a handshake, which Shutdown waits for as for the function that it leads
// to. It reports false if the endpoint is being shut down.
func (e *Endpoint) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.stopping {
		e.ended.Add(1)
	}
	return !e.stopping
}

// run serves a connection, and closes it.
func (e *Endpoint) run(c *Conn, serve func(c *Conn)) {
	code := frame.InternalError // of a panic, and of runtime.Goexit
	defer func() {
		if value := recover(); value != nil && e.ErrorLog != nil {
			e.ErrorLog.Error("panic in a WebSocket handler", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
		}
		c.Close(code, "")
	}()
	serve(c)
	code = frame.Normal
}

var errStopping = errors.New("websocket: the endpoint has been shut down")

// refuseStopping returns the answer to a handshake after Shutdown.
func refuseStopping() *httpwire.Problem {
	return &httpwire.Problem{Status: 503, Detail: "the server is stopping", Err: errStopping}
}

// Shutdown closes all connections with code 1001, and waits until what Serve runs
// for them has ended. If ctx ends first, Shutdown returns its error. New connections
// are refused from then on.
func (e *Endpoint) Shutdown(ctx context.Context) error {
	for _, c := range e.stop() {
		go c.Close(frame.GoingAway, "the server is stopping")
	}
	ended := make(chan struct{})
	go func() {
		e.ended.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop lets no new connections in, and returns the others.
func (e *Endpoint) stop() []*Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopping = true
	all := make([]*Conn, 0, len(e.conns))
	for c := range e.conns {
		all = append(all, c)
	}
	return all
}

// Len returns how many connections there are.
func (e *Endpoint) Len() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.conns)
}

// remember registers a connection, unless the endpoint is being shut down.
func (e *Endpoint) remember(c *Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopping {
		return false
	}
	if e.conns == nil {
		e.conns = make(map[*Conn]struct{})
	}
	e.conns[c] = struct{}{}
	return true
}

func (e *Endpoint) forget(c *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.conns, c)
}

func (e *Endpoint) isStopping() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stopping
}

func (e *Endpoint) pingInterval() time.Duration { return cmp.Or(e.PingInterval, DefaultPingInterval) }
func (e *Endpoint) pongTimeout() time.Duration  { return cmp.Or(e.PongTimeout, DefaultPongTimeout) }
func (e *Endpoint) writeTimeout() time.Duration { return cmp.Or(e.WriteTimeout, DefaultWriteTimeout) }
