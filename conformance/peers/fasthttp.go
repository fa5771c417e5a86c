package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// serveFastHTTP serves the routes with fasthttp.
func serveFastHTTP(addr, dir string) error {
	static := func(ctx *fasthttp.RequestCtx) { ctx.NotFound() }
	if dir != "" {
		files := &fasthttp.FS{Root: dir, IndexNames: []string{"index.html"}, AcceptByteRange: true,
			PathRewrite: fasthttp.NewPathSlashesStripper(1)}
		static = files.NewRequestHandler()
	}
	server := &fasthttp.Server{
		MaxRequestBodySize: 8 << 20,
		Logger:             log.New(io.Discard, "", 0),
		Handler: func(ctx *fasthttp.RequestCtx) {
			// Unlike net/http, fasthttp lets a panic of a handler end the process,
			// and its own file handler panics on a range of an empty file.
			defer func() {
				if recover() != nil {
					ctx.Error("internal error", fasthttp.StatusInternalServerError)
				}
			}()
			routeFastHTTP(ctx, static)
		},
	}
	return server.ListenAndServe(addr)
}

// routeFastHTTP answers one request.
func routeFastHTTP(ctx *fasthttp.RequestCtx, static fasthttp.RequestHandler) {
	path := string(ctx.Path())
	read := ctx.IsGet() || ctx.IsHead()
	switch {
	case path == "/" && read:
		ctx.SetContentType("text/plain; charset=utf-8")
		ctx.WriteString("fasthttp\n")
	case path == "/echo":
		ctx.SetContentTypeBytes(ctx.Request.Header.ContentType())
		ctx.Write(ctx.PostBody())
	case path == "/upload" && ctx.IsPut():
		ctx.SetStatusCode(fasthttp.StatusCreated)
		fmt.Fprintf(ctx, "%d octets\n", len(ctx.PostBody()))
	case path == "/slow/300" && read:
		time.Sleep(300 * time.Millisecond)
		ctx.WriteString("slow\n")
	case path == "/stream/5" && read:
		ctx.SetBodyStreamWriter(func(w *bufio.Writer) {
			for i := range 5 {
				fmt.Fprintf(w, "chunk %d\n", i+1)
				w.Flush()
			}
		})
	case strings.HasPrefix(path, "/static/") && read:
		static(ctx)
	case strings.HasPrefix(path, "/static/"):
		ctx.Response.Header.Set("Allow", "GET, HEAD")
		ctx.SetStatusCode(fasthttp.StatusMethodNotAllowed)
	case path == "/" || path == "/upload" || path == "/slow/300" || path == "/stream/5":
		ctx.Response.Header.Set("Allow", map[bool]string{true: "PUT", false: "GET, HEAD"}[path == "/upload"])
		ctx.SetStatusCode(fasthttp.StatusMethodNotAllowed)
	default:
		ctx.NotFound()
	}
}
