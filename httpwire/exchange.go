package httpwire

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"rawserve/httpwire/syntax"
)

// Handler answers one request. Returning is the end of the response. An error is
// answered as application/problem+json, with the status code it carries (see
// Problem and Error) or 500, if nothing of the response has been sent; otherwise
// the connection is cut, so that the client can see the response is not whole.
//
// Request and Response are for one goroutine at a time: the handler's, or one
// that it waits for. A goroutine that is still reading or writing when the
// handler returns costs the connection. One that is setting a status or a field at
// that very moment is a data race like any other, and nothing here notices it.
type Handler func(w *Response, r *Request) error

// Exchange is what there is to know about a request and its response when both
// are over. What was not read of a head that was refused is zero.
type Exchange struct {
	Conn           *Conn
	Number         int            // of the request on its connection, from 1
	Method, Target string         // as sent
	Host           string         // as in Request
	Minor          int            // HTTP/1.Minor as sent
	Status         int            // of the final response; 101 if upgraded, 0 if hijacked or lost to a stray goroutine
	In, Out        int64          // octets on the wire: heads, framing and content
	BodyIn         syntax.Framing // how the end of the request body was to be found
	BodyOut        syntax.Framing // how that of the response body is
	Reason         CloseReason    // why the connection closes, "" if it is kept open
	Duration       time.Duration  // from the end of the head to the end of the response
	Err            error          // what the handler returned, or the refusal
}

// run calls the handler. A panic ends the exchange, not the process.
func (x *exchange) run(handler Handler) (err error) {
	defer func() {
		x.handlerReturned = true
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
		x.handled = err
	}()
	if f := x.conn.server.OnRequest; f != nil {
		f(x.request)
	}
	return handler(&x.handles.response, x.request)
}

// finish ends the response behind the handler and says what becomes of the
// connection.
func (x *exchange) finish(err error) outcome {
	w := &x.response
	if w.state == handedOver {
		if err != nil {
			x.log(err)
			w.handedTo.Close()
		}
		return outcome{reason: ReasonHandedOver}
	}
	err = x.verdict(err)
	if lost := x.conn.writeError; lost != nil {
		return closing(ReasonWriteFailed, lost) // the client's doing, and told in the report
	}
	if err != nil && w.state != headOpen {
		x.log(err)
		return outcome{reason: ReasonHandlerFailed, abort: true}
	}
	if err != nil {
		x.fail(err)
	}
	if err := w.end(); err != nil {
		if errors.Is(err, ErrBodyTooShort) {
			x.log(err)
		}
		return closing(ReasonWriteFailed, err).orAbort(errors.Is(err, ErrBodyTooShort))
	}
	return x.afterResponse()
}

// orAbort returns the outcome for a response that is not what its head says.
func (out outcome) orAbort(abort bool) outcome {
	if abort {
		return outcome{reason: ReasonHandlerFailed, abort: true}
	}
	return out
}

// verdict returns the error to answer with. An answer to a broken request would
// be a lie, so a violation in the body wins over whatever the handler made of
// it, as long as nothing has been sent.
func (x *exchange) verdict(err error) error {
	w := &x.response
	if w.state == headOpen && x.body.err == nil && !x.body.waiting {
		x.body.arrived() // its result is in x.body.err
	}
	refusal, _ := x.body.err.(*syntax.Error)
	switch {
	case refusal != nil && (refusal.Rule != BodyTooLarge || err != nil):
		return refusal
	case err != nil:
		return err
	case w.tooLong:
		return ErrBodyTooLong
	case w.state != headOpen || x.bodyMayDiffer() || w.header.length < 0 || w.written == w.header.length:
		return nil
	case w.written < w.header.length:
		return ErrBodyTooShort
	}
	return ErrBodyTooLong
}

// bodyMayDiffer reports whether a declared length describes a body that is not
// sent.
func (x *exchange) bodyMayDiffer() bool {
	return x.method == "HEAD" || contentless(x.response.status)
}

// fail replaces a response of which nothing has been sent by the answer for an
// error. A Problem decides before a refusal that it wraps; what any other error
// says may be secret, so it is only logged.
func (x *exchange) fail(err error) {
	w, c := &x.response, x.conn
	var problem *Problem
	var refusal *syntax.Error
	switch {
	case errors.As(err, &problem):
	case errors.As(err, &refusal):
		problem = c.problemFor(refusal)
		if refusal.Rule != BodyTooLarge {
			w.closing = refusalReason(refusal)
		}
	default:
		problem = &Problem{Status: 500}
	}
	x.replace(problem)
	if w.status == 500 {
		x.log(err)
	}
}

