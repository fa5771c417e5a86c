package httpwire

import (
	"errors"

	"rawserve/httpwire/syntax"
)

// A handler that fails is answered here: its error, or its panic, which
// exchange.run makes an error, becomes a problem, as long as nothing of the response
// has left. Otherwise exchange.finish cuts the connection.

// verdict returns the error to answer with, nil for none. An answer to a broken
// request would be a lie, so a violation in the body wins over whatever the handler
// made of it, as long as nothing has been sent.
func (x *exchange) verdict(err error) error {
	a := &x.answer
	if x.headIsOpen() {
		x.discardArrived()
	}
	refusal := x.body.refusal()
	switch {
	case refusal != nil && (refusal.Rule != BodyTooLarge || err != nil):
		return refusal
	case err != nil:
		return err
	case a.tooLong:
		return ErrBodyTooLong
	case !x.headIsOpen():
		return nil
	}
	return a.checkLength()
}

// runHooks calls the functions that BeforeHead has registered, now that the handler
// has returned. One that panics makes the response a 500, for which the others are
// still called.
func (x *exchange) runHooks() {
	for x.headIsOpen() && len(x.answer.hooks) > 0 {
		if err := x.tryHooks(); err != nil {
			x.report.err = errors.Join(x.report.err, err)
			x.fail(err)
		}
	}
}

// tryHooks is answer.runHooks; a panic is an error.
func (x *exchange) tryHooks() (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicError(value)
		}
	}()
	x.answer.runHooks()
	return nil
}

// fail replaces a response of which nothing has been sent by the answer for an
// error. A Problem decides before a refusal that it wraps; what any other error
// says may be secret, so it is only logged.
func (x *exchange) fail(err error) {
	var problem *Problem
	var refusal *syntax.Error
	switch {
	case errors.As(err, &problem):
	case errors.As(err, &refusal):
		problem = x.problemFor(refusal)
		if refusal.Rule != BodyTooLarge {
			x.answer.closing = refusalReason(refusal)
		}
	default:
		problem = &Problem{Status: 500}
	}
	if x.replace(problem) == 500 {
		x.log(err)
	}
}

// leaveGoroutine answers for a handler that has ended its goroutine, with
// runtime.Goexit, as one that has failed. Nothing can follow on the connection.
func (x *exchange) leaveGoroutine() step {
	switch {
	case x.hasStray():
		return x.abandon(errGoexit)
	case x.report.err != errGoexit: // a hook has done it
		return closeBecause(ReasonPanic, withReset)
	}
	x.answer.closing = ReasonHandlerFailed
	return x.burst.conclude(x.finish(errGoexit))
}

// describesContent names the fields that describe the content that was to be sent.
// They go when the content does.
var describesContent = [...]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Range",
	"Content-Disposition", "Content-Length", "ETag", "Last-Modified", "Cache-Control", "Expires", "Accept-Ranges",
	"Location", "Link"}

// replace makes the response a problem instead, and returns its status code. Fields
// that describe the abandoned content go; those of middleware stay.
func (x *exchange) replace(p *Problem) (status int) {
	w, out := x.answer.handle, x.out()
	out.drop()
	x.answer.dropTrailer()
	for _, name := range describesContent {
		w.Header().Del(name)
	}
	if w.SetStatus(p.Status) != nil || syntax.NoContent("GET", p.Status) {
		p = &Problem{Status: 500}
		w.SetStatus(p.Status)
	}
	for name := range pairs(p.Fields) {
		w.Header().Del(name)
	}
	w.Header().Set("Content-Type", problemType)
	if len(p.Fields)%2 != 0 {
		x.log(ErrPairs)
	}
	for name, value := range pairs(p.Fields) {
		if !syntax.EqualFold(name, "Content-Type") && !syntax.EqualFold(name, "Content-Length") {
			w.Header().Add(name, value) // one that cannot be sent is left out
		}
	}
	content := p.content()
	x.answer.written = int64(len(content))
	out.replace(content)
	return p.Status
}
