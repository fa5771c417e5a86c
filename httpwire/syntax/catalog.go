package syntax

// Line endings. RFC 9112, Section 2.2.
var (
	BareLF *Rule = rule("BareLF", 400, "rfc9112-2.2-10",
		"line feed without a carriage return before it", "end every line with CR LF")
	BareCR *Rule = rule("BareCR", 400, "rfc9112-2.2-04",
		"carriage return without a line feed after it", "end every line with CR LF")
)

// The request-line. RFC 9112, Section 3.
var (
	TLSHandshake *Rule = rule("TLSHandshake", 400, "rfc9112-2.2-10",
		"a TLS handshake arrived on a connection that is not TLS", "use http:// instead of https:// for this port")
	SecondEmptyLine *Rule = rule("SecondEmptyLine", 400, "rfc9112-2.2-07",
		"more than one empty line before the request-line", "send at most one empty line before a request")
	BadMethod *Rule = rule("BadMethod", 400, "rfc9112-3.2-01",
		"octet that cannot stand in a method", "a method is a token such as GET; if a body came before, check that its length was right")
	MethodTooLong *Rule = rule("MethodTooLong", 501, "rfc9112-3-02",
		"method longer than any this server knows", "use a standard method")
	BadRequestLine *Rule = rule("BadRequestLine", 400, "rfc9112-3.2-01",
		"request-line is not method, one space, target, one space, version", "send for example: GET / HTTP/1.1")
	RequestLineTooLong *Rule = rule("RequestLineTooLong", 414, "rfc9112-3-03",
		"request-line longer than this server reads", "shorten the target, or send the data in a body")
	BadVersion *Rule = rule("BadVersion", 400, "rfc9112-2.2-10",
		"not a version of the form HTTP/1.1", "end the request-line with HTTP/1.1")
	UnsupportedVersion *Rule = rule("UnsupportedVersion", 505, "rfc9110-15.6.6-01",
		"this server speaks HTTP/1.1 and HTTP/1.0 only", "send the request as HTTP/1.1")
)

// The status-line. RFC 9112, Section 4.
var (
	BadStatusLine *Rule = responseRule("BadStatusLine", "rfc9112-4-01",
		"status-line is not HTTP/1.x, space, three digits, space, reason phrase", "send for example: HTTP/1.1 200 OK")
	BadReason *Rule = responseRule("BadReason", "rfc9112-4-01",
		"control character in a reason phrase", "remove it, or send no reason phrase")
)

// The request-target. RFC 9112, Section 3.2.
var (
	BadTarget *Rule = rule("BadTarget", 400, "rfc9112-3.2-01",
		"octet that cannot stand in a request-target", "percent-encode it")
	BadPercent *Rule = rule("BadPercent", 400, "rfc9112-3.2-01",
		"percent sign without two hexadecimal digits", "write a literal percent sign as %25")
	TargetFragment *Rule = rule("TargetFragment", 400, "rfc9112-3.2-01",
		"a fragment is not sent in a request-target", "leave out the number sign and what follows it")
	UnknownTargetForm *Rule = rule("UnknownTargetForm", 400, "rfc9112-3.2-01",
		"request-target has none of the four forms", "begin the target with a slash")
	MisplacedAsterisk *Rule = rule("MisplacedAsterisk", 400, "rfc9110-7.1-01",
		"the target * is for OPTIONS only", "name a path, such as /")
	MisplacedAuthority *Rule = rule("MisplacedAuthority", 400, "rfc9110-7.1-01",
		"a target of host and port is for CONNECT only", "name a path, such as /")
	BadConnectTarget *Rule = rule("BadConnectTarget", 400, "rfc9110-9.3.6-02",
		"the target of CONNECT is a host, a colon and a port", "send for example: CONNECT example.com:443 HTTP/1.1")
	BadTargetAuthority *Rule = rule("BadTargetAuthority", 400, "rfc9112-3.2-01",
		"the authority in the request-target is not a valid host and port", "send for example: http://example.com:8080/")
	EmptyTargetHost *Rule = rule("EmptyTargetHost", 400, "rfc9110-4.2.1-02",
		"an absolute request-target needs a host", "put the host after the two slashes")
	TargetUserinfo *Rule = rule("TargetUserinfo", 400, "rfc9110-4.2.4-02",
		"userinfo does not belong in a request-target", "leave out the at sign and what stands before it")
	WrongScheme *Rule = rule("WrongScheme", 421, "rfc9110-7.4-02",
		"this connection does not serve targets of that scheme", "send the request over a connection that matches its scheme")
)

