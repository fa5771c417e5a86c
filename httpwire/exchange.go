package httpwire

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"rawserve/httpwire/syntax"
)

// Exchange is what there is to know about a request and its response when both
// are over. What was not read of a head that was refused is zero.
type Exchange struct {
	Conn           *Conn
	Number         int    // of the request on its connection, from 1
	Method, Target string // as sent
	Host           string // as in Request
	Minor          int    // of HTTP/1.Minor, as sent; -1 if the version was not read

	// Status is that of the final response: 101 if the connection was
	// upgraded, 0 if it was hijacked or lost to a stray goroutine.
	Status int

	// Header has the fields that were set for the response. It is empty when the
	// function that is told of the exchange has returned, and if a stray
	// goroutine may still set them.
	Header *ResponseHeader

	// In and Out are octets on the wire: heads, framing, content. Out is what has
	// left, or, where the next request has arrived and its answer leaves in the
	// same write, what is about to leave.
	In, Out int64

	BodyIn   syntax.Framing // how the end of the request body was to be found
	BodyOut  syntax.Framing // how that of the response body is
	Reason   CloseReason    // why the connection closes, "" if it is kept open
	Duration time.Duration  // from the end of the head, or its refusal, to that of the response
	Err      error          // what the handler returned, or the refusal
}

// exchange is a request and its response in progress. A burst has one, used again
// for each request.
type exchange struct {
	burst    *burst
	handles  *handles // what the handler holds
	body     body     // what is read of the request
	answer   answer   // what is made of the response
	report   report
	params   []param // room for those of the request
	returned bool    // the handler has
	ctx      context.Context
	cancel   context.CancelFunc // nil until somebody asks for ctx
	watcher  *watcher           // nil unless the client is being watched
}

// report is what Exchange will say, as far as it is collected on the way.
type report struct {
	number    int       // of the request on the connection
	started   time.Time // zero if nobody wants to know
	outBefore int64     // octets the connection had sent or queued before
	err       error     // what the handler returned
	afterEnd  []func(Exchange)
}

// handles is what a handler can hold on to. It is made anew for each request, in
// one allocation, and its ways into the exchange are cut when the handler has
// returned: who keeps a piece of it for too long can never reach into the next
// exchange.
type handles struct {
	request  Request
	response Response
	body     Body
}

// belong makes the exchange a part of a burst, for as long as there is one.
func (x *exchange) belong(b *burst) {
	x.burst = b
	x.body = body{exchange: x, in: &b.in, chunks: &b.chunks}
	x.answer = answer{exchange: x, out: &b.out}
	x.answer.header.answer = &x.answer
	x.answer.reset()
}

// begin makes a request of an accepted head, which stands in the first n octets of
// the window, and takes it out of the window.
func (x *exchange) begin(b *burst, h *syntax.Head, n int) {
	x.connect()
	r, in := x.request(), x.in()
	r.set(h, in.text(n, h.Framing.Kind != syntax.NoBody), b.fields.keep(h.Fields))
	x.body.begin(h, n)
	x.answer.begin(&x.handles.response, r.Method, h)
	in.use(n)
	x.conn().traceSocket()
	x.conn().traceFraming(h.Framing)
}

// beginRefused makes an exchange, which needs no handler, of what has been received
// of a request that is refused.
func (x *exchange) beginRefused(b *burst, h *syntax.Head, e *syntax.Error) {
	x.connect()
	r, window := x.request(), x.in().window()
	r.Method, r.Target, r.Minor = string(h.Method.Of(window)), string(h.Target.Of(window)), h.Minor
	if h.Version == (syntax.Span{}) {
		r.Minor = -1
	}
	x.body.beginRefused(len(window), e)
	x.answer.begin(&x.handles.response, r.Method, h)
	x.returned, x.report.err = true, e
}

// connect gives the exchange new handles.
func (x *exchange) connect() {
	v := new(handles)
	v.response.answer = &x.answer
	v.body.body, v.body.use = &x.body, &v.response.use
	v.request.Body, v.request.exchange, v.request.params = &v.body, x, x.params[:0]
	x.handles = v
	x.report.number, x.report.outBefore = x.conn().nextRequest(), x.out().position()
	if x.server().OnExchange != nil {
		x.report.started = time.Now()
	}
	x.out().begin(x.conn().limits().writeTimeout)
}

// What an exchange is a part of: the connection, its server, what arrives and what
// leaves.
func (x *exchange) conn() *Conn     { return x.burst.conn }
func (x *exchange) server() *Server { return x.burst.server() }
func (x *exchange) in() *input      { return &x.burst.in }
func (x *exchange) out() *output    { return &x.burst.out }

// request returns what the handler sees of the request.
func (x *exchange) request() *Request { return &x.handles.request }

// isOpen reports whether there is an exchange in progress.
func (x *exchange) isOpen() bool { return x.handles != nil }

// isHandedOver reports whether the connection belongs to another owner.
func (x *exchange) isHandedOver() bool { return x.answer.state == handedOver }

// headIsOpen reports whether nothing of the final response is on its way.
func (x *exchange) headIsOpen() bool { return x.answer.state == headOpen }

