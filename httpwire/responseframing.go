package httpwire

// frame decides how the client will find the end of the response.
//
// RFC 9112, Section 6.3, read from the sender's side, as an ordered decision.
func (w *Response) frame() {
	x := w.exchange
	head := x.request.Method == "HEAD"
	connect := x.request.Method == "CONNECT" && w.status < 300
	w.bodiless = head || connect || bodiless(w.status)
	switch {
	case connect:
		w.framing = Framing{Kind: NoBody, Rule: "rule 2: CONNECT has succeeded"}
	case bodiless(w.status) && w.status != 304:
		w.framing = Framing{Kind: NoBody, Rule: "rule 1: the status code has no body"}
	case w.header.length >= 0:
		w.framing = Framing{ContentLength, w.header.length, "the handler declared the length"}
	case w.status == 304:
		w.framing = Framing{Kind: NoBody, Rule: "rule 1: the status code has no body"}
	case w.ended():
		w.framing = Framing{ContentLength, w.written, "the whole body was in the buffer"}
	case x.request.Minor == 0:
		w.framing = Framing{Kind: CloseDelimited, Rule: "HTTP/1.0 knows no chunked transfer coding"}
	default:
		w.framing = Framing{Kind: Chunked, Rule: "the length is not known yet"}
	}
}

// ended reports whether the handler has returned and its whole body is at hand.
func (w *Response) ended() bool {
	return w.exchange.handlerReturned && int64(len(w.exchange.conn.body)) == w.written
}

// appendFraming appends the fields that say where the response ends and what
// becomes of the connection, and the empty line.
func (w *Response) appendFraming(b []byte) []byte {
	switch w.framing.Kind {
	case ContentLength:
		b = appendLength(b, w.framing.Length)
	case Chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
		if w.trailer != nil && len(w.trailer.lines) > 0 {
			b = append(b, "Trailer: "...)
			b = w.trailer.appendNames(b)
			b = append(b, "\r\n"...)
		}
	}
	switch {
	case w.closing != "":
		b = append(b, "Connection: close\r\n"...)
	case w.exchange.request.Minor == 0:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	return append(b, "\r\n"...)
}

// closeReason returns why the connection closes behind the response, or "".
//
// RFC 9112, Section 9.3, as an ordered decision.
func (w *Response) closeReason() CloseReason {
	x := w.exchange
	switch {
	case w.closing != "":
		return w.closing
	case !x.persistent && x.request.Minor == 0:
		return ReasonHTTP10
	case !x.persistent:
		return ReasonRequested
	case w.header.close:
		return ReasonHandler
	case w.framing.Kind == CloseDelimited:
		return ReasonDelimiter
	case w.framing.Kind == NoBody && w.status/100 == 2 && w.status != 204:
		return ReasonDelimiter // of a tunnel that nobody took over
	case x.conn.server.draining.Load():
		return ReasonShutdown
	case x.body.err != nil && !isEOF(x.body.err):
		return ReasonUnreadBody
	case x.body.err == nil && (x.handlerReturned && !x.body.drainable() || x.body.waiting):
		return ReasonUnreadBody
	}
	return ""
}
