package demo

import (
	"context"
	"io"

	"rawserve/httpwire/websocket"
	"rawserve/router"
)

// RegisterSocket adds GET /ws/echo to r: every WebSocket message is sent back. The
// endpoint is the caller's, who shuts it down.
func RegisterSocket(r *router.Router, e *websocket.Endpoint) {
	r.Get("/ws/echo", e.Handler(echoMessages))
}

// echoMessages sends messages back until the connection ends. They are sent as they
// arrive, so that none is ever held whole.
func echoMessages(c *websocket.Conn) {
	for echoMessage(context.Background(), c) == nil { // what ends the connection ends reading and writing
	}
}

func echoMessage(ctx context.Context, c *websocket.Conn) error {
	kind, message, err := c.NextReader(ctx)
	if err != nil {
		return err
	}
	back, err := c.NextWriter(ctx, kind)
	if err != nil {
		return err
	}
	if _, err := io.Copy(back, message); err != nil {
		return err // the rest never comes: the connection ends
	}
	return back.Close()
}
