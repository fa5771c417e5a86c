package httpwire

import "rawserve/httpwire/syntax"

// closeReason returns why the connection closes after the response, or "" if it is
// kept open. It is asked before the head is fixed, which must say so.
//
// RFC 9112, Section 9.3, as an ordered decision.
func (x *exchange) closeReason() CloseReason {
	a := &x.answer
	switch {
	case a.closing != "":
		return a.closing
	case !a.persistent && a.minor == 0:
		return ReasonHTTP10
	case !a.persistent:
		return ReasonRequested
	case a.header.close:
		return ReasonHandler
	case a.framing.Kind == syntax.CloseDelimited:
		return ReasonDelimiter
	case a.framing.Rule == syntax.Tunnel:
		return ReasonDelimiter // of a tunnel that nobody took over
	case x.conn().stopping():
		return ReasonShutdown
	case x.unread() == unreadIsLeft:
		return ReasonUnreadBody
	}
	return ""
}

// afterResponse decides between the next request and the close, when the response
// has ended.
func (x *exchange) afterResponse() step {
	a := &x.answer
	left := x.unread() != unreadIsNothing
	switch {
	case a.closing != "":
		x.traceLeft()
		sendsNoMore := a.closing == ReasonRequested || a.closing == ReasonHTTP10
		if sendsNoMore && !left && len(x.in().window()) == 0 {
			return closeBecause(a.closing, atOnce)
		}
		return closeBecause(a.closing, lingering)
	case left && !x.discardUnread():
		return closeBecause(ReasonUnreadBody, lingering)
	}
	if lost := x.out().failure(); lost != nil {
		return failed(lost, ReasonWriteFailed)
	}
	x.conn().traceDecision(DecisionPersistence, "keep open")
	return again
}
