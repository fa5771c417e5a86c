package httpwire

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// ConnState is where a connection is in its life.
//
//	idle ──▶ active        becomeActive      the first octet of a request has arrived
//	active ──▶ idle        becomeIdle        the response is sent, the connection kept open
//	idle ──▶ stopping      stop              the server shuts down
//	active ──▶ upgraded    becomeUpgraded    a handler has taken the connection
//	active ──▶ closed      becomeAbandoned   a stray goroutine of a handler still uses it
//	any ──▶ closed         becomeClosed      whatever ends it otherwise
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
// file. The connection's own goroutine makes them, with two exceptions: Shutdown and
// Close call stop, and a stray goroutine of a handler may take the connection.
type life struct{ state atomic.Int32 }

func (l *life) is(s ConnState) bool { return ConnState(l.state.Load()) == s }

func (l *life) set(s ConnState) { l.state.Store(int32(s)) }

// move goes from one state to another, if the connection is in the first one.
func (l *life) move(from, to ConnState) bool {
	return l.state.CompareAndSwap(int32(from), int32(to))
}

// becomeIdle says that no request is in progress. If the server is shutting down, that
// is the end.
func (c *Conn) becomeIdle() step {
	c.life.move(StateActive, StateIdle)
	c.traceState(StateIdle)
	if c.stopping() {
		return c.stopped()
	}
	return again
}

// becomeActive says that a request has begun. If the connection was stopped just before,
// that is the end.
func (c *Conn) becomeActive() step {
	if !c.life.move(StateIdle, StateActive) {
		return closeBecause(ReasonShutdown, lingering) // something has arrived: see stopped
	}
	c.traceState(StateActive)
	return again
}

// stop ends the connection if it is idle: it wakes its goroutine, which closes it.
func (c *Conn) stop() {
	if c.life.move(StateIdle, stateStopping) {
		c.interrupt()
	}
}

// becomeUpgraded says that the connection belongs to another owner from now on. It
// reports false if it was abandoned before.
func (c *Conn) becomeUpgraded() bool { return c.life.move(StateActive, StateUpgraded) }

// becomeAbandoned leaves the connection to a goroutine that is still in the
// exchange. It reports false if that one has handed the connection over.
func (c *Conn) becomeAbandoned() bool { return c.life.move(StateActive, StateClosed) }

// becomeClosed says that the connection is about to be closed.
func (c *Conn) becomeClosed() { c.life.set(StateClosed) }

// handedOver reports whether the connection belongs to another owner.
func (c *Conn) handedOver() bool { return c.life.is(StateUpgraded) }

// step is what follows a step of the connection's loop. It is small enough to be
// kept in registers.
type step struct {
	reason CloseReason // with closes and leaves
	kind   stepKind
	manner manner // with closes
	stray  bool   // with closes: a goroutine of the handler still uses the burst
}

type stepKind uint8

const (
	goesOn stepKind = iota // the next request, or waiting for it
	parks                  // the goroutine ends, another one goes on waiting
	leaves                 // the connection has been handed over
	closes                 // the connection is closed
)

// manner is how a connection is closed.
type manner uint8

const (
	atOnce    manner = iota
	lingering        // after the client has had time to read the last answer
	withReset        // so that a response that is cut cannot pass for a whole one
)

var (
	again  = step{kind: goesOn}
	parked = step{kind: parks}
	gone   = step{kind: leaves, reason: ReasonHandedOver}
)

// continues reports whether the connection goes on.
func (s step) continues() bool { return s.kind == goesOn }

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
// error itself says nothing better. Timeouts of reading have been dealt with before:
// errTimeout is one of writing. Only Server.Close closes a connection while
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
