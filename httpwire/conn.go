package httpwire

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"rawserve/httpwire/syntax"
)

// Conn is a connection. Handlers and hooks use it to tell connections apart;
// the octets on it belong to the server.
type Conn struct {
	server   *Server
	nc       net.Conn
	raw      syscall.RawConn // of nc, if reading can be tried without a buffer
	secure   bool            // TLS
	id       uint64
	accepted time.Time
	state    atomic.Int32 // a connState
	requests int

	*workspace // nil while idle

	readTimer  timer
	writeTimer timer
	readError  error // to be returned by the next read
	writeError error // sticky: what was written behind it never left
	idle       idleRead
	idleSince  instant
	renewable  bool // the goroutine is the server's, which may give the connection another one
	resting    bool // it is about to be given one
	watcher    *watcher
	current    *exchange // nil between exchanges
	abandoned  bool      // a stray goroutine is still in the exchange and the buffers
	octetsIn   int64     // received and used
	octetsOut  int64     // written to the network
}

// ID returns a number no other connection of the server has, counted from 1.
func (c *Conn) ID() uint64 { return c.id }

// RemoteAddr returns the address of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// LocalAddr returns the address at which the client reached the server.
func (c *Conn) LocalAddr() net.Addr { return c.nc.LocalAddr() }

// Requests returns how many requests have been received on the connection, the
// present one included.
func (c *Conn) Requests() int { return c.requests }

// TLS returns the state of the TLS connection, or nil if there is none.
func (c *Conn) TLS() *tls.ConnectionState {
	if t, ok := c.nc.(*tls.Conn); ok {
		state := t.ConnectionState()
		return &state
	}
	return nil
}

// connState is where a connection is in its life.
//
//	       first octet of a request
//	idle ───────────────────────────▶ active ──▶ handedOver
//	  ▲                                  │
//	  └──────────────────────────────────┤
//	     response sent, kept open        ▼
//	idle ──▶ dismissed ──────────────▶ closing
//	     Shutdown
//
// Only becomeActive, becomeIdle, handOver, abandon, close and Server.Shutdown
// change it.
type connState int32

const (
	stateIdle       connState = iota // no octet of a next request has arrived
	stateActive                      // a request is being received or answered
	stateDismissed                   // idle when the server began to shut down: it closes itself
	stateClosing                     // closed, or about to be
	stateHandedOver                  // upgraded or hijacked: no longer ours
)

// outcome is how one step of the connection loop ends: the next step follows,
// the connection closes for a reason, or it has been handed over.
type outcome struct {
	reason CloseReason // "" = next
	linger bool        // the client may still be sending: half-close and wait
	abort  bool        // make the truncation visible: reset
}

var next = outcome{}

// serve is the life of a connection, or what is left of it behind a rest.
func (c *Conn) serve() {
	defer c.end()
	if out := c.exchanges(); out != atRest {
		c.close(out)
	}
}

// exchanges is the loop of a connection: read head, decide framing, run handler,
// finish response, drain or close, repeat. It returns how the loop ended.
func (c *Conn) exchanges() (out outcome) {
	defer func() {
		if value := recover(); value != nil {
			c.contain(value)
			out = outcome{reason: ReasonPanic, abort: true}
		}
	}()
	if c.requests == 0 {
		out = c.begin()
	}
	for out == next {
		if out = c.receive(); out == next {
			out = c.exchange()
		}
	}
	return out
}

// begin admits the connection and completes its handshake.
func (c *Conn) begin() outcome {
	if f := c.server.OnConnection; f != nil && f(c) != nil {
		return outcome{reason: ReasonNotAdmitted}
	}
	return c.handshake()
}

// receive reads until a whole head is in the window and decided. Finished
// answers are flushed before it waits for octets, and not before, so a burst of
// pipelined requests is answered with one write.
func (c *Conn) receive() outcome {
	headStart := never // when its first octet arrived
	if c.requests == 0 {
		headStart = 0
	}
	for {
		if c.workspace != nil && len(c.window()) > 0 {
			n, err := c.head.Parse(c.window())
			if err != nil {
				return c.refuseHead(err.(*syntax.Error))
			}
			if n > 0 {
				c.headLength = n
				return next
			}
		}
		if err := c.flush(); err != nil {
			return closing(ReasonWriteFailed, err)
		}
		if out := c.waitForHead(&headStart); out != next {
			return out
		}
	}
}

