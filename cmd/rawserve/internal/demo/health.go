package demo

import (
	"sync/atomic"

	"rawserve/httpwire"
	"rawserve/router"
)

// Health says whether the server takes new requests, for a load balancer that
// asks. The zero value says that it does.
type Health struct {
	draining atomic.Bool
}

// Register adds GET /healthz to r.
func (h *Health) Register(r *router.Router) { r.Get("/healthz", h.answer) }

// Drain makes the answer 503 from now on. Call it before the server shuts down:
// requests in progress are still answered, but no new ones should be sent. It may
// be called from any goroutine.
func (h *Health) Drain() { h.draining.Store(true) }

// answer sends "ok", or 503 once Drain was called.
func (h *Health) answer(w *httpwire.Response, r *httpwire.Request) error {
	if h.draining.Load() {
		p := httpwire.Fail(503, "the server is shutting down")
		p.Fields = []string{"Cache-Control", "no-store"}
		return p
	}
	return sendText(w, 200, "ok\n", "Cache-Control", "no-store")
}
