// Package httpwire serves HTTP/1.1 on a net.Conn, from the first octet to the
// last: the loop that moves octets between the network and a handler. What the
// octets mean is decided in package [rawserve/httpwire/syntax], the parser, which
// is written to be read next to RFC 9112; this package is written to be read after
// it.
//
//	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
//		_, err := w.WriteString("Hello, " + r.Host + "\n")
//		return err
//	}}
//	listener, err := httpwire.Listen("localhost:3000")
//	…
//	err = server.Serve(listener)
//
// # Life of a connection
//
//	octets ──▶ server.go           accepts it; server_conns.go: is there a place for it?
//	           conn.go             the loop: wait, burst, wait …
//	           conn_idle.go        waits for a first octet, without a buffer
//	             │
//	             ▼  burst.go       from the first octet until it is idle again
//	           burst_in.go         what arrives
//	           syntax/             a head, and how long its body is; or refusal.go
//	           exchange.go         one request and its response: runs the handler
//	           request.go          what the handler sees; request_body.go: the content it pulls
//	           response.go         what the handler makes; response_header.go: its fields
//	           exchange_rest.go    what becomes of a body that was not read; 100 (Continue)
//	           response_framing.go how the client finds the end of the response
//	           burst_out.go        what leaves: one write for all answers of a burst
//	             │
//	             ▼
//	           exchange_persistence.go  the next request, or the close?
//	octets ◀── conn_close.go       the close, always with a reason: conn_life.go
//
// Next to it: handler.go and exchange_fail.go (errors), response_interim.go (103,
// upgrades, handing the connection over), response_file.go (files), conn_watch.go
// (is the client still there?), inuse.go (is a goroutine of the handler?), pace.go
// (how slow is too slow), socket.go (deadlines), server_limits.go (how much is too
// much), server_shutdown.go, listen_linux.go, trace.go (looking at all of this).
//
// # Terms
//
// They are the RFC's: see package syntax. An exchange is a request and its
// response. A burst is what happens on a connection from the first octet of a
// request until none is in progress. A refusal is the answer to octets that are
// not a valid request.
//
// # Who owns the octets
//
// Strings that a handler sees are copied once per head and may be kept for ever.
// Request, Response and Body live until the handler returns; from then on they fail
// with ErrDone, and never reach into another exchange: see Handler for the
// goroutine that is inside one just then. Buffers are pooled, and nothing that a
// handler can reach is in one that is used again.
//
// # Bounds
//
// Every limit and every timeout has a name and a default: server_limits.go lists
// them all, the fixed ones too.
package httpwire
