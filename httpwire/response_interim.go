package httpwire

import (
	"errors"

	"rawserve/httpwire/syntax"
)

// ErrInterim is the error for a status code that is not an interim one that a
// handler may send.
var ErrInterim = errors.New("httpwire: an interim response has a status code from 102 to 199")

// Informational sends an interim response, such as 103 (Early Hints), at once,
// with fields given as name, value, name, value. It does nothing for HTTP/1.0,
// which does not know them. Request.Continue sends 100, Upgrade sends 101.
// RFC 9110, Section 15.2.
func (w *Response) Informational(status int, nameValues ...string) error {
	a := w.enter()
	if a == nil {
		return ErrDone
	}
	defer w.leave()
	switch {
	case a.state != headOpen:
		return ErrHeadSent
	case status < 102 || status > 199:
		return ErrInterim
	case a.minor == 0:
		return nil
	}
	if err := checkInterim(nameValues); err != nil {
		return err
	}
	a.exchange.sendInterim(status, nameValues)
	return a.out.flush()
}

// checkInterim reports whether the fields can be sent in an interim response.
func checkInterim(nameValues []string) error {
	if len(nameValues)%2 != 0 {
		return ErrPairs
	}
	for name, value := range pairs(nameValues) {
		if err := checkField(name, value); err != nil {
			return err
		}
		if special(name) {
			return about(ErrServerField, name)
		}
	}
	return nil
}

// sendInterim queues an interim response. It has no body, so none of the fields
// that frame one. RFC 9110, Section 8.6.
func (x *exchange) sendInterim(status int, nameValues []string) {
	out := x.out()
	b := syntax.AppendStatusLine(out.tail(), status, "")
	for name, value := range pairs(nameValues) {
		b = syntax.AppendField(b, name, value)
	}
	out.setTail(syntax.AppendEnd(b))
}

// mayContinue sends 100 (Continue) to a client that waits for it, unless that has
// given up waiting or the final response is on its way. RFC 9110, Section 10.1.1.
func (b *body) mayContinue() error {
	x, c := b.exchange, b.exchange.conn()
	if b.state != bodyAwaits {
		return nil
	}
	switch {
	case len(b.in.window()) > 0:
		c.traceDecision(DecisionContinue, "not sent: the client has begun to send")
	case !x.headIsOpen():
		c.traceDecision(DecisionContinue, "not sent: the final response is on its way")
		return nil // it goes on waiting, so that the connection closes
	default:
		c.traceDecision(DecisionContinue, "sent: the handler wants the body")
		x.sendInterim(100, nil)
	}
	b.state = bodyArrives
	return x.out().flush()
}
