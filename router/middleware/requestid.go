package middleware

import (
	"crypto/rand"

	"rawserve/httpwire"
)

// requestIDField carries the name of a request through a chain of servers, so
// that their logs can be joined. No RFC defines it; the name is a habit.
const requestIDField = "X-Request-Id"

// maxRequestID bounds an id that comes from outside, in octets.
const maxRequestID = 64

// RequestID gives each response an X-Request-Id field: that of the request if
// it is usable, else a new one. Handlers find it with
// w.Header().Get("X-Request-Id").
//
// An id from outside ends up in logs and in the requests that handlers send on,
// so only a single field with a short, plain value is taken over. It is a name,
// not a proof: a client can choose the id of another one.
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

// inboundID returns the id that came with a request, or "" if there is none
// that can be used.
func inboundID(h httpwire.Header) string {
	if !h.Has(requestIDField) {
		return ""
	}
	lines := h.Values(requestIDField)
	if len(lines) != 1 || !validID(lines[0]) {
		return ""
	}
	return lines[0]
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
