package httpwire

import (
	"fmt"
	"runtime/debug"
	"time"
)

// CloseReason says in words why a connection was closed. There is always one.
type CloseReason string

// The reasons. Each is decided where the connection stands when it ends; close
// only carries it out.
const (
	// After a response: exchange_persistence.go.
	ReasonRequested  CloseReason = "client asked for close"
	ReasonHTTP10     CloseReason = "HTTP/1.0 without keep-alive"
	ReasonHandler    CloseReason = "handler asked for close"
	ReasonDelimiter  CloseReason = "the close delimits the response"
	ReasonUnreadBody CloseReason = "request body left unread"
	ReasonShutdown   CloseReason = "server shutting down" // while idle: stopped, in conn_life.go

	// Of a request that is refused: refusal.go, and burst.go for a lone empty line.
	ReasonRefused     CloseReason = "request refused"
	ReasonHeadTimeout CloseReason = "head timeout" // before its first octet: conn_idle.go
	ReasonBodyTimeout CloseReason = "body timeout"

	// While the connection is idle: conn_idle.go.
	ReasonIdleTimeout CloseReason = "idle timeout"

	// An error of the network, while idle, in a head or in a response: failed, in
	// conn_life.go.
	ReasonClientClosed CloseReason = "client closed"
	ReasonClientReset  CloseReason = "connection broken"
	ReasonWriteTimeout CloseReason = "write timeout"
	ReasonWriteFailed  CloseReason = "write failed"

	// A handler that fails too late or leaves a goroutine: exchange.go, inuse.go.
	ReasonHandlerFailed CloseReason = "handler failed after the response had begun"

	// A handler that took the connection: response_takeover.go.
	ReasonHandedOver CloseReason = "handed over"

	// Before the first request: conn.go.
	ReasonNotAdmitted CloseReason = "not admitted"
	ReasonHandshake   CloseReason = "TLS handshake failed"

	// A panic that is not a handler's: contain, in conn.go.
	ReasonPanic CloseReason = "panic in a hook"
)

// CloseInfo is what Server.OnClose is told about a connection that has ended.
type CloseInfo struct {
	Reason   CloseReason
	Requests int           // received
	In, Out  int64         // octets received and used, octets sent; 0 if a stray goroutine may still count
	Duration time.Duration // since it was accepted
}

// What a lingering close waits for: octets that keep coming, so many at most.
const (
	lingerAtMost = 64 << 20        // octets that are discarded after a last answer
	lingerPause  = 2 * time.Second // without an octet: the client has nothing more to send
)

// close closes the connection in the manner and for the reason of a step.
func (c *Conn) close(last step) {
	c.becomeClosed()
	c.traceDecision(DecisionPersistence, "close: "+string(last.reason))
	switch last.manner {
	case withReset:
		c.socket.resetOnClose()
	case lingering:
		c.linger()
	}
	c.socket.close()
	c.traceState(StateClosed)
	if f := c.server.OnClose; f != nil {
		f(c, c.info(last))
	}
}

// info collects what OnClose is told. Where a stray goroutine may still read or
// write nobody can say how many octets have passed.
func (c *Conn) info(last step) CloseInfo {
	info := CloseInfo{Reason: last.reason, Requests: c.Requests(), Duration: c.socket.clock.since(0)}
	if !last.stray {
		info.In, info.Out = c.socket.used, c.socket.sent
	}
	return info
}

// linger closes our half of the connection and discards what still arrives.
// Closing both halves while the client is sending would make its system answer
// with a reset, which can destroy the last answer before the client has read it.
// Many clients read only when they have sent everything, so this goes on as long as
// octets arrive, for Server.LingerTimeout at most. RFC 9112, Section 9.6.
func (c *Conn) linger() {
	timeout := c.limits().lingerTimeout
	if timeout < 0 || !c.socket.closeWrite() {
		return
	}
	c.socket.resume()
	ends := after(c.socket.clock.now(), timeout)
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	var n, discarded int
	var err error
	for err == nil && discarded < lingerAtMost {
		n, err = c.socket.read(scratch[:], min(ends, after(c.socket.clock.now(), lingerPause)))
		c.traceRead(scratch[:n])
		discarded += n
	}
	c.traceLinger(discarded, err)
}

// end runs when the goroutine of the connection ends, whatever the reason. One
// that is parked goes on in another goroutine. One that was handed over keeps its place
// until its owner closes it.
func (c *Conn) end() {
	if c.isParked() {
		go c.serve()
		return
	}
	c.logPanic(recover()) // of OnClose
	if !c.handedOver() {
		c.socket.close()
		c.server.freePlace()
	}
	c.server.forget(c)
}

// logPanic reports a panic, if there was one.
func (c *Conn) logPanic(value any) {
	if l := c.server.ErrorLog; l != nil && value != nil {
		l.Error("connection failed", "conn", c.ID(), "error", fmt.Sprintf("panic: %v\n%s", value, debug.Stack()))
	}
}
