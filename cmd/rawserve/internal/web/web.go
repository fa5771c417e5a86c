// Package web has two pages for browsers. That of the messages lists, creates, edits and
// deletes them with the same requests as any other client, and follows the feed. In the
// chat, all windows talk through the same messages, over WebSockets.
//
//	web.go            what is served, to whom, and how long it may be kept
//	page/index.html   the page of the messages
//	page/chat.html    the chat
//	page/app.css      both: light and dark, narrow and wide
//	page/app.js       the messages on the page: list, feed, what a person does
//	page/chat.js      what was said, what is not yet kept, the connection
//
// The module browser/ checks the pages in Chromium.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"

	"rawserve/httpwire"
	"rawserve/router"
	"rawserve/router/accept"
	"rawserve/router/conditional"
)

// files holds the page: one document, one style sheet, one script.
//
//go:embed page
var files embed.FS

// Register adds the pages to r. At "/" it is for those who prefer HTML; all others get
// the answer of plain, which is text.
func Register(r *router.Router, plain httpwire.Handler) {
	document := file("index.html", "text/html; charset=utf-8")
	r.Get("/", func(w *httpwire.Response, r *httpwire.Request) error {
		w.Header().Set("Vary", "Accept")
		if accept.Prefer(r, "text/plain", "text/html") == "text/html" {
			return document(w, r)
		}
		return plain(w, r)
	})
	r.Get("/chat", file("chat.html", "text/html; charset=utf-8"))
	r.Get("/web/chat.js", file("chat.js", "text/javascript; charset=utf-8"))
	r.Get("/web/app.css", file("app.css", "text/css; charset=utf-8"))
	r.Get("/web/app.js", file("app.js", "text/javascript; charset=utf-8"))
}

// policy lets the page load its own style and script, talk to its own server,
// and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// file returns a handler that sends a file of the page. A browser may keep it, but
// asks whether it still holds.
func file(name, mediaType string) httpwire.Handler {
	content, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded, or this does not compile
	}
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return func(w *httpwire.Response, r *httpwire.Request) error {
		fields := []string{"ETag", etag, "Cache-Control", "no-cache"}
		switch conditional.Evaluate(r, conditional.Validators{ETag: etag}) {
		case 304:
			return w.WriteHead(304, fields...)
		case 412:
			return httpwire.Fail(412, "this file is not the one that the request asks for")
		}
		err := w.WriteHead(200, append(fields,
			"Content-Type", mediaType,
			"Content-Security-Policy", policy,
			"X-Content-Type-Options", "nosniff",
			"Referrer-Policy", "no-referrer",
			"Cross-Origin-Opener-Policy", "same-origin",
		)...)
		if err != nil {
			return err
		}
		w.SetContentLength(int64(len(content)))
		_, err = w.Write(content)
		return err
	}
}
