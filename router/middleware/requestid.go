package middleware

import (
	"crypto/rand"

	"rawserve/httpwire"
)

// requestIDField carries the id of a request through a chain of servers, so that
// their logs can be joined. No RFC defines it; the name is customary.
const requestIDField = "X-Request-Id"

// maxRequestID bounds an id that comes from outside, in octets.
const maxRequestID = 64

// RequestID gives each response an X-Request-Id field: that of the request if
// it is usable, otherwise a new random one. Handlers get it with
// w.Header().Get("X-Request-Id").
//
// An id from outside ends up in logs and in the requests that handlers send on.
// So it is used only if there is one field, with 1 to 64 letters, digits, "-",
// "_" and ".". It proves nothing: a client can send the id of another request.
func RequestID(next httpwire.Handler) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
		id := inboundID(r.Header)
		if id == "" {
			id = rand.Text()
		}
		if err := w.Header().Set(requestIDField, id); err != nil {
			return err
		}
		return next(w, r)
	}
}

// loggedID returns the id of a response, for a log, or "" if it has none that stands
// in a line without quotes: a handler may have set another one.
func loggedID(e httpwire.Exchange) string {
	if id := e.Header.Get(requestIDField); validID(id) {
		return id
	}
	return ""
}

// inboundID returns the id that came with a request, or "" if there is none, or
// none that can be used.
func inboundID(h httpwire.Header) string {
	id := single(h, requestIDField)
	if !validID(id) {
		return ""
	}
	return id
}

// validID reports whether an id is 1 to 64 letters, digits, and those
// punctuation marks that need no quoting in a log, a URL or a shell.
func validID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		if !idOctet(id[i]) {
			return false
		}
	}
	return true
}

// idOctet reports whether an octet may stand in an id.
func idOctet(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	default:
		return c == '-' || c == '_' || c == '.'
	}
}
