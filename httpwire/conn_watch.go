package httpwire

import (
	"context"
	"errors"
	"os"
)

// context returns the context of the request. The first call makes it, and has the
// client watched.
func (x *exchange) context() context.Context {
	if x.ctx == nil {
		x.ctx, x.cancel = context.WithCancel(x.server().base)
		if !x.isHandedOver() {
			x.out().flush() // an error shows at the next write
			x.watch()
		}
	}
	return x.ctx
}

// watch has the client watched, if somebody has asked for the context, the request
// body has been read to its end, and the handler is at work: otherwise the octets
// that follow are the loop's, the body's, or the new owner's.
func (x *exchange) watch() {
	if x.ctx == nil || x.watcher != nil || x.returned || x.unread() != unreadIsNothing || x.isHandedOver() {
		return
	}
	s, room := x.in().lend()
	if s.hasFailed() {
		x.cancel()
		return
	}
	s.armRead(never)
	x.watcher = &watcher{socket: s, room: room, done: make(chan struct{})}
	x.conn().traceDecision(DecisionWatch, "a read waits for what follows the request, to notice if the client leaves")
	go x.watcher.run(x.cancel)
}

// watcher notices while a handler runs that the client has gone away: it reads
// what follows the request. What it gets is the beginning of the next one.
//
// While it runs, the reading side of the connection and the room of the input are
// its own; stopWatching takes them back.
type watcher struct {
	socket *socket
	room   []byte // of the input
	n      int    // octets read into it
	err    error
	done   chan struct{}
}

// run reads until the room is full, the client has gone, or the watcher is stopped,
// which is done with a deadline.
func (w *watcher) run(cancel context.CancelFunc) {
	defer close(w.done)
	for w.err == nil && w.n < len(w.room) {
		var n int
		n, w.err = w.socket.nc.Read(w.room[w.n:])
		w.n += n
	}
	if w.err != nil && !errors.Is(w.err, os.ErrDeadlineExceeded) {
		cancel()
	}
}

// stopWatching takes back what the watcher has, and waits until it has ended.
func (x *exchange) stopWatching() {
	w := x.watcher
	if w == nil {
		return
	}
	x.watcher = nil
	w.socket.wakeRead()
	<-w.done
	if w.n > 0 {
		x.conn().traceRead(w.room[:w.n])
		x.in().received(w.n)
	}
	w.socket.keepFailure(w.err)
}
