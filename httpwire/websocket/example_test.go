package websocket_test

import (
	"context"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket"
	"rawserve/router"
)

// A route that sends every message back. Shutdown ends its connections; that of the
// server does not wait for them.
func ExampleEndpoint_Handler() {
	rt := router.New()
	var echo websocket.Endpoint // of the package rawserve/httpwire/websocket
	rt.Get("/echo", echo.Handler(func(c *websocket.Conn) {
		ctx := context.Background()
		for {
			kind, message, err := c.Read(ctx)
			if err != nil || c.Write(ctx, kind, message) != nil {
				return
			}
		}
	}))
	_ = &httpwire.Server{Handler: rt.Serve}
}
