package conformance

import (
	"net"
	"regexp"
	"strings"
)

// received returns a read function that replaces what an expression matches in
// the octets received.
func received(expr, by string) func(*brokenConn, string) string {
	re := regexp.MustCompile(expr)
	return func(_ *brokenConn, octets string) string { return re.ReplaceAllString(octets, by) }
}

// answered returns a write function that does the same with answers.
func answered(expr, by string) func(*brokenConn, string) string { return received(expr, by) }

// defects lists the broken servers, in the order of RFC 9112. Each changes the
// octets as real servers with that mistake read or write them.
var defects = []defect{
	// Lines.
	{name: "bare LF ends a line", caught: "bare-lf-field-line", read: received(`(^|[^\r])\n`, "$1\r\n")},
	{name: "bare CR is white space", caught: "bare-cr-in-field-value", read: received(`\r([^\n])`, " $1")},
	{name: "bare CR ends a line", caught: "bare-cr-ends-head", read: received(`\r([^\n])`, "\r\n$1")},
	{name: "white space before the first field dropped", caught: "leading-space-first-field", read: received(`(HTTP/1.1\r\n)[ \t]+`, "$1")},
	{name: "pipelined request dropped", caught: "pipeline-two", read: received(`(?s)^(GET .*?\r\n\r\n).*`, "$1")},

	// Request-line.
	{name: "two spaces are one", caught: "request-line-two-spaces-before-target", read: received(`^([A-Z]+) +(\S+) +HTTP`, "$1 $2 HTTP")},
	{name: "version in lower case", caught: "version-lower-case", read: received(` http/1.1\r\n`, " HTTP/1.1\r\n")},
	{name: "major version ignored", caught: "version-2.0", read: received(` HTTP/[0-9]\.[0-9]\r\n`, " HTTP/1.1\r\n")},
	{name: "method in lower case", caught: "method-lower-case-is-another", read: received(`^get `, "GET ")},
	{name: "fragment dropped", caught: "target-fragment", read: received(`^([A-Z]+ [^ #]*)#\S*`, "$1")},
	{name: "asterisk is a path", caught: "target-asterisk-get", read: received(`^GET \*`, "GET /")},
	{name: "empty host in absolute-form", caught: "target-absolute-form-empty-host", read: received(`^GET http:///`, "GET /")},

	// Host.
	{name: "Host not needed", caught: "host-missing", read: insertHost},
	{name: "second Host ignored", caught: "host-twice-different", read: received(`(\r\nHost: [^\r]*\r\n(?:[^\r]+\r\n)*)Host: [^\r]*\r\n`, "$1")},
	{name: "userinfo in Host ignored", caught: "host-userinfo", read: received(`(\r\nHost: )[^@\r]*@`, "$1")},

	// Field lines.
	{name: "space before the colon dropped", caught: "field-space-before-colon", read: received(`(?m)^([A-Za-z-]+)[ \t]+:`, "$1:")},
	{name: "fold joined", caught: "field-folded-with-space", read: received(`\r\n[ \t]+`, " ")},
	{name: "line without colon dropped", caught: "field-no-colon", read: received(`(?m)^[A-Za-z-]+\r\n`, "")},
	{name: "empty name dropped", caught: "field-empty-name", read: received(`(?m)^:[^\r]*\r\n`, "")},
	{name: "NUL dropped", caught: "field-line-value-nul", read: received(`\x00`, "")},

	// Message body length.
	{name: "Content-Length ignored next to chunked", caught: "framing-both-length-first", read: dropLengthWithCoding},
	{name: "chunked ignored next to Content-Length", caught: "smuggle-cl-te", read: dropCodingWithLength},
	{name: "Transfer-Encoding not read", caught: "te-chunked", read: received(`(?i)Transfer-Encoding:[^\r]*\r\n`, "")},
	{name: "GET has no body", caught: "get-with-body", read: received(`(?s)^(GET .*?)Content-Length:[^\r]*\r\n`, "$1")},
	{name: "first of two lengths counts", caught: "cl-twice-different", read: received(`(Content-Length: [^\r]*\r\n)Content-Length: [^\r]*\r\n`, "$1")},
	{name: "first of a list of lengths counts", caught: "cl-list-different", read: received(`Content-Length: ([0-9]+),[^\r]*`, "Content-Length: $1")},
	{name: "sign in a length", caught: "cl-plus", read: received(`Content-Length: \+`, "Content-Length: ")},
	{name: "hexadecimal length", caught: "cl-hexadecimal", read: received(`Content-Length: 0x`, "Content-Length: ")},
	{name: "length of 32 bits", caught: "content-length-overflow-32", read: received(`Content-Length: 4294967301`, "Content-Length: 5")},
	{name: "coding compared by its end", caught: "te-prefix", read: received(`Transfer-Encoding: [a-z]*chunked`, "Transfer-Encoding: chunked")},
	{name: "chunked not last", caught: "te-chunked-identity", read: received(`Transfer-Encoding: chunked,[^\r]*`, "Transfer-Encoding: chunked")},
	{name: "chunked in HTTP/1.0", caught: "te-http-1.0", read: received(` HTTP/1\.0(\r\n(?s:.*)Transfer-Encoding)`, " HTTP/1.1${1}")},
	{name: "octet of the body missing", caught: "content-length-of-echo", write: answered(`Content-Length: 5\r\n`, "Content-Length: 4\r\n")},
	{name: "octet of the body too many", caught: "cl-five", write: answered(`Content-Length: 5\r\n`, "Content-Length: 6\r\n")},
	{name: "both lengths in an answer", caught: "content-length-of-echo", write: answered(`(Content-Length: [^\r]*\r\n)`, "${1}Transfer-Encoding: chunked\r\n")},
	{name: "content in the answer to HEAD", caught: "head-front-page", write: contentAfterHead},
	{name: "length with 204", caught: "options-204-has-no-length", write: answered(`( 204 [^\r]*\r\n)`, "${1}Content-Length: 0\r\n")},

	// Chunks.
	{name: "chunk size with 0x", caught: "chunk-size-hexadecimal-prefix", read: received(`(?m)^0x`, "")},
	{name: "chunk size with a sign", caught: "chunk-size-plus", read: received(`(?m)^\+`, "")},
	{name: "chunk size of 64 bits", caught: "chunk-size-overflow-to-five", read: received(`(?m)^[0-9a-fA-F]+([0-9a-fA-F]{15}\r\n)`, "$1")},
	{name: "bare LF ends a chunk-size line", caught: "chunk-line-bare-lf", read: received(`(?m)^([0-9a-f]+)\n`, "$1\r\n")},
	{name: "bare LF ends chunk data", caught: "chunk-data-bare-lf", read: received(`([a-z])\n`, "$1\r\n")},
	{name: "trailer merged", caught: "trailer-connection-ignored", read: received(`(?s)^(\S+ \S+ \S+\r\n)(.*\r\n0\r\n)(Connection: close\r\n)`, "$1$3$2")},
	{name: "last line of chunked missing", caught: "te-response-streamed", write: answered(`\b0\r\n\r\n$`, "0\r\n")},
	{name: "chunked to HTTP/1.0", caught: "te-response-not-to-http-1.0", read: received(` HTTP/1\.0\r\n`, " HTTP/1.1\r\nConnection: close\r\n")},

	// Connections.
	{name: "close not honoured", caught: "close-requested", read: received(`(?i)Connection: [^\r]*close[^\r]*\r\n`, "")},
	{name: "close not announced", caught: "close-announced-by-refusal", write: answered(`Connection: close\r\n`, "")},
	{name: "HTTP/1.0 kept open", caught: "persist-1.0-closes", read: received(` HTTP/1\.0\r\n`, " HTTP/1.1\r\n")},
	{name: "keep-alive of HTTP/1.0 not confirmed", caught: "persist-1.0-keep-alive", write: answered(`(?i)Connection: keep-alive\r\n`, "")},
	{name: "no connection kept", caught: "persist-by-default", read: received(`(\r\nHost:)`, "\r\nConnection: close${1}")},
	{name: "good answer lost when a bad request follows", caught: "pipeline-good-then-bad", write: answered(`(?s)^HTTP/.*(HTTP/1.1 400)`, "$1")},
	{name: "answers out of order", caught: "pipeline-in-order", write: answered(`(?s)^(HTTP/.*?)(HTTP/.*)`, "$2$1")},
	{name: "reset instead of close", caught: "close-refusal-survives-late-octets", close: resetInstead},
	{name: "refused in silence", caught: "host-missing", write: answered(`(?s)^HTTP/1.1 400.*`, "")},

	// Answers.
	{name: "no Date", caught: "date-on-success", write: answered(`Date: [^\r]*\r\n`, "")},
	{name: "no Date on refusals", caught: "date-on-refusal", write: answered(`(?s)(HTTP/1.1 400.*?)Date: [^\r]*\r\n`, "$1")},
	{name: "Date in another form", caught: "date-generated-imf", write: answered(` GMT\r\n`, " UTC\r\n")},
	{name: "version of the answer", caught: "version-answered-1.1", write: answered(`^HTTP/1.1`, "HTTP/1.0")},
	{name: "no space after the status code", caught: "version-answered-1.1", write: answered(`^(HTTP/1.1 [0-9]+) [^\r]*`, "$1")},
	{name: "bare LF in the head", caught: "response-head-well-formed", write: answered(`\r\n`, "\n")},
	{name: "405 without Allow", caught: "method-not-allowed-has-allow", write: answered(`Allow: [^\r]*\r\n`, "")},

	// 100 (Continue).
	{name: "100 never sent", caught: "expect-continue", read: received(`Expect: [^\r]*\r\n`, "")},
	{name: "100 with a length", caught: "expect-continue", write: answered(`( 100 [^\r]*\r\n)`, "${1}Content-Length: 0\r\n")},
	{name: "100 twice", caught: "expect-continue-in-pieces", write: answered(`^(HTTP/1.1 100 [^\r]*\r\n\r\n)`, "$1$1")},
	{name: "100 to HTTP/1.0", caught: "expect-http10", write: continueHTTP10},
}

