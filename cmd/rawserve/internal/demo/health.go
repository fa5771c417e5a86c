package demo

import (
	"sync/atomic"

	"rawserve/httpwire"
	"rawserve/router"
)

// Health tells those who send requests, such as a load balancer, whether to go
// on doing so. The zero value is well.
type Health struct {
	draining atomic.Bool
}

// Register adds GET /healthz to r.
func (h *Health) Register(r *router.Router) { r.Get("/healthz", h.answer) }

// Drain makes the answer 503 from now on. A server that shuts down calls it
// first: what is in flight is still answered, but nothing new should come.
func (h *Health) Drain() { h.draining.Store(true) }

// answer says "ok", or 503.
func (h *Health) answer(w *httpwire.Response, r *httpwire.Request) error {
	if h.draining.Load() {
		p := httpwire.Fail(503, "the server is shutting down")
		p.Fields = []string{"Cache-Control", "no-store"}
		return p
	}
	return sendText(w, 200, "ok\n", "Cache-Control", "no-store")
}