// Field lines. RFC 9112, Section 5.
var (
	LeadingSpace *Rule = rule("LeadingSpace", 400, "rfc9112-2.2-09",
		"white space before the first field line", "begin the line with a field name")
	ObsFold *Rule = rule("ObsFold", 400, "rfc9112-5.2-02",
		"field value folded onto a second line", "put the whole value on one line")
	EmptyFieldName *Rule = rule("EmptyFieldName", 400, "rfc9112-2.2-10",
		"field line without a name", "put a field name before the colon")
	BadFieldName *Rule = rule("BadFieldName", 400, "rfc9112-2.2-10",
		"octet that cannot stand in a field name", "a field name is a token such as Content-Type")
	SpaceBeforeColon *Rule = rule("SpaceBeforeColon", 400, "rfc9112-5.1-01",
		"white space between field name and colon", "put the colon right after the name")
	NoColon *Rule = rule("NoColon", 400, "rfc9112-2.2-10",
		"field line without a colon", "write the field as name, colon, value")
	NULInValue *Rule = rule("NULInValue", 400, "rfc9110-5.5-04",
		"NUL in a field value", "remove it")
	BadFieldValue *Rule = rule("BadFieldValue", 400, "rfc9110-5.5-05",
		"control character in a field value", "remove or encode it")
	TooManyFields *Rule = rule("TooManyFields", 431, "rfc9110-5.4-01",
		"more field lines than this server reads", "send fewer fields")
	HeadTooLarge *Rule = rule("HeadTooLarge", 431, "rfc9110-5.4-01",
		"head larger than this server reads", "send fewer or shorter fields, cookies for example")
)

// Host. RFC 9112, Section 3.2.
var (
	NoHost *Rule = rule("NoHost", 400, "rfc9112-3.2-06",
		"an HTTP/1.1 request needs a Host field", "add one, for example: Host: localhost")
	SecondHost *Rule = rule("SecondHost", 400, "rfc9112-3.2-06",
		"more than one Host field", "send exactly one")
	BadHost *Rule = rule("BadHost", 400, "rfc9112-3.2-06",
		"Host is not a valid host and optional port", "send for example: Host: example.com:8080")
)

// Message body length. RFC 9112, Section 6.
var (
	TransferEncodingIn10 *Rule = rule("TransferEncodingIn10", 400, "rfc9112-6.1-14",
		"Transfer-Encoding in an HTTP/1.0 request", "send Content-Length, or use HTTP/1.1")
	BothLengths *Rule = rule("BothLengths", 400, "rfc9112-6.1-12",
		"both Content-Length and Transfer-Encoding", "send one of them: two servers could disagree where the message ends")
	BadTransferEncoding *Rule = rule("BadTransferEncoding", 400, "rfc9112-6.3-03",
		"Transfer-Encoding is not a list of transfer codings", "send exactly: Transfer-Encoding: chunked")
	ChunkedNotFinal *Rule = rule("ChunkedNotFinal", 400, "rfc9112-6.3-03",
		"chunked is not the final transfer coding, so the body has no end", "send exactly: Transfer-Encoding: chunked")
	ChunkedTwice *Rule = rule("ChunkedTwice", 400, "rfc9112-6.1-02",
		"chunked applied more than once", "send exactly: Transfer-Encoding: chunked")
	UnknownCoding *Rule = rule("UnknownCoding", 501, "rfc9112-6.1-09",
		"a transfer coding this server does not know", "send exactly: Transfer-Encoding: chunked")
	RepeatedLength *Rule = rule("RepeatedLength", 400, "rfc9110-8.6-11",
		"Content-Length given more than once", "send it once, with one number")
	BadLength *Rule = rule("BadLength", 400, "rfc9112-6.3-05",
		"Content-Length is not a decimal number", "send digits only")
	LengthOverflow *Rule = rule("LengthOverflow", 400, "rfc9110-8.6-08",
		"Content-Length is larger than any body can be", "send the length in octets")
	UnknownExpectation *Rule = rule("UnknownExpectation", 417, "rfc9110-10.1.1-01",
		"an expectation other than 100-continue", "leave out the Expect field")
)

// The chunked transfer coding. RFC 9112, Section 7.1.
var (
	BadChunkSize *Rule = rule("BadChunkSize", 400, "rfc9112-7.1-02",
		"chunk size is not a hexadecimal number", "send hexadecimal digits only, without 0x")
	ChunkSizeOverflow *Rule = rule("ChunkSizeOverflow", 400, "rfc9112-7.1-03",
		"chunk size is larger than any body can be", "send the size in octets, in hexadecimal")
	BadChunkExtension *Rule = rule("BadChunkExtension", 400, "rfc9112-7.1.1-01",
		"chunk extension does not match its grammar", "write extensions as ;name=value, or leave them out")
	BadChunkLineEnd *Rule = rule("BadChunkLineEnd", 400, "rfc9112-7.1-02",
		"chunk-size line does not end in CR LF", "end the line with CR LF")
	ChunkLineTooLong *Rule = rule("ChunkLineTooLong", 400, "rfc9112-7.1.1-01",
		"chunk-size line longer than this server reads", "leave out the chunk extensions")
	ChunkOverhead *Rule = rule("ChunkOverhead", 400, "rfc9112-7.1.1-01",
		"far more octets of chunk extensions, or of zeros before chunk sizes, than of data", "leave out the chunk extensions")
	BadChunkEnd *Rule = rule("BadChunkEnd", 400, "rfc9112-7.1-02",
		"chunk data is not followed by CR LF", "check that the chunk size counts the data exactly")
	TrailerTooLarge *Rule = rule("TrailerTooLarge", 431, "rfc9110-5.4-01",
		"trailer section larger than this server reads", "send fewer or shorter trailer fields")
)
