// Package lint finds what the RFC asks of a server and a response does not do,
// though it can be read: each MUST and SHOULD of RFC 9110 and RFC 9112 on what
// servers send that octets show.
//
//	c := lint.Conversation{Responses: received, Requests: sent}
//	for m := range c.Each(xray.Each(received, options), xray.Each(sent, requestOptions)) {
//		m.Findings // each with its offset, the requirement, its level and sentence, and a hint
//	}
//
// It does no I/O. What cannot be read is not its business: the parsers of package
// syntax refuse that, and package xray says why.
//
// # Findings are true
//
// A rule reports only what the octets prove. Where a requirement depends on the
// request, or on an earlier answer, and that is not known, nothing is reported.
// Where the RFC says "unless", and octets do not show which it is, the hint says so.
// testdata/coverage.tsv has each requirement without a rule, and why. Package explain
// has traces of real servers, and what is found in them.
//
// # Reading order
//
//	conversation.go  requests and responses, in pairs
//	message.go       one message, as the checks look at it
//	catalog.go       all that can be found, a row each
//	rule.go          what a row is
//	framing.go       status-line, Transfer-Encoding, Content-Length, chunks, trailers
//	connection.go    Connection, Upgrade, and what follows the last response
//	fields.go        repeated fields, lists, white space
//	grammar.go       the productions of field values
//	dates.go         HTTP-date, Date, Last-Modified
//	references.go    Location and Content-Location
//	challenges.go    WWW-Authenticate and Proxy-Authenticate
//	status.go        fields and content that status codes ask for
//	ranges.go        206, 416, Content-Range, multipart/byteranges
//	conditional.go   304, 412, and an earlier answer to the same request
//
// # Bounds
//
// One message is held at a time, at most 64 findings of it, and what a thousand
// requests were answered, in a few words each.
package lint
