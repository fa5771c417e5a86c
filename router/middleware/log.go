package middleware

import (
	"io"
	"strconv"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// TextLog returns a function for Server.OnExchange that writes one line for
// each exchange:
//
//	2026-11-21T08:00:00.123Z 192.0.2.7:51234 c17 r3 "GET /x" 200 in=214 out=391 body=cl:5 keep=yes 0.42ms id=2RVJIEGV4RWJ4FKX6F2RQCRJVN
//
// These are the time; the address of the client; the connection and the number of the
// request on it; method and target; the status; octets on the wire, heads and framing
// included; how the end of the response body is marked (none, cl:octets, chunked,
// close); whether the connection was kept open; and the time from the end of the
// request head to the end of the response. Four more follow where they apply: id=, the
// X-Request-Id of the response; upload=, how the end of the request body is marked;
// why=, the reason the connection closes; and err=, what the handler returned, or the
// refusal.
//
// A line is printable ASCII. What a client sent is in quotes, with everything else
// escaped, so that no request can forge a line, turn its direction or send control
// characters to a terminal; and of a long target only the beginning is logged. A line is
// one call of Write, and these calls never overlap; a w that other logs write to
// as well has to allow for that, as an os.File does. Errors of w are ignored, so
// that a full disk does not stop the answers; but a w that blocks stops them all.
func TextLog(w io.Writer) func(httpwire.Exchange) {
	return lineLog(w, appendText)
}

// appendText appends the line of an exchange, without its end.
func appendText(b []byte, now time.Time, e httpwire.Exchange) []byte {
	b = append(appendPrefix(b, now, e.Conn.RemoteAddr(), e.Conn.ID()), " r"...)
	b = strconv.AppendInt(b, int64(e.Number), 10)
	b = append(b, ' ')
	b = appendRequest(b, e)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, " in="...)
	b = strconv.AppendInt(b, e.In, 10)
	b = append(b, " out="...)
	b = strconv.AppendInt(b, e.Out, 10)
	b = appendFraming(append(b, " body="...), e.BodyOut)
	if e.Reason == "" {
		b = append(b, " keep=yes "...)
	} else {
		b = append(b, " keep=no "...)
	}
	return appendRemarks(appendMilliseconds(b, e.Duration), e)
}

// appendRequest appends method and target in quotes, or "-" for a request that
// was refused before they were known.
func appendRequest(b []byte, e httpwire.Exchange) []byte {
	if e.Method == "" {
		return append(b, `"-"`...)
	}
	b = append(b, '"')
	b = appendEscaped(b, e.Method)
	b = append(b, ' ')
	b = appendEscaped(b, e.Target)
	return append(b, '"')
}

// appendFraming appends how the end of a body is marked.
func appendFraming(b []byte, f syntax.Framing) []byte {
	switch f.Kind {
	case syntax.NoBody:
		return append(b, "none"...)
	case syntax.ContentLength:
		return strconv.AppendInt(append(b, "cl:"...), f.Length, 10)
	case syntax.Chunked:
		return append(b, "chunked"...)
	default:
		return append(b, "close"...)
	}
}

// appendRemarks appends what not every exchange has. It is last, so that the
// columns before it are always the same.
func appendRemarks(b []byte, e httpwire.Exchange) []byte {
	if id := loggedID(e); id != "" {
		b = append(append(b, " id="...), id...)
	}
	if e.BodyIn.Kind != syntax.NoBody {
		b = appendFraming(append(b, " upload="...), e.BodyIn)
	}
	if e.Reason != "" {
		b = appendQuoted(append(b, " why="...), string(e.Reason))
	}
	if e.Err != nil {
		b = appendQuoted(append(b, " err="...), e.Err.Error())
	}
	return b
}
