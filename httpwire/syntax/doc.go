// Package syntax is the grammar of HTTP/1.1 messages: octets in, offsets out. It
// does no I/O, starts no goroutine, knows no time and keeps no octet. The server
// uses it, and so can a client, a proxy or a test.
//
//	var parser syntax.HeadParser
//	n, err := parser.Parse(window) // 0 and nil: call again with more octets
//	head := parser.Head()          // where its parts stand in the window
//
// # Terms
//
// They are the RFC's. An octet is a byte on the wire. The head of a message is its
// start-line and field lines, with the empty line. A field has a name and a value.
// Content is what is left of a body when its framing is taken away.
//
// # Who owns the octets
//
// Parsers return offsets into the window they are given, or slices that alias it,
// and keep nothing. The same octets give the same result however they were split
// into windows: the same head, or the same error at the same offset.
//
// # Strict
//
// There is no lenient mode. Where the RFC lets a server repair a request, this
// package refuses it, because two recipients that repair differently see different
// messages. Bare LF or CR, white space before a colon, folded lines, control
// characters, repeated Content-Length or Host, Content-Length together with
// Transfer-Encoding, any coding but chunked: each is an Error with the octet, the
// rule and a hint. See Rules for the whole list.
//
// What the RFC leaves open is decided once: one empty line before a request is
// skipped; octets that browsers leave as they are in a target are accepted, though
// RFC 3986 has no place for them; HTTP/1.2 is read as HTTP/1.1; leading zeros in a length are fine; an
// https target on a connection without TLS is WrongScheme; an Upgrade that nobody
// takes is ignored.
//
// Responses are read by the same grammar. Where a client has to take what servers
// send, ResponseParser takes it and says so: see ResponseHead.
//
// The grammar is that of RFC 9112 (messages), RFC 9110 (fields) and RFC 3986
// (targets).
//
// # Reading the source
//
// Begin with line.go, head.go and framing.go.
//
//	octet.go        which octets may stand in a token, a value, a path
//	line.go         where a line ends: CR LF, and nothing else
//	requestline.go  GET /path HTTP/1.1
//	target.go       the four forms of /path
//	statusline.go   HTTP/1.1 200 OK, and the head of a response
//	field.go        Name: value
//	list.go         a, b, c in a value
//	section.go      the field lines of a head, and those the connection obeys
//	head.go         the head of a request, resumable at any octet, within limits
//	host.go         Host
//	connection.go   Connection: is it kept open?
//	expect.go       Expect: does the client wait for 100?
//	framing.go      how long the body is, and by which rule
//	chunked.go      chunks
//	trailer.go      the trailer section
//	encode.go       all that is ever written of a head, and chunks
//	rule.go         Rule and Error
//	catalog.go      all that can be wrong, a row each
//	status.go       reason phrases
//	span.go         what each octet is, for those who look
package syntax
