// Package httpwire speaks HTTP/1.1 on a net.Conn: octets in, messages out, and
// the loop that moves them. It is written to be read beside RFC 9112.
//
//	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
//		_, err := w.WriteString("Hello, " + r.Host + "\n")
//		return err
//	}}
//	listener, err := httpwire.Listen("localhost:3000")
//	…
//	err = server.Serve(listener)
//
// # Life of a request
//
//	octets ──▶ server.go    accepts the connection; shutdown.go ends it
//	           conn.go      the loop: receive, exchange, repeat or close
//	           idle*.go     waits for the first octet: without a buffer, and after
//	                        a while without the stack that the handler needed
//	           buffer.go    holds what has arrived
//	             │
//	             ▼  grammar: no I/O, octets in, offsets out
//	           syntax/      the parser, a package of its own
//	             │
//	             ▼
//	           request.go   what the handler sees; exchange.go calls it
//	           body.go      the content, pulled by the handler; interim.go: 100, 103
//	           response.go  the answer, being made; responseheader.go: its fields
//	             │
//	             ▼
//	           responseframing.go  how the client will find its end
//	           date.go             the Date line
//	           sendfile.go         a file, past our memory
//	           conn.go             one write for all answers of a burst
//	octets ◀── closing.go          or the end, always with a reason
//
//	aside:     refusal.go (answers to what is no request), problem.go (errors as
//	           JSON), upgrade.go (handing the connection over), watch.go (is the
//	           client still there?), inuse.go (is a goroutine of the handler?),
//	           deadline.go (how slow is too slow), limits.go and files_*.go (how
//	           much is too much), listen_*.go (sockets), trace.go (looking at
//	           all of this)
//
// A first reading: syntax/line.go, syntax/head.go, syntax/framing.go, conn.go, in
// this order.
//
// # Terms
//
// They are the RFC's. An octet is a byte on the wire. The head of a request is
// its request-line and field lines, with the empty line. A field has a name and
// a value; a header is the field lines of a head. Content is what is left of a
// body when its framing is taken away. A refusal is the answer to octets that
// are not a valid request; a violation is the rule that they break.
//
// # Who owns the octets
//
// Grammar functions return offsets into the window they are given, and keep
// nothing. Strings that a handler sees are copied once per head and may be kept
// for ever. Request, Response and Body live until the handler returns; from then
// on they fail with ErrDone, and never reach into another exchange: see Handler
// for the goroutine that is inside one just then. Buffers are pooled, and nothing
// that a handler can reach is in one that is used again.
//
// # Strict
//
// There is no lenient mode. Where the RFC lets a recipient repair a message,
// this one refuses it, because two recipients that repair differently see
// different messages. Bare LF or CR, white space before a colon, folded lines,
// control characters, repeated Content-Length or Host, Content-Length together
// with Transfer-Encoding, any coding but chunked: refused with the octet, the
// rule and a hint, and the connection closes. See Rules for the whole list.
//
// What the RFC leaves open is decided once: one empty line before a request is
// skipped; HTTP/1.2 is served as HTTP/1.1; leading zeros in a length are fine;
// an https target on a connection without TLS is answered 421; an Upgrade that
// nobody takes is ignored; a client that closes its half after a whole request
// is answered.
//
// # Bounds
//
// Every limit and every timeout has a name and a default; they are fields of
// Server, but for three that are fixed. On top of the timeouts, a body must move
// 240 octets per second on average once the first five seconds of waiting are
// over. Chunk framing may have 16 KiB and twice the length of the data. Of a body
// that a handler leaves unread, 256 KiB are discarded within half a second.
package httpwire
