package httpwire

import (
	"fmt"
	"strings"
)

// Rule is one row of the violation catalog: one way in which a request can be
// refused. Rules are compared by pointer; they work with errors.Is.
type Rule struct {
	Name     string // the Go name of the row
	Status   int    // status code of the refusal
	ID       string // requirement, as numbered from the RFC: "rfc9112-5.1-01"
	Sentence string // what is wrong with the octets, in plain words
	Hint     string // what the sender can do about it
}

// Error returns the sentence and its source.
func (r *Rule) Error() string { return r.Sentence + " (" + r.Source() + ")" }

// Source names the section the rule comes from, as "RFC 9112, Section 5.1".
func (r *Rule) Source() string {
	document, rest, _ := strings.Cut(r.ID, "-")
	section, _, _ := strings.Cut(rest, "-")
	return "RFC " + strings.TrimPrefix(document, "rfc") + ", Section " + section
}

// Error is the only error the grammar returns, and the one a handler gets from
// Body.Read when a body cannot be accepted.
type Error struct {
	Rule *Rule

	// Status is the status code to answer with.
	Status int

	// Offset is where the message became invalid, in octets from its first one.
	// It is the same however the octets were split into reads, and the octets
	// before it alone are not yet an error.
	Offset int64
}

// Error returns the status, the offset and the rule on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%d at byte %d: %s", e.Status, e.Offset, e.Rule.Error())
}

// Unwrap returns the rule, so that errors.Is(err, BareLF) works.
func (e *Error) Unwrap() error { return e.Rule }

// broken returns the error for a rule broken at an offset.
func broken(rule *Rule, offset int) *Error {
	return &Error{Rule: rule, Status: rule.Status, Offset: int64(offset)}
}

// Rules returns the whole catalog, in the order in which a request meets it.
func Rules() []*Rule { return catalog }

// catalog collects the rows below; rule appends to it while the package's
// variables are initialised, and nothing changes it afterwards.
var catalog []*Rule

func rule(name string, status int, id, sentence, hint string) *Rule {
	r := &Rule{name, status, id, sentence, hint}
	catalog = append(catalog, r)
	return r
}

// Line endings. RFC 9112, Section 2.2.
var (
	BareLF = rule("BareLF", 400, "rfc9112-2.2-10",
		"line feed without a carriage return before it", "end every line with CR LF")
	BareCR = rule("BareCR", 400, "rfc9112-2.2-04",
		"carriage return without a line feed after it", "end every line with CR LF")
)

// The request-line. RFC 9112, Section 3.
var (
	TLSHandshake = rule("TLSHandshake", 400, "rfc9112-2.2-10",
		"a TLS handshake arrived on a connection that is not TLS", "use http:// instead of https:// for this port")
	SecondEmptyLine = rule("SecondEmptyLine", 400, "rfc9112-2.2-07",
		"more than one empty line before the request-line", "send at most one empty line before a request")
	BadMethod = rule("BadMethod", 400, "rfc9112-3.2-01",
		"octet that cannot stand in a method", "a method is a token such as GET; if a body came before, check that its length was right")
	MethodTooLong = rule("MethodTooLong", 501, "rfc9112-3-02",
		"method longer than any this server knows", "use a standard method")
	BadRequestLine = rule("BadRequestLine", 400, "rfc9112-3.2-01",
		"request-line is not method, one space, target, one space, version", "send for example: GET / HTTP/1.1")
	RequestLineTooLong = rule("RequestLineTooLong", 414, "rfc9112-3-03",
		"request-line longer than this server reads", "shorten the target, or send the data in a body")
	BadVersion = rule("BadVersion", 400, "rfc9112-2.2-10",
		"not a version of the form HTTP/1.1", "end the request-line with HTTP/1.1")
	UnsupportedVersion = rule("UnsupportedVersion", 505, "rfc9110-15.6.6-01",
		"this server speaks HTTP/1.1 and HTTP/1.0 only", "send the request as HTTP/1.1")
)

