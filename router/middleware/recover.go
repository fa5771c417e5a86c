package middleware

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	"rawserve/httpwire"
)

// Recover turns a panic of the handlers inside it into an error: 500 if nothing
// was sent yet, otherwise an aborted connection, so that the client can see that
// the answer is cut off. The panic is logged with its stack, and with the numbers
// of connection and request, by which it can be found in the access log.
//
// The server survives a panic without it too. What Recover adds is the stack,
// and that the middleware outside it sees an error like any other.
func Recover(log *slog.Logger) func(next httpwire.Handler) httpwire.Handler {
	return func(next httpwire.Handler) httpwire.Handler {
		return func(w *httpwire.Response, r *httpwire.Request) (err error) {
			defer func() {
				if value := recover(); value != nil {
					err = panicked(log, r, value)
				}
			}()
			return next(w, r)
		}
	}
}

// panicked logs a panic and returns the error to answer with. The client is
// told nothing of the cause, which may hold anything.
func panicked(log *slog.Logger, r *httpwire.Request, value any) error {
	cause := fmt.Errorf("panic: %v", value)
	log.Error("handler panicked",
		"conn", r.Conn().ID(),
		"request", r.Conn().Requests(),
		"method", r.Method,
		"target", clipped(r.Target),
		"panic", fmt.Sprint(value),
		"stack", string(debug.Stack()),
	)
	return &httpwire.Problem{Status: 500, Err: cause}
}