// run calls the handler. A panic ends the exchange, not the process.
func (x *exchange) run() (err error) {
	err = errGoexit // unless the handler returns
	defer func() {
		if value := recover(); value != nil {
			err = panicError(value)
		}
		x.report.err = err
	}()
	s, v := x.server(), x.handles
	if f := s.OnRequest; f != nil {
		f(&v.request)
	}
	err = s.Handler(&v.response, &v.request)
	return err
}

var errGoexit = errors.New("httpwire: the handler has ended its goroutine")

// panicError makes a panic an error, with the stack where it happened.
func panicError(value any) error { return fmt.Errorf("panic: %v\n%s", value, debug.Stack()) }

// finish ends the response after the handler and says what becomes of the
// connection.
func (x *exchange) finish(err error) step {
	a := &x.answer
	x.stopWatching()
	x.returned = true
	if x.isHandedOver() {
		return x.finishHandedOver(err)
	}
	err = x.verdict(err)
	if lost := x.out().failure(); lost != nil {
		return failed(lost, ReasonWriteFailed) // the client's doing, and told in the report
	}
	if err != nil && !x.headIsOpen() {
		x.log(err)
		return closeBecause(ReasonHandlerFailed, withReset)
	}
	if err != nil {
		x.fail(err)
	}
	x.runHooks()
	switch err := a.end(); {
	case errors.Is(err, ErrBodyTooShort):
		x.log(err)
		return closeBecause(ReasonHandlerFailed, withReset)
	case err != nil:
		return failed(err, ReasonWriteFailed)
	}
	return x.afterResponse()
}

// finishHandedOver ends an exchange whose connection belongs to another owner. A
// handler that fails all the same is none.
func (x *exchange) finishHandedOver(err error) step {
	if err != nil {
		x.log(err)
		x.answer.taken.Close()
	}
	return gone
}

// end tells whoever wants to know that the exchange is over, and cuts the
// handler's ways into it. It returns what follows: the close, if a hook has panicked.
func (x *exchange) end(next step) step {
	if !x.report.started.IsZero() {
		next = x.tell(x.complete(next), next)
	}
	x.detach()
	return next
}

// afterEnd registers a function that is told of the exchange.
func (x *exchange) afterEnd(f func(Exchange)) {
	if x.report.started.IsZero() {
		x.report.started = time.Now()
	}
	x.report.afterEnd = append(x.report.afterEnd, f)
}

// tell gives the report to those who want it. One that panics ends the connection,
// when all have been told, unless that has another owner by now.
func (x *exchange) tell(e Exchange, next step) step {
	for _, f := range slices.Backward(x.report.afterEnd) {
		next = x.tellOne(f, e, next)
	}
	if f := x.server().OnExchange; f != nil {
		next = x.tellOne(f, e, next)
	}
	return next
}

func (x *exchange) tellOne(f func(Exchange), e Exchange, next step) (after step) {
	after = next
	defer func() {
		if value := recover(); value != nil {
			x.conn().logPanic(value)
			if next.kind != leaves {
				after = closeBecause(ReasonPanic, withReset)
				after.stray = next.stray
			}
		}
	}()
	f(e)
	return after
}

// detach makes whatever a handler has kept of the exchange fail from now on, and
// empties the exchange for another request. Storage that no handler can reach is
// kept.
func (x *exchange) detach() {
	v := x.handles
	if v == nil {
		return
	}
	x.stopWatching()
	if x.cancel != nil {
		x.cancel()
	}
	x.params = v.request.detach()
	v.body.body = nil
	v.response.detach()
	x.handles, x.ctx, x.cancel, x.returned = nil, nil, nil, false
	x.report = report{}
	x.body.reset()
	x.answer.reset()
}

// complete collects what there is to know about the exchange.
func (x *exchange) complete(next step) Exchange {
	a := &x.answer
	e := x.outline(next)
	e.Status, e.Header = a.status, &x.handles.response.header
	if x.isHandedOver() {
		e.Status = a.takenStatus
	}
	e.In = x.body.wire()
	e.Out = max(0, x.out().position()-x.report.outBefore) // what was queued before may be lost
	e.BodyIn, e.BodyOut = x.body.framing, a.framing
	return e
}

// outline is the part of the report that does not change while a handler runs.
func (x *exchange) outline(next step) Exchange {
	r := x.request()
	return Exchange{
		Conn: x.conn(), Number: x.report.number, Method: r.Method, Target: r.Target, Host: r.Host, Minor: r.Minor,
		Header: new(ResponseHeader),
		Reason: next.reason, Duration: time.Since(x.report.started), Err: x.report.err,
	}
}

// loggedAtMost is how many octets of a target stand in a line of the error log.
const loggedAtMost = 1024

// log reports an error that the client is not told about.
func (x *exchange) log(err error) {
	if l := x.server().ErrorLog; l != nil {
		r := x.request()
		target := r.Target[:min(len(r.Target), loggedAtMost)]
		l.Error("exchange failed", "conn", x.conn().ID(), "request", x.report.number, "method", r.Method,
			"target", target, "error", err)
	}
}