// The request-target. RFC 9112, Section 3.2.
var (
	BadTarget = rule("BadTarget", 400, "rfc9112-3.2-01",
		"octet that cannot stand in a request-target", "percent-encode it")
	BadPercent = rule("BadPercent", 400, "rfc9112-3.2-01",
		"percent sign without two hexadecimal digits", "write a literal percent sign as %25")
	TargetFragment = rule("TargetFragment", 400, "rfc9112-3.2-01",
		"a fragment is not sent in a request-target", "leave out the number sign and what follows it")
	UnknownTargetForm = rule("UnknownTargetForm", 400, "rfc9112-3.2-01",
		"request-target has none of the four forms", "begin the target with a slash")
	MisplacedAsterisk = rule("MisplacedAsterisk", 400, "rfc9110-7.1-01",
		"the target * is for OPTIONS only", "name a path, such as /")
	MisplacedAuthority = rule("MisplacedAuthority", 400, "rfc9110-7.1-01",
		"a target of host and port is for CONNECT only", "name a path, such as /")
	BadConnectTarget = rule("BadConnectTarget", 400, "rfc9110-9.3.6-02",
		"the target of CONNECT is a host, a colon and a port", "send for example: CONNECT example.com:443 HTTP/1.1")
	BadTargetAuthority = rule("BadTargetAuthority", 400, "rfc9112-3.2-01",
		"the authority in the request-target is not a valid host and port", "send for example: http://example.com:8080/")
	EmptyTargetHost = rule("EmptyTargetHost", 400, "rfc9110-4.2.1-02",
		"an absolute request-target needs a host", "put the host after the two slashes")
	TargetUserinfo = rule("TargetUserinfo", 400, "rfc9110-4.2.4-02",
		"userinfo does not belong in a request-target", "leave out the at sign and what stands before it")
	WrongScheme = rule("WrongScheme", 421, "rfc9110-7.4-02",
		"this connection does not serve targets of that scheme", "send the request over a connection that matches its scheme")
)

// Field lines. RFC 9112, Section 5.
var (
	LeadingSpace = rule("LeadingSpace", 400, "rfc9112-2.2-09",
		"white space before the first field line", "begin the line with a field name")
	ObsFold = rule("ObsFold", 400, "rfc9112-5.2-02",
		"field value folded onto a second line", "put the whole value on one line")
	EmptyFieldName = rule("EmptyFieldName", 400, "rfc9112-2.2-10",
		"field line without a name", "put a field name before the colon")
	BadFieldName = rule("BadFieldName", 400, "rfc9112-2.2-10",
		"octet that cannot stand in a field name", "a field name is a token such as Content-Type")
	SpaceBeforeColon = rule("SpaceBeforeColon", 400, "rfc9112-5.1-01",
		"white space between field name and colon", "put the colon right behind the name")
	NoColon = rule("NoColon", 400, "rfc9112-2.2-10",
		"field line without a colon", "write the field as name, colon, value")
	NULInValue = rule("NULInValue", 400, "rfc9110-5.5-04",
		"NUL in a field value", "remove it")
	BadFieldValue = rule("BadFieldValue", 400, "rfc9110-5.5-05",
		"control character in a field value", "remove or encode it")
	TooManyFields = rule("TooManyFields", 431, "rfc9110-5.4-01",
		"more field lines than this server reads", "send fewer fields")
	HeadTooLarge = rule("HeadTooLarge", 431, "rfc9110-5.4-01",
		"head larger than this server reads", "send fewer or shorter fields, cookies for example")
)

// Host. RFC 9112, Section 3.2.
var (
	NoHost = rule("NoHost", 400, "rfc9112-3.2-06",
		"an HTTP/1.1 request needs a Host field", "add one, for example: Host: localhost")
	SecondHost = rule("SecondHost", 400, "rfc9112-3.2-06",
		"more than one Host field", "send exactly one")
	BadHost = rule("BadHost", 400, "rfc9112-3.2-06",
		"Host is not a valid host and optional port", "send for example: Host: example.com:8080")
)

