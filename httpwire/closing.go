package httpwire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"time"
)

// CloseReason says in words why a connection was closed. There is always one.
type CloseReason string

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

// CloseInfo is what Server.OnClose is told about a connection that has ended.
type CloseInfo struct {
	Reason   CloseReason
	Requests int           // received
	In, Out  int64         // octets received and used, octets sent
	Duration time.Duration // since it was accepted
}

// lingerAtMost is how many octets are discarded behind a last answer.
const lingerAtMost = 64 << 20

// closing returns the outcome for an error of the network. Only Server.Close
// closes a connection under the hands of its goroutine.
func closing(reason CloseReason, err error) outcome {
	switch {
	case errors.Is(err, net.ErrClosed):
		return outcome{reason: ReasonShutdown}
	case errors.Is(err, errTimeout):
		return outcome{reason: ReasonWriteTimeout, abort: true}
	case err != nil && !errors.Is(err, io.EOF) && reason == ReasonClientClosed:
		return outcome{reason: ReasonClientReset}
	}
	return outcome{reason: reason}
}

// close flushes what is buffered and closes the connection as out says.
func (c *Conn) close(out outcome) {
	if connState(c.state.Load()) == stateHandedOver {
		return
	}
	if !c.abandoned && c.flush() != nil {
		out.linger = false
	}
	c.state.Store(int32(stateClosing))
	c.traceDecision(DecisionPersistence, "close: "+string(out.reason))
	switch {
	case out.abort:
		c.reset()
	case out.linger:
		c.linger()
	}
	c.nc.Close()
	c.traceState("closed")
	if f := c.server.OnClose; f != nil {
		f(c, c.info(out.reason))
	}
}

// info collects what OnClose is told. Of an abandoned connection nobody can say
// how many octets it has seen.
func (c *Conn) info(reason CloseReason) CloseInfo {
	info := CloseInfo{Reason: reason, Requests: c.requests, Duration: time.Since(c.accepted)}
	if !c.abandoned {
		info.In, info.Out = c.octetsIn, c.octetsOut
	}
	return info
}

// linger closes our half of the connection and discards what still arrives.
// Closing both halves while the client is sending would make its system answer
// with a reset, which can destroy the last answer before the client has read it.
// RFC 9112, Section 9.6.
func (c *Conn) linger() {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if !ok || c.server.lingerTimeout() < 0 || half.CloseWrite() != nil {
		return
	}
	deadline := after(c.now(), c.server.lingerTimeout())
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	var n, discarded int
	var err error
	for err == nil && discarded < lingerAtMost {
		n, err = c.read(scratch[:], deadline)
		discarded += n
	}
	c.traceLinger(discarded, err)
}

// reset makes close send a reset instead of an orderly end, so that the client
// cannot take what it has for the whole response. For the same reason TLS is not
// given the time to say goodbye.
func (c *Conn) reset() {
	nc := c.nc
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
		defer nc.Close()
	}
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

// end runs when the goroutine of the connection ends, whatever the reason. One
// that is at rest goes on in another. One that was handed over keeps its place
// until its owner closes it.
func (c *Conn) end() {
	if c.resting {
		go c.serve()
		return
	}
	c.contain(recover())
	c.stopWatching()
	if c.current != nil {
		c.current.detach() // if a panic was faster
	}
	if connState(c.state.Load()) != stateHandedOver {
		c.nc.Close()
		c.server.vacate()
	}
	if c.workspace != nil && !c.abandoned {
		c.workspace.release()
		c.workspace = nil
	}
	c.server.forget(c)
}

// contain reports a panic that is not a handler's: of a hook or of our own. It
// ends the connection, not the process.
func (c *Conn) contain(value any) {
	if l := c.server.ErrorLog; l != nil && value != nil {
		l.Error("connection failed", "conn", c.id, "error", fmt.Sprintf("panic: %v\n%s", value, debug.Stack()))
	}
}
