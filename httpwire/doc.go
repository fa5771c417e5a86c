// Package httpwire serves HTTP/1.1 on a net.Conn. It moves octets between the
// network and a handler; what the octets mean is decided in package
// [rawserve/httpwire/syntax], the parser. Both are written to be read next to
// RFC 9112.
//
//	server := &httpwire.Server{
//		Handler: func(w *httpwire.Response, r *httpwire.Request) error {
//			_, err := w.WriteString("Hello, " + r.Host + "\n")
//			return err
//		},
//	}
//	listener, err := httpwire.Listen("localhost:3000")
//	…
//	err = server.Serve(listener)
//
// # Terms
//
// The RFC's terms mean here what they mean there: see package syntax. Besides:
//
//	exchange   a request and its response
//	burst      what happens on a connection from the first octet of a request
//	           until no request is in progress
//	refusal    the answer to octets that are not a valid request
//	hand over  to give a connection to a handler, by Upgrade or Hijack
//	stray      a goroutine of a handler that goes on after the handler's return
//
// # Who owns the octets
//
// Strings that a handler sees are copied once per head and may be kept for ever.
// Request, Response and Body live until the handler returns. From then on their
// methods that can block fail with ErrDone, and the others return zero values or do
// nothing; none reaches into another exchange. Buffers are pooled, and nothing that
// a handler can reach is in one that is used again.
//
// # Bounds
//
// Every limit and every timeout has a name and a default: see Server. The file
// server_limits.go lists them with the files that enforce them, and what is
// bounded without being a field.
//
// # Reading the source
//
// A connection, in the order in which things happen to it:
//
//	server.go                accepts connections
//	server_conns.go          has it a place? Who is connected?
//	conn.go                  the loop: wait, burst, wait, …
//	conn_idle.go             waits for a first octet, without a buffer
//	burst.go                 receives a head, has it answered, and so on
//	burst_in.go              what arrives
//	refusal.go               a head that cannot be accepted
//	exchange.go              one request and its response: runs the handler
//	request.go               what the handler sees; request_header.go
//	request_body.go          the content that it pulls
//	response.go              what the handler makes; response_header.go
//	response_interim.go      100 (Continue), 103 (Early Hints)
//	response_takeover.go     101, Hijack: the connection for the handler, such as that of package websocket
//	response_file.go         files
//	exchange_fail.go         a handler that fails
//	exchange_unread.go       what becomes of a body that was not read
//	response_framing.go      how the client finds the end of the response
//	exchange_persistence.go  the next request, or the close?
//	burst_out.go             what leaves: one write for the answers of a burst
//	conn_close.go            the close, always with a reason
//
// What they use:
//
//	conn_life.go             the states of a connection, and what follows a step
//	conn_watch.go            notices that the client has gone
//	inuse.go                 notices a stray goroutine
//	handler.go               Handler, and Problem: errors that clients can read
//	socket.go                reads and writes that end at a deadline
//	clock.go  pace.go        deadlines; how slow is too slow
//	server_limits.go         how much is too much
//	server_shutdown.go       the end of a server
//	date.go                  the Date field
//	listen_linux.go          TCP keep-alive
//	trace.go                 every octet and every decision, for those who look
package httpwire
