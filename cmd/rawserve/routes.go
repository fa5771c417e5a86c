package main

import (
	"os"

	"rawserve/cmd/rawserve/internal/api"
	"rawserve/cmd/rawserve/internal/demo"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/router"
	"rawserve/router/static"
)

// routes is the whole URL space.
func routes(store messages.Store, followers *api.Followers, health *demo.Health, files *os.Root) *router.Router {
	rt := router.New()
	demo.Register(rt)                  // /  /echo  /raw  /slow/:ms  /stream/:n  /bytes/:n  /upload  /status/:code
	api.Register(rt, store, followers) // /messages  /messages/:id  /messages/events
	health.Register(rt)                // /healthz
	if files != nil {
		rt.Get("/static/*path", static.Handler(files))
	}
	return rt
}
