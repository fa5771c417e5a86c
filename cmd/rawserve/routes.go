package main

import (
	"rawserve/cmd/rawserve/internal/api"
	"rawserve/cmd/rawserve/internal/demo"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/router"
	"rawserve/router/static"
)

// routes is the whole URL space.
func routes(store messages.Store, health *demo.Health, files *static.Folder) *router.Router {
	rt := router.New()
	demo.Register(rt)       // /  /echo  /raw  /slow/:ms  /stream/:n  /bytes/:n  /upload  /status/:code
	api.Register(rt, store) // /messages  /messages/:id
	health.Register(rt)     // /healthz
	if files != nil {
		rt.Get("/static/*path", files.Serve)
		rt.Get("/static", static.AddSlash)
	}
	return rt
}
