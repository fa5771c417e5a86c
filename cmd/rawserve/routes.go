package main

import (
	"rawserve/cmd/rawserve/internal/api"
	"rawserve/cmd/rawserve/internal/demo"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/cmd/rawserve/internal/web"
	"rawserve/router"
	"rawserve/router/static"
)

// routes is the whole URL space.
func routes(store messages.Store, life *lifetime, files *static.Folder) *router.Router {
	rt := router.New()
	web.Register(rt, demo.Greet)             // /  /chat  /web/…
	demo.Register(rt)                        // /echo  /raw  /slow/:ms  /stream/:n  /bytes/:n  /upload  /status/:code
	demo.RegisterSocket(rt, &life.echo)      // /ws/echo
	api.Register(rt, store, &life.followers) // /messages  /messages/:id  /messages/events  /messages/import
	api.RegisterLive(rt, store, &life.live)  // /messages/live
	life.health.Register(rt)                 // /healthz
	if files != nil {
		rt.Get("/static/*path", files.Serve)
		rt.Get("/static", static.AddSlash)
	}
	return rt
}
