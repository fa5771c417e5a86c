package demo

import (
	"context"

	"rawserve/httpwire/websocket"
	"rawserve/router"
)

// RegisterSocket adds GET /ws/echo to r: every WebSocket message is sent back. The
// endpoint is the caller's, who shuts it down.
func RegisterSocket(r *router.Router, e *websocket.Endpoint) {
	r.Get("/ws/echo", e.Handler(echoMessages))
}

// echoMessages sends messages back until the connection ends.
func echoMessages(c *websocket.Conn) {
	ctx := context.Background() // what ends the connection ends Read and Write
	for {
		kind, message, err := c.Read(ctx)
		if err != nil || c.Write(ctx, kind, message) != nil {
			return
		}
	}
}
