package middleware

import "rawserve/httpwire"

// BodyLimit sets the largest request body that the handlers inside it accept, in
// octets, in place of Server.MaxBody: for one route that takes uploads, or for a
// group that takes next to nothing. Zero accepts an empty body only; a negative
// number means no limit.
//
// The limit is checked where the body is read: a larger Content-Length fails
// the first read, a chunked body the read that passes the limit, both with an
// error that is answered 413 if the handler returns it. A handler that never
// reads the body never sees the limit.
func BodyLimit(octets int64) func(next httpwire.Handler) httpwire.Handler {
	return func(next httpwire.Handler) httpwire.Handler {
		return func(w *httpwire.Response, r *httpwire.Request) error {
			r.Body.SetLimit(octets)
			return next(w, r)
		}
	}
}
