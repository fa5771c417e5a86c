package main

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/valyala/fasthttp"
)

// serveFastHTTP runs fasthttp with a switch for a router, which is less work
// than any router would be.
func serveFastHTTP(o options) error {
	s := &fasthttp.Server{
		Handler:               fastHTTPHandler(o.file),
		NoDefaultServerHeader: true, // no other peer sends one
		ReduceMemoryUsage:     o.saveMemory,
	}
	if o.timeouts {
		s.ReadTimeout = readTimeout
		s.WriteTimeout = writeTimeout
		s.IdleTimeout = idleTimeout
	}
	return s.ListenAndServe(o.addr)
}

func fastHTTPHandler(file string) fasthttp.RequestHandler {
	files := &fasthttp.FS{Root: filepath.Dir(file), PathRewrite: func(*fasthttp.RequestCtx) []byte {
		return []byte("/" + filepath.Base(file))
	}}
	large := files.NewRequestHandler()
	return func(ctx *fasthttp.RequestCtx) {
		path := string(ctx.Path())
		switch {
		case path == "/" && ctx.IsGet():
			ctx.SetContentType("text/plain")
			ctx.SetBodyString(greeting)
		case path == "/json" && ctx.IsGet():
			fastHTTPJSON(ctx)
		case strings.HasPrefix(path, "/users/") && ctx.IsGet():
			ctx.SetContentType("text/plain")
			ctx.SetBodyString(path[len("/users/"):])
		case path == "/echo" && ctx.IsPost():
			ctx.SetContentType("text/plain")
			ctx.Response.SetBodyRaw(ctx.PostBody()) // not copied; valid until the answer is written
		case (path == "/large" || path == "/static/large.txt") && ctx.IsGet():
			large(ctx)
		default:
			ctx.SetStatusCode(fasthttp.StatusNotFound)
		}
	}
}

func fastHTTPJSON(ctx *fasthttp.RequestCtx) {
	text, err := json.Marshal(message{greeting})
	if err != nil {
		ctx.Error(err.Error(), fasthttp.StatusInternalServerError)
		return
	}
	ctx.SetContentType("application/json")
	ctx.Response.SetBodyRaw(text)
}