// replace makes the response a problem instead. Fields that describe the
// abandoned content go; those of middleware stay.
func (x *exchange) replace(p *Problem) {
	c, w := x.conn, &x.handles.response
	c.body = c.body[:0]
	x.response.dropTrailer()
	x.response.written = 0
	for _, name := range [...]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Range",
		"Content-Disposition", "ETag", "Last-Modified", "Cache-Control", "Expires", "Accept-Ranges", "Location", "Link"} {
		w.Header().Del(name)
	}
	if w.SetStatus(p.Status) != nil || contentless(p.Status) {
		p = &Problem{Status: 500}
		w.SetStatus(p.Status)
	}
	w.Header().Set("Content-Type", problemType)
	for i := 0; i+1 < len(p.Fields); i += 2 {
		if !syntax.EqualFold(p.Fields[i], "content-type") {
			w.Header().Set(p.Fields[i], p.Fields[i+1])
		}
	}
	w.Header().Del("Content-Length")
	c.body = append(c.body, p.body()...)
	x.response.written = int64(len(c.body))
}

// afterResponse decides between the next request and the close, and deals with
// what is left of the request body. RFC 9112, Section 9.3: "A server MUST read
// the entire request message body or close the connection".
func (x *exchange) afterResponse() outcome {
	w, b, c := &x.response, &x.body, x.conn
	unread := b.err == nil
	switch {
	case w.closing != "":
		if unread {
			c.traceUnread(b.size, "left, connection closes")
		}
		sendsNoMore := w.closing == ReasonRequested || w.closing == ReasonHTTP10
		return outcome{reason: w.closing, linger: unread || !sendsNoMore || len(c.window()) > 0}
	case unread:
		size := b.size
		if b.waiting || b.drain() != nil {
			c.traceUnread(b.size-size, "too much or too slow, connection closes")
			return outcome{reason: ReasonUnreadBody, linger: true}
		}
		c.traceUnread(b.size-size, "drained")
	case b.err != nil && b.err != io.EOF:
		return outcome{reason: ReasonUnreadBody, linger: true}
	}
	if c.writeError != nil {
		return closing(ReasonWriteFailed, c.writeError)
	}
	c.traceDecision(DecisionPersistence, "keep open")
	return next
}

// over tells whoever wants to know that the exchange has ended, and ends it.
func (x *exchange) over(out outcome) {
	if !x.started.IsZero() {
		x.tell(x.report(out))
	}
	x.detach()
}

// tell gives the report to those who want it.
func (x *exchange) tell(report Exchange) {
	for _, f := range slices.Backward(x.afterEnd) {
		f(report)
	}
	if f := x.conn.server.OnExchange; f != nil {
		f(report)
	}
}

// detach makes whatever a handler has kept of the exchange fail from now on.
func (x *exchange) detach() {
	if x.cancel != nil {
		x.cancel()
	}
	x.forget()
}

// report collects what there is to know about the exchange.
func (x *exchange) report(out outcome) Exchange {
	c, w := x.conn, &x.response
	report := x.summary(out)
	report.Status = w.status
	if w.state == handedOver {
		report.Status = w.upgraded
	}
	report.In = int64(x.headLength) + x.body.wire()
	report.Out = c.octetsOut - x.outBefore
	if c.workspace != nil {
		report.Out += int64(len(c.out))
	}
	report.BodyIn, report.BodyOut = x.body.framing, w.framing
	return report
}

// summary is the part of the report that does not change while a handler runs.
func (x *exchange) summary(out outcome) Exchange {
	r := x.request
	return Exchange{
		Conn: x.conn, Number: x.number, Method: r.Method, Target: r.Target, Host: r.Host, Minor: r.Minor,
		Reason: out.reason, Duration: time.Since(x.started), Err: x.handled,
	}
}

// log reports an error that the client is not told about.
func (x *exchange) log(err error) {
	if l := x.conn.server.ErrorLog; l != nil {
		l.Error("exchange failed", "conn", x.conn.id, "request", x.number, "method", x.request.Method,
			"target", x.request.Target, "error", err)
	}
}
