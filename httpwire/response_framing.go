package httpwire

import "rawserve/httpwire/syntax"

// frame decides how the client will find the end of the response. An answer to HEAD
// is framed as that to GET would be, and then sent without its content. Which other
// answers have none is said by syntax.NoContent (framing.go there). A length that
// was declared after more octets than it counts had been written is no length: what
// follows it would be taken for the next response.
//
// RFC 9112, Section 6.3, read from the sender's side, as an ordered decision.
func (a *answer) frame() {
	a.noContent = syntax.NoContent(a.method, a.status)
	declared := a.header.length >= 0 && (a.noContent || a.written <= a.header.length)
	f := &a.framing
	*f = syntax.Framing{Kind: syntax.NoBody}
	switch {
	case a.method == "CONNECT" && a.status/100 == 2:
		f.Rule = syntax.Tunnel
	case a.status == 204:
		f.Rule = syntax.NoContentStatus
	case a.status == 205:
		*f = syntax.Framing{Kind: syntax.ContentLength, Rule: syntax.NoContentIn205}
	case declared:
		*f = syntax.Framing{Kind: syntax.ContentLength, Length: a.header.length, Rule: syntax.LengthDeclared}
	case a.status == 304:
		f.Rule = syntax.NoContentStatus
	case a.inBuffer() && !a.trails():
		*f = syntax.Framing{Kind: syntax.ContentLength, Length: a.written, Rule: syntax.WholeInBuffer}
	case a.minor == 0:
		*f = syntax.Framing{Kind: syntax.CloseDelimited, Rule: syntax.NoChunkedIn10}
	case a.inBuffer():
		*f = syntax.Framing{Kind: syntax.Chunked, Rule: syntax.TrailersFollow}
	default:
		*f = syntax.Framing{Kind: syntax.Chunked, Rule: syntax.LengthUnknown}
	}
}

// trails reports whether there are trailer fields that the client can be sent.
func (a *answer) trails() bool { return a.minor > 0 && len(a.trailerLines()) > 0 }

// inBuffer reports whether all of the content is held back.
func (a *answer) inBuffer() bool { return a.whole && int64(a.out.held()) == a.written }

// checkLength reports whether the handler has written as many octets as it
// declared. Where there is no content, the length that is declared is that of
// another response. It is asked while the head is open (exchange_fail.go, verdict);
// too many octets are found as they are written, too few at the end (response.go,
// takes and end).
func (a *answer) checkLength() error {
	switch declared := a.header.length; {
	case declared < 0 || a.written == declared || syntax.NoContent(a.method, a.status):
		return nil
	case a.written < declared:
		return ErrBodyTooShort
	}
	return ErrBodyTooLong
}

// appendFraming appends the fields that say where the response ends and what
// becomes of the connection.
func (a *answer) appendFraming(b []byte) []byte {
	switch a.framing.Kind {
	case syntax.ContentLength:
		b = syntax.AppendLength(b, a.framing.Length)
	case syntax.Chunked:
		b = syntax.AppendField(b, "Transfer-Encoding", "chunked")
		if a.trails() {
			b = syntax.AppendField(b, "Trailer", a.trailer.fields.names())
		}
	}
	if option := a.connectionOption(); option != "" {
		b = syntax.AppendField(b, "Connection", option)
	}
	return b
}

// connectionOption returns the value of Connection, "" for no field. A response
// that offers other protocols in Upgrade "MUST" name that field here, so that no
// proxy passes it on. RFC 9110, Section 7.8; RFC 9112, Section 9.3.
func (a *answer) connectionOption() string {
	offers := a.header.offers && a.handle.Header().Has("Upgrade")
	switch {
	case a.closing != "" && offers:
		return "close, upgrade"
	case a.closing != "":
		return "close"
	case offers:
		return "upgrade"
	case a.minor == 0:
		return "keep-alive"
	}
	return ""
}
