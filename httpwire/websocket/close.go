package websocket

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"rawserve/httpwire/websocket/frame"
)

// errUnanswered is returned when the peer does not answer our close frame.
var errUnanswered = errors.New("websocket: the peer has not answered the close frame in time")

var errCode = errors.New("websocket: a close frame cannot carry this code")

// closing is how far a connection has come on its way to the end.
type closing struct {
	limit atomic.Pointer[time.Time] // when it has to be over; nil before it begins
	mu    sync.Mutex
	ours  bool          // Close has begun it
	clean bool          // the peer has sent a close frame
	over  chan struct{} // closed when it is over
}

// begin begins closing, and reports whether nobody else has.
func (cl *closing) begin(ours bool) bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.over != nil {
		return false
	}
	limit := time.Now().Add(CloseTimeout)
	cl.limit.Store(&limit)
	cl.ours, cl.over = ours, make(chan struct{})
	return true
}

// ends returns when closing has to be over; the zero time if it has not begun.
func (cl *closing) ends() time.Time {
	if limit := cl.limit.Load(); limit != nil {
		return *limit
	}
	return time.Time{}
}

// byUs reports whether Close has been called before the peer closed the connection.
func (cl *closing) byUs() bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	return cl.ours
}

func (cl *closing) setClean() {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.clean = true
}

func (cl *closing) isClean() bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	return cl.clean
}

// result returns what Close returns.
func (cl *closing) result() error {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.ours && !cl.clean {
		return errUnanswered
	}
	return nil
}

// Close sends a close frame with a code and a reason, of which MaxReason octets have
// room, waits for that of the peer, and closes the connection: all within
// CloseTimeout. What the peer sends meanwhile is discarded, unless somebody reads it.
// If the connection is closed already, or being closed, Close waits for that.
func (c *Conn) Close(code frame.Code, reason string) error {
	if !code.MayBeSent() && code != frame.NoCode {
		return errCode
	}
	if c.closing.begin(true) {
		c.input.wake()
		if c.sendClose(code, reason) {
			c.awaitClose()
		}
		c.finish()
	}
	<-c.closing.over
	return c.closing.result()
}

// sendClose sends a close frame, after which we send nothing. It reports whether it
// could be sent in time.
func (c *Conn) sendClose(code frame.Code, reason string) bool {
	ctx, cancel := context.WithDeadline(context.Background(), c.closing.ends())
	defer cancel()
	if lock(ctx, c.output.busy) != nil {
		return false
	}
	defer unlock(c.output.busy)
	var payload [frame.MaxControl]byte
	err := c.output.send(context.Background(), frame.Header{Fin: true, Opcode: frame.Close},
		frame.AppendClose(payload[:0], code, reason))
	c.output.err = ErrClosed
	return err == nil
}

// awaitClose reads until the peer has closed the connection. If somebody else is
// reading, it waits for that: who reads has the same limit.
func (c *Conn) awaitClose() {
	ctx, cancel := context.WithDeadline(context.Background(), c.closing.ends())
	defer cancel()
	if lock(ctx, c.reading) != nil {
		return
	}
	defer c.endReading()
	for c.readErr == nil {
		c.next(context.Background())
	}
}

// closedByPeer takes the close frame of the peer, and answers it with its own code.
// RFC 6455, Section 5.5.1.
func (c *Conn) closedByPeer(code frame.Code, reason string) {
	c.closing.setClean()
	if !c.closing.begin(false) {
		c.readErr = ErrClosed // Close goes on
		return
	}
	c.readErr = &CloseError{code, reason}
	if c.sendClose(code, "") {
		c.linger()
	}
	c.finish()
}

// fail closes the connection because of what the peer has done. Its close frame is not
// waited for, but read past: RFC 6455, Section 7.1.7.
func (c *Conn) fail(code frame.Code, reason string) {
	if !c.closing.begin(false) {
		return
	}
	if c.sendClose(code, reason) {
		c.linger()
	}
	c.finish()
}

// linger reads until the peer has closed its side: octets that nobody has read would
// make a reset of our end, and the peer might never see our close frame.
func (c *Conn) linger() {
	if half, ok := c.nc.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
		return
	}
	c.nc.SetReadDeadline(c.closing.ends())
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	for {
		if _, err := c.nc.Read(b.octets[:]); err != nil {
			return
		}
	}
}

// abort ends a connection on which nothing more can be said.
func (c *Conn) abort() {
	if c.closing.begin(false) {
		c.finish()
	} else {
		c.cut() // whoever is closing it goes on
	}
}

// finish closes what closing has ended.
func (c *Conn) finish() {
	c.cut()
	close(c.closing.over)
}
