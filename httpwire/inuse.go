package httpwire

import (
	"errors"
	"sync/atomic"
)

// inUse counts the goroutines that are inside a method of a request or response
// which can block. When a handler returns there should be none. If there is one,
// what it is in the middle of cannot be taken from it, and must not be given to
// anybody else: the connection is abandoned.
type inUse struct{ goroutines atomic.Int32 }

// handlerGone makes the count negative, for ever.
const handlerGone = -1 << 30

// enter reports whether the exchange is still the handler's. If so, leave must
// follow.
func (u *inUse) enter() bool {
	if u.goroutines.Add(1) > 0 {
		return true
	}
	u.leave()
	return false
}

func (u *inUse) leave() { u.goroutines.Add(-1) }

// end lets nobody enter any more, and reports whether somebody is still inside.
func (u *inUse) end() bool { return u.goroutines.Add(handlerGone) != handlerGone }

var errStray = errors.New("httpwire: the handler has returned while another goroutine was using its request or response")

// abandon ends a connection through which a goroutine still reads or writes
// though the handler has returned. Its buffers are left to that goroutine.
func (x *exchange) abandon(handled error) outcome {
	c := x.conn
	c.abandoned = true
	x.log(errors.Join(errStray, handled))
	out := outcome{reason: ReasonHandlerFailed, abort: true}
	if !c.state.CompareAndSwap(int32(stateActive), int32(stateClosing)) {
		out = x.finish(handled) // the connection has been handed over
	}
	if !x.started.IsZero() {
		x.tell(x.summary(out))
	}
	if x.cancel != nil {
		x.cancel()
	}
	return out
}
