// Package syntax is the grammar of HTTP/1.1 messages: octets in, offsets out. It
// does no I/O, starts no goroutine, knows no time and keeps no octet. The server
// uses it, and so can a client, a proxy or a test.
//
//	var parser syntax.HeadParser
//	n, err := parser.Parse(window) // 0 and nil: call again with more octets
//	head := parser.Head()          // where its parts stand in the window
//
// # What is decided where
//
//	octet.go        which octets may stand in a token, a value, a path
//	line.go         where a line ends: CR LF, and nothing else
//	requestline.go  GET /path HTTP/1.1
//	target.go       the four forms of /path
//	field.go        Name: value
//	list.go         a, b, c in a value
//	section.go      the field lines of a head, and those the connection obeys
//	head.go         all of it, resumable at any octet, within limits
//	host.go  connection.go  expect.go  what these fields ask for
//	framing.go      how long the body is, and by which rule
//	chunked.go      chunks and the trailer section
//	encode.go       everything that is ever written of a head, and chunks
//	rule.go         Rule and Error; catalog.go: all that can be wrong, a row each
//	status.go       reason phrases; span.go: what each octet is, for those who look
//
// Read line.go, head.go and framing.go first, in this order.
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
// There is no lenient mode. Where the RFC lets a recipient repair a message, this
// package refuses it, because two recipients that repair differently see different
// messages. Bare LF or CR, white space before a colon, folded lines, control
// characters, repeated Content-Length or Host, Content-Length together with
// Transfer-Encoding, any coding but chunked: each is an Error with the octet, the
// rule and a hint. See Rules for the whole list.
//
// What the RFC leaves open is decided once: one empty line before a request is
// skipped; HTTP/1.2 is read as HTTP/1.1; leading zeros in a length are fine; an
// https target on a connection without TLS is WrongScheme; an Upgrade that nobody
// takes is ignored.
//
// The grammar is that of RFC 9112 (messages), RFC 9110 (fields) and RFC 3986
// (targets).
package syntax
