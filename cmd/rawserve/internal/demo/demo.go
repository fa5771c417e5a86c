// Package demo has routes to try a server with. Each shows one thing that
// HTTP/1.1 does; fixtures and benchmarks rely on them.
//
//	GET /             a greeting that names the others; see Greet
//	ANY /echo         the body of the request, decoded; at most 1 MiB
//	ANY /raw          the head of the request, octet for octet
//	GET /slow/:ms     an answer that takes its time
//	GET /stream/:n    n chunks, each sent at once
//	GET /bytes/:n     n octets
//	PUT /upload       counts and hashes a body of any size
//	ANY /status/:code an answer with that status
//	GET /healthz      whether the server takes new requests; see Health
//	GET /ws/echo      a WebSocket that sends every message back; see RegisterSocket
package demo

import (
	"strconv"

	"rawserve/httpwire"
	"rawserve/router"
)

// Register adds the routes to r, all but those of Greet, Health and RegisterSocket.
func Register(r *router.Router) {
	r.Any("/echo", echo)
	r.Any("/raw", raw)
	r.Get("/slow/:ms", slow)
	r.Get("/stream/:n", stream)
	r.Get("/bytes/:n", octets)
	r.Put("/upload", upload)
	r.Any("/status/:code", status)
}

const greeting = `Hello from rawserve, an HTTP/1.1 server from the socket up.

Try these with curl -v:

  GET  /messages         messages, as JSON; POST {"text":"hi"} to add one
  GET  /messages/events  every change of them, as it happens
  GET  /messages/live    the same as a WebSocket, which takes new messages too
  ANY  /echo             your body, sent back, up to 1 MiB
  ANY  /raw              your head, exactly as it arrived
  GET  /slow/1000        an answer that takes a second
  GET  /stream/10        ten chunks
  GET  /bytes/1000       a thousand octets
  PUT  /upload           counts and hashes what you send
  ANY  /status/404       any status you like
  GET  /healthz          is the server well?
  GET  /ws/echo          a WebSocket that sends back what it gets

In a browser, / shows the messages, and /chat is a chat.
`

// Greet names the routes to try.
func Greet(w *httpwire.Response, r *httpwire.Request) error {
	return sendText(w, 200, greeting)
}

// sendText answers with text, and nosniff, so that no browser takes it for
// anything else.
func sendText(w *httpwire.Response, status int, text string, nameValues ...string) error {
	fields := append([]string{
		"Content-Type", "text/plain; charset=utf-8",
		"X-Content-Type-Options", "nosniff",
	}, nameValues...)
	if err := w.WriteHead(status, fields...); err != nil {
		return err
	}
	_, err := w.WriteString(text)
	return err
}

// number reads a path parameter that must be a number from low to high.
func number(r *httpwire.Request, name string, low, high int64) (int64, error) {
	text := r.Param(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text || n < low || n > high {
		p := httpwire.Fail(400, "%.64q is not a number from %d to %d", text, low, high)
		p.Extra = map[string]any{"parameter": name}
		return 0, p
	}
	return n, nil
}