// waitForHead reads more octets of a head. While not one has arrived the idle
// timeout runs, on a connection that was just accepted the head timeout.
func (c *Conn) waitForHead(headStart *instant) outcome {
	now := c.now()
	if c.workspace == nil || len(c.window()) == 0 {
		return c.waitIdle(now)
	}
	*headStart = min(*headStart, now)
	n, err := c.read(c.in.free(), after(*headStart, c.server.headTimeout()))
	if err != nil {
		return c.endOfHead(err)
	}
	c.in.received(n)
	return next
}

// becomeIdle says that no request is in progress, unless the server is shutting
// down.
func (c *Conn) becomeIdle() outcome {
	c.state.Store(int32(stateIdle))
	c.traceState("idle")
	if c.server.draining.Load() {
		return c.dismissed()
	}
	return next
}

// dismissed is the outcome for a connection without a request in progress when
// the server shuts down. The client may not have read the last answer yet, and
// may have sent another request: closing at once would destroy the one for the
// other.
func (c *Conn) dismissed() outcome {
	return outcome{reason: ReasonShutdown, linger: c.requests > 0 || c.workspace != nil}
}

// becomeActive says that a request has begun. It fails if the connection has just
// been dismissed.
func (c *Conn) becomeActive() outcome {
	if !c.state.CompareAndSwap(int32(stateIdle), int32(stateActive)) {
		return c.dismissed()
	}
	c.traceState("active")
	return next
}

// endOfIdle explains why an idle connection ends.
func (c *Conn) endOfIdle(err error) outcome {
	switch {
	case c.server.draining.Load():
		return c.dismissed()
	case err == errTimeout && c.requests == 0:
		c.traceDecision(DecisionTimeout, "head")
		return outcome{reason: ReasonHeadTimeout}
	case err == errTimeout:
		c.traceDecision(DecisionTimeout, "idle")
		return outcome{reason: ReasonIdleTimeout}
	}
	return closing(ReasonClientClosed, err)
}

// endOfHead refuses a head that did not arrive whole. An empty line alone is no
// request: nobody waits for an answer to it.
func (c *Conn) endOfHead(err error) outcome {
	length := len(c.window())
	onlyEmptyLine := length <= len("\r\n") && c.window()[0] == '\r'
	switch {
	case err == errTimeout:
		c.traceDecision(DecisionTimeout, "head")
		if onlyEmptyLine {
			return outcome{reason: ReasonHeadTimeout}
		}
		return c.refuseHead(HeadTimeout.At(length))
	case errors.Is(err, io.EOF) && !onlyEmptyLine:
		return c.refuseHead(Incomplete.At(length))
	}
	return closing(ReasonClientClosed, err)
}

// exchange answers the request whose head stands at the beginning of the window.
func (c *Conn) exchange() outcome {
	c.requests++
	x := c.newExchange()
	c.current = x
	c.traceSocket()
	c.traceFraming(x.body.framing)
	err := x.run(c.server.Handler)
	c.stopWatching()
	if x.handles.response.use.end() {
		c.current = nil
		return x.abandon(err)
	}
	out := x.finish(err)
	x.over(out)
	c.current = nil
	if out == next {
		c.head.Reset()
	}
	return out
}

// flush writes the answers that are buffered.
func (c *Conn) flush() error {
	if c.workspace == nil || len(c.out) == 0 {
		return c.writeError
	}
	return c.flushWith(nil)
}

// flushWith writes what is buffered and tail behind it.
func (c *Conn) flushWith(tail []byte) error {
	if c.writeError == nil {
		c.writeError = c.write(c.out, tail)
	}
	c.out = c.out[:0]
	return c.writeError
}

// writeOnce writes head and tail with one call, vectored where both have octets.
// TLS gets a large tail in pieces, since it cannot tell how far a write came that
// met its deadline.
func (c *Conn) writeOnce(head, tail []byte) (int, error) {
	if c.secure {
		tail = tail[:min(len(tail), copyBuffer)]
	}
	switch {
	case len(tail) == 0:
		return c.nc.Write(head)
	case len(head) == 0:
		return c.nc.Write(tail)
	}
	c.vector = [2][]byte{head, tail}
	c.buffers = c.vector[:]
	n, err := c.buffers.WriteTo(c.nc)
	return int(n), err
}

// window returns the octets received and not consumed.
func (c *Conn) window() []byte { return c.in.window() }

// consume marks n octets of the window as used.
func (c *Conn) consume(n int) {
	c.in.consume(n)
	c.octetsIn += int64(n)
}