// insertHost gives a request without Host one.
func insertHost(_ *brokenConn, octets string) string {
	if strings.Contains(octets, "\nHost:") {
		return octets
	}
	return strings.Replace(octets, " HTTP/1.1\r\n", " HTTP/1.1\r\nHost: here\r\n", 1)
}

var (
	lengthLine = regexp.MustCompile(`Content-Length: [^\r]*\r\n`)
	codingLine = regexp.MustCompile(`Transfer-Encoding: [^\r]*\r\n`)
)

// dropLengthWithCoding believes Transfer-Encoding if both are there.
func dropLengthWithCoding(_ *brokenConn, octets string) string {
	if codingLine.MatchString(octets) {
		return lengthLine.ReplaceAllString(octets, "")
	}
	return octets
}

// dropCodingWithLength believes Content-Length if both are there.
func dropCodingWithLength(_ *brokenConn, octets string) string {
	if lengthLine.MatchString(octets) {
		return codingLine.ReplaceAllString(octets, "")
	}
	return octets
}

// contentAfterHead sends content as if HEAD were GET.
func contentAfterHead(c *brokenConn, octets string) string {
	if strings.HasPrefix(c.asked, "HEAD ") && strings.HasSuffix(octets, "\r\n\r\n") {
		return octets + "content"
	}
	return octets
}

// continueHTTP10 sends 100 to a client that does not know it.
func continueHTTP10(c *brokenConn, octets string) string {
	if strings.Contains(c.asked, " HTTP/1.0\r\n") && strings.Contains(c.asked, "Expect: 100-continue") {
		return "HTTP/1.1 100 Continue\r\n\r\n" + octets
	}
	return octets
}

// resetInstead breaks the connection off where the server would close it.
func resetInstead(c *brokenConn) error {
	c.Conn.(*net.TCPConn).SetLinger(0)
	return c.Conn.Close()
}
