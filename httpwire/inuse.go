package httpwire

import (
	"errors"
	"sync/atomic"
)

// inUse counts the goroutines that are inside a method of a request or response
// which can block. When a handler returns there should be none. If there is one, it
// may be reading into or writing from the buffers of the connection, and nothing can
// stop it: so these buffers must not be used again, and the connection is abandoned.
//
// What cannot block is protected by detach, in exchange.go: it cuts the ways from Request,
// Response and Body into the exchange.
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

// end lets nobody enter any more, and reports whether somebody is still inside. It
// may be asked again.
func (u *inUse) end() (stray bool) {
	if n := u.goroutines.Load(); n < 0 {
		return n != handlerGone
	}
	return u.goroutines.Add(handlerGone) != handlerGone
}

// ended reports whether end has been called.
func (u *inUse) ended() bool { return u.goroutines.Load() < 0 }

var errStray = errors.New("httpwire: the handler has returned while another goroutine was using its request or response")

// enter is the guard of all methods that can block. It returns the answer that the
// response leads to, or nil if the exchange is over or the connection has been
// handed over: then the method fails with ErrDone. Otherwise leave must follow.
func (w *Response) enter() *answer {
	if !w.use.enter() {
		return nil
	}
	if a := w.answer; a != nil && a.state != handedOver {
		return a
	}
	w.leave()
	return nil
}

func (w *Response) leave() { w.use.leave() }

// enter is the guard for a request's body: see Response.enter.
func (b *Body) enter() *body {
	if !b.use.enter() {
		return nil
	}
	if body := b.body; body != nil && !body.exchange.isHandedOver() {
		return body
	}
	b.leave()
	return nil
}

func (b *Body) leave() { b.use.leave() }

// hasStray lets the handler's goroutines into the exchange no more, and reports
// whether one is still in it.
func (x *exchange) hasStray() bool { return x.handles != nil && x.handles.response.use.end() }

// abandon ends a connection whose burst a stray goroutine still uses: the burst is
// left to that goroutine.
func (x *exchange) abandon(handled error) step {
	x.log(errors.Join(errStray, handled))
	next := closeBecause(ReasonHandlerFailed, withReset)
	if !x.conn().becomeAbandoned() {
		next = x.finishHandedOver(handled)
	}
	next.stray = true
	if !x.report.started.IsZero() {
		next = x.tell(x.outline(next), next)
	}
	if x.cancel != nil {
		x.cancel()
	}
	return next
}
