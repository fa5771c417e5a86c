package httpwire

import (
	"io"

	"rawserve/httpwire/syntax"
)

// frame decides how the client will find the end of the response. A length that
// was declared behind more octets than it counts is no length: what follows it
// would be taken for the next response.
//
// RFC 9112, Section 6.3, read from the sender's side, as an ordered decision.
func (w *response) frame() {
	x := w.exchange
	head := x.method == "HEAD"
	connect := x.method == "CONNECT" && w.status < 300
	w.bodiless = head || connect || contentless(w.status)
	declared := w.header.length >= 0 && (w.bodiless || w.written <= w.header.length)
	switch {
	case connect:
		w.framing = syntax.Framing{Kind: syntax.NoBody, Rule: syntax.Tunnel}
	case bodiless(w.status) && w.status != 304:
		w.framing = syntax.Framing{Kind: syntax.NoBody, Rule: syntax.NoContentStatus}
	case w.status == 205:
		w.framing = syntax.Framing{Kind: syntax.ContentLength, Length: 0, Rule: syntax.NoContentIn205}
	case declared:
		w.framing = syntax.Framing{Kind: syntax.ContentLength, Length: w.header.length, Rule: syntax.LengthDeclared}
	case w.status == 304:
		w.framing = syntax.Framing{Kind: syntax.NoBody, Rule: syntax.NoContentStatus}
	case w.ended() && !w.trails():
		w.framing = syntax.Framing{Kind: syntax.ContentLength, Length: w.written, Rule: syntax.WholeInBuffer}
	case x.minor == 0:
		w.framing = syntax.Framing{Kind: syntax.CloseDelimited, Rule: syntax.NoChunkedIn10}
	case w.ended():
		w.framing = syntax.Framing{Kind: syntax.Chunked, Rule: syntax.TrailersFollow}
	default:
		w.framing = syntax.Framing{Kind: syntax.Chunked, Rule: syntax.LengthUnknown}
	}
}

// contentless reports whether a response with the status code never has content:
// 205 is framed like any other, but with none. RFC 9110, Section 15.3.6.
func contentless(status int) bool { return bodiless(status) || status == 205 }

// trails reports whether there are trailer fields that the client can be sent.
func (w *response) trails() bool {
	return w.trailer != nil && len(w.trailer.fields.lines) > 0 && w.exchange.minor > 0
}

// ended reports whether the handler has returned and its whole body is at hand.
func (w *response) ended() bool {
	return w.exchange.handlerReturned && int64(len(w.exchange.conn.body)) == w.written
}

// appendFraming appends the fields that say where the response ends and what
// becomes of the connection, and the empty line.
func (w *response) appendFraming(b []byte) []byte {
	switch w.framing.Kind {
	case syntax.ContentLength:
		b = syntax.AppendLength(b, w.framing.Length)
	case syntax.Chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
		if w.trails() {
			b = append(b, "Trailer: "...)
			b = w.trailer.fields.appendNames(b)
			b = append(b, "\r\n"...)
		}
	}
	if option := w.connectionOption(); option != "" {
		b = syntax.AppendField(b, "Connection", option)
	}
	return append(b, "\r\n"...)
}

// connectionOption returns the value of Connection, "" for no field. A response
// that offers other protocols in Upgrade "MUST" name that field here, so that no
// proxy passes it on. RFC 9110, Section 7.8; RFC 9112, Section 9.3.
func (w *response) connectionOption() string {
	offers := w.header.offers && w.exchange.handles.header.Has("Upgrade")
	switch {
	case w.closing != "" && offers:
		return "close, upgrade"
	case w.closing != "":
		return "close"
	case offers:
		return "upgrade"
	case w.exchange.minor == 0:
		return "keep-alive"
	}
	return ""
}

// closeReason returns why the connection closes behind the response, or "".
//
// RFC 9112, Section 9.3, as an ordered decision.
func (w *response) closeReason() CloseReason {
	x := w.exchange
	switch {
	case w.closing != "":
		return w.closing
	case !x.persistent && x.minor == 0:
		return ReasonHTTP10
	case !x.persistent:
		return ReasonRequested
	case w.header.close:
		return ReasonHandler
	case w.framing.Kind == syntax.CloseDelimited:
		return ReasonDelimiter
	case w.framing.Kind == syntax.NoBody && w.status/100 == 2 && w.status != 204:
		return ReasonDelimiter // of a tunnel that nobody took over
	case x.conn.server.draining.Load():
		return ReasonShutdown
	case x.body.err != nil && x.body.err != io.EOF:
		return ReasonUnreadBody
	case x.body.err == nil && (x.handlerReturned && !x.body.drainable() || x.body.waiting):
		return ReasonUnreadBody
	}
	return ""
}

// bodiless reports whether a response with the status code never has a body,
// whatever its fields say. RFC 9112, Section 6.3, rule 1.
func bodiless(status int) bool {
	return status < 200 || status == 204 || status == 304
}
