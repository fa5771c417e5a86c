package demo

import (
	"context"
	"sync/atomic"
	"time"

	"rawserve/httpwire"
	"rawserve/router"
)

// Health says whether the server takes new requests, for a load balancer that
// asks. The zero value says that it does.
type Health struct {
	// Check returns why requests cannot be answered as they should be, or nil. It
	// is called for each answer, and should return when its context is done. Nil
	// means that there is nothing to check. Set it before the server starts.
	Check func(context.Context) error

	draining atomic.Bool
}

// Register adds GET /healthz to r.
func (h *Health) Register(r *router.Router) { r.Get("/healthz", h.answer) }

// Drain makes the answer 503 from now on. Call it before the server shuts down:
// requests in progress are still answered, but no new ones should be sent. It may
// be called from any goroutine.
func (h *Health) Drain() { h.draining.Store(true) }

// checkTimeout is how long Check may take. A load balancer waits for a few seconds.
const checkTimeout = 2 * time.Second

// answer sends "ok", or 503 with the cause: Drain was called, or Check has failed.
func (h *Health) answer(w *httpwire.Response, r *httpwire.Request) error {
	if h.draining.Load() {
		return unhealthy("the server is shutting down")
	}
	if err := h.check(); err != nil {
		return unhealthy(err.Error())
	}
	return sendText(w, 200, "ok\n", "Cache-Control", "no-store")
}

// check calls Check, if there is one.
func (h *Health) check() error {
	if h.Check == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	return h.Check(ctx)
}

// unhealthy returns the answer for a cause.
func unhealthy(cause string) error {
	p := httpwire.Fail(503, "%s", cause)
	p.Fields = []string{"Cache-Control", "no-store"}
	return p
}
