package httpwire

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// ConnState is where a connection is in its life.
//
//	       first octet of a request
//	idle ───────────────────────────▶ active ──▶ upgraded
//	  ▲                                  │        handed over
//	  └──────────────────────────────────┤
//	     response sent, kept open        ▼
//	idle ──▶ stopping ───────────────▶ closed
//	     Shutdown
type ConnState int32

// The states. What shows them to Trace.State calls them by these names.
const (
	StateIdle     ConnState = iota // no octet of a next request has arrived
	StateActive                    // a request is being received or answered
	stateStopping                  // it was idle when the server began to shut down: it closes itself
	StateClosed                    // closed, or about to be
	StateUpgraded                  // upgraded or hijacked: it belongs to whoever took it
)

// String returns the name of the state.
func (s ConnState) String() string {
	return [...]string{"idle", "active", "stopping", "closed", "upgraded"}[s]
}

// life holds the state of a connection. Every transition is a function of this
// file; besides the connection's goroutine only Server.Shutdown makes one, stop.
type life struct{ state atomic.Int32 }

func (l *life) is(s ConnState) bool { return ConnState(l.state.Load()) == s }

func (l *life) enter(s ConnState) { l.state.Store(int32(s)) }

// leave moves on from one state to the next, unless the connection has left it.
func (l *life) leave(from, to ConnState) bool {
	return l.state.CompareAndSwap(int32(from), int32(to))
}

// rest says that no request is in progress. If the server is shutting down, that
// is the end.
func (c *Conn) rest() step {
	c.life.enter(StateIdle)
	c.traceState(StateIdle)
	if c.stopping() {
		return c.stopped()
	}
	return again
}

// begin says that a request has begun. If the connection was stopped just before,
// that is the end.
func (c *Conn) begin() step {
	if !c.life.leave(StateIdle, StateActive) {
		return closeBecause(ReasonShutdown, lingering) // something has arrived: see stopped
	}
	c.traceState(StateActive)
	return again
}

// stop ends the connection if it is idle: it wakes its goroutine, which closes it.
func (c *Conn) stop() {
	if c.life.leave(StateIdle, stateStopping) {
		c.interrupt()
	}
}

// handOver says that the connection belongs to another owner from now on. It
// reports false if it was abandoned before.
func (c *Conn) handOver() bool { return c.life.leave(StateActive, StateUpgraded) }

// abandon leaves the connection to a goroutine that is still in the exchange. It
// reports false if that one has handed the connection over.
func (c *Conn) abandon() bool { return c.life.leave(StateActive, StateClosed) }

// over says that the connection is about to be closed.
func (c *Conn) over() { c.life.enter(StateClosed) }

// handedOver reports whether the connection belongs to another owner.
func (c *Conn) handedOver() bool { return c.life.is(StateUpgraded) }

// step is what follows a step of the connection's loop.
type step struct {
	kind   stepKind
	reason CloseReason // with closes and leaves
	manner manner      // with closes
	stray  bool        // with closes: a goroutine of the handler still uses the burst
}

type stepKind int

const (
	continues stepKind = iota // the next request, or waiting for it
	parks                     // the goroutine ends, another one goes on waiting
	leaves                    // the connection has been handed over
	closes                    // the connection is closed
)

// manner is how a connection is closed.
type manner int

const (
	atOnce    manner = iota
	lingering        // after the client has had time to read the last answer
	withReset        // so that a response that is cut cannot pass for a whole one
)

var (
	again  = step{kind: continues}
	parked = step{kind: parks}
	gone   = step{kind: leaves, reason: ReasonHandedOver}
)

// closeBecause returns the step that closes the connection.
func closeBecause(reason CloseReason, how manner) step {
	return step{kind: closes, reason: reason, manner: how}
}

// stopped is the step for a connection without a request in progress when the
// server shuts down. The client may not have read the last answer yet, and may
// have sent another request: closing at once would destroy the one for the other.
func (c *Conn) stopped() step {
	if c.Requests() == 0 {
		return closeBecause(ReasonShutdown, atOnce)
	}
	return closeBecause(ReasonShutdown, lingering)
}

// failed is the step for an error of the network, with the reason to give if the
// error itself says nothing better. Only Server.Close closes a connection while
// its goroutine uses it.
func failed(err error, reason CloseReason) step {
	switch {
	case errors.Is(err, net.ErrClosed):
		return closeBecause(ReasonShutdown, atOnce)
	case errors.Is(err, errTimeout):
		return closeBecause(ReasonWriteTimeout, withReset)
	case reason == ReasonClientClosed && err != nil && !errors.Is(err, io.EOF):
		return closeBecause(ReasonClientReset, atOnce)
	}
	return closeBecause(reason, atOnce)
}

// CloseReason says in words why a connection was closed. There is always one.
type CloseReason string

// The reasons.
const (
	ReasonClientClosed  CloseReason = "client closed"
	ReasonClientReset   CloseReason = "connection broken"
	ReasonRequested     CloseReason = "client asked for close"
	ReasonHTTP10        CloseReason = "HTTP/1.0 without keep-alive"
	ReasonHandler       CloseReason = "handler asked for close"
	ReasonDelimiter     CloseReason = "the close delimits the response"
	ReasonUnreadBody    CloseReason = "request body left unread"
	ReasonRefused       CloseReason = "request refused"
	ReasonHeadTimeout   CloseReason = "head timeout"
	ReasonBodyTimeout   CloseReason = "body timeout"
	ReasonWriteTimeout  CloseReason = "write timeout"
	ReasonWriteFailed   CloseReason = "write failed"
	ReasonIdleTimeout   CloseReason = "idle timeout"
	ReasonHandlerFailed CloseReason = "handler failed after the response had begun"
	ReasonShutdown      CloseReason = "server shutting down"
	ReasonNotAdmitted   CloseReason = "not admitted"
	ReasonHandedOver    CloseReason = "handed over"
	ReasonHandshake     CloseReason = "TLS handshake failed"
	ReasonPanic         CloseReason = "panic in a hook"
)