// Message body length. RFC 9112, Section 6.
var (
	TransferEncodingIn10 = rule("TransferEncodingIn10", 400, "rfc9112-6.1-14",
		"Transfer-Encoding in an HTTP/1.0 request", "send Content-Length, or use HTTP/1.1")
	BothLengths = rule("BothLengths", 400, "rfc9112-6.1-12",
		"both Content-Length and Transfer-Encoding", "send one of them: two servers could disagree where the message ends")
	BadTransferEncoding = rule("BadTransferEncoding", 400, "rfc9112-6.3-03",
		"Transfer-Encoding is not a list of transfer codings", "send exactly: Transfer-Encoding: chunked")
	ChunkedNotFinal = rule("ChunkedNotFinal", 400, "rfc9112-6.3-03",
		"chunked is not the final transfer coding, so the body has no end", "send exactly: Transfer-Encoding: chunked")
	ChunkedTwice = rule("ChunkedTwice", 400, "rfc9112-6.1-02",
		"chunked applied more than once", "send exactly: Transfer-Encoding: chunked")
	UnknownCoding = rule("UnknownCoding", 501, "rfc9112-6.1-09",
		"a transfer coding this server does not know", "send exactly: Transfer-Encoding: chunked")
	RepeatedLength = rule("RepeatedLength", 400, "rfc9110-8.6-11",
		"Content-Length given more than once", "send it once, with one number")
	BadLength = rule("BadLength", 400, "rfc9112-6.3-05",
		"Content-Length is not a decimal number", "send digits only")
	LengthOverflow = rule("LengthOverflow", 400, "rfc9110-8.6-08",
		"Content-Length is larger than any body can be", "send the length in octets")
	UnknownExpectation = rule("UnknownExpectation", 417, "rfc9110-10.1.1-01",
		"an expectation other than 100-continue", "leave out the Expect field")
)

// The chunked transfer coding. RFC 9112, Section 7.1.
var (
	BadChunkSize = rule("BadChunkSize", 400, "rfc9112-7.1-02",
		"chunk size is not a hexadecimal number", "send hexadecimal digits only, without 0x")
	ChunkSizeOverflow = rule("ChunkSizeOverflow", 400, "rfc9112-7.1-03",
		"chunk size is larger than any body can be", "send the size in octets, in hexadecimal")
	BadChunkExtension = rule("BadChunkExtension", 400, "rfc9112-7.1.1-01",
		"chunk extension does not match its grammar", "write extensions as ;name=value, or leave them out")
	BadChunkLineEnd = rule("BadChunkLineEnd", 400, "rfc9112-7.1-02",
		"chunk-size line does not end in CR LF", "end the line with CR LF")
	ChunkLineTooLong = rule("ChunkLineTooLong", 400, "rfc9112-7.1.1-01",
		"chunk-size line longer than this server reads", "leave out the chunk extensions")
	ChunkOverhead = rule("ChunkOverhead", 400, "rfc9112-7.1.1-01",
		"far more chunk framing than data", "send larger chunks")
	BadChunkEnd = rule("BadChunkEnd", 400, "rfc9112-7.1-02",
		"chunk data is not followed by CR LF", "check that the chunk size counts the data exactly")
	TrailerTooLarge = rule("TrailerTooLarge", 431, "rfc9110-5.4-01",
		"trailer section larger than this server reads", "send fewer or shorter trailer fields")
)

// Refusals of the connection loop: nothing is wrong with any octet, but too
// many of them, or too few in the time given.
var (
	BodyTooLarge = rule("BodyTooLarge", 413, "rfc9110-15.5.14-01",
		"body larger than this resource accepts", "send a smaller body")
	Incomplete = rule("Incomplete", 400, "rfc9112-6.3-08",
		"the connection ended before the request did", "send the whole request before closing")
	HeadTimeout = rule("HeadTimeout", 408, "rfc9110-15.5.9-01",
		"the head did not arrive in time", "send the whole head at once")
	BodyTimeout = rule("BodyTimeout", 408, "rfc9110-15.5.9-01",
		"the body stopped arriving or arrives too slowly", "send the body without long pauses")
)
