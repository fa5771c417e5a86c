package httpwire

import (
	"errors"
	"io"
	"os"
	"time"
)

// watcher notices while a handler runs that the client has gone away: it reads
// behind the request. What it gets is the beginning of the next one.
//
// While it runs, the read side of the connection and the free end of the read
// buffer are its own; stopWatching takes them back.
type watcher struct {
	room []byte // the free end of the read buffer
	n    int    // octets read into it
	err  error
	done chan struct{}
}

// watch starts the watcher, if the request body has been read to its end and the
// handler is at work: behind it, the octets are the loop's or the new owner's.
func (x *exchange) watch() {
	c := x.conn
	if c.watcher != nil || x.body.err != io.EOF || x.handlerReturned || x.response.state == handedOver {
		return
	}
	if c.readError != nil {
		x.cancel()
		return
	}
	c.arm(&c.readTimer, never, c.nc.SetReadDeadline)
	w := &watcher{room: c.in.free(), done: make(chan struct{})}
	c.watcher = w
	c.traceDecision(DecisionWatch, "a read waits behind the request, to notice if the client leaves")
	cancel := x.cancel
	go func() {
		defer close(w.done)
		for w.err == nil && w.n < len(w.room) {
			var n int
			n, w.err = c.nc.Read(w.room[w.n:])
			w.n += n
		}
		if w.err != nil && !errors.Is(w.err, os.ErrDeadlineExceeded) { // which is how it is stopped
			cancel()
		}
	}()
}

// stopWatching takes back what the watcher has, and waits until it has ended.
func (c *Conn) stopWatching() {
	w := c.watcher
	if w == nil {
		return
	}
	c.watcher = nil
	c.readTimer.armed = past
	c.nc.SetReadDeadline(time.Unix(1, 0))
	<-w.done
	if w.n > 0 {
		c.traceRead(w.room[:w.n])
		c.in.received(w.n)
	}
	if _, early := c.fired(&c.readTimer, w.err, never); !early {
		c.readError = w.err
	}
}
