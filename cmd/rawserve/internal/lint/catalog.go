package lint

// The status-line and interim responses.
var (
	noSpaceAfterStatus = requires("NoSpaceAfterStatus", "rfc9112-4-04", must,
		"no space after the status code", "send the space also where no reason phrase follows: \"HTTP/1.1 200 \"")
	invalidStatus = states("InvalidStatus", "rfc9110-15", "Values outside the range 100..599 are invalid.",
		"a status code outside 100 to 599", "send one that RFC 9110, Section 15 or a registration defines")
	interimTo10 = requires("InterimTo10", "rfc9110-15.2-01", mustNot,
		"an interim response to a client of HTTP/1.0, which takes it for the final one",
		"send interim responses to HTTP/1.1 clients only")
)

// How long the message is. RFC 9112, Section 6.
var (
	lengthWithoutContent = requires("LengthWithoutContent", "rfc9110-8.6-05", mustNot,
		"Content-Length in a response whose status code has no content", "leave the field out")
	codingWithoutContent = requires("CodingWithoutContent", "rfc9112-6.1-07", mustNot,
		"Transfer-Encoding in a response whose status code has no content", "leave the field out")
	lengthOfTunnel = requires("LengthOfTunnel", "rfc9110-8.6-06", mustNot,
		"Content-Length in a successful answer to CONNECT, after which a tunnel begins", "leave the field out")
	codingOfTunnel = requires("CodingOfTunnel", "rfc9112-6.1-08", mustNot,
		"Transfer-Encoding in a successful answer to CONNECT, after which a tunnel begins", "leave the field out")
	codingTo10 = requires("CodingTo10", "rfc9112-6.1-11", mustNot,
		"Transfer-Encoding to a client of HTTP/1.0, which takes the chunks for content",
		"send Content-Length, or end the content by closing")
	codingIn10 = requires("CodingIn10", "rfc9112-6.1-14", must,
		"Transfer-Encoding in a response of HTTP/1.0: its framing counts as faulty",
		"send HTTP/1.1 in the status-line, or no Transfer-Encoding")
	bothLengths = requires("BothLengths", "rfc9112-6.2-01", mustNot,
		"Content-Length next to Transfer-Encoding: two recipients can find two ends", "send Transfer-Encoding alone")
	chunkedTwice = requires("ChunkedTwice", "rfc9112-6.1-02", mustNot,
		"chunked applied more than once", "name chunked once, as the last coding")
	endUnknown = requires("EndUnknown", "rfc9112-6.3-09", should,
		"the content ends with the connection, so nobody can tell whether all of it has come",
		"send Content-Length or chunked")
	contentAfterHEAD = requires("ContentAfterHEAD", "rfc9110-9.3.2-01", mustNot,
		"content in the answer to HEAD", "end the answer with its head")
	contentAfter1xx = states("ContentAfter1xx", "rfc9110-15.2",
		"A 1xx response is terminated by the end of the header section; it cannot contain content or trailers.",
		"octets that are no response after an interim one", "end it with its head")
	contentAfter204 = states("ContentAfter204", "rfc9110-15.3.5",
		"A 204 response is terminated by the end of the header section; it cannot contain content or trailers.",
		"content after 204 (No Content)", "send 200, or no content")
	contentAfter304 = states("ContentAfter304", "rfc9110-15.4.5",
		"A 304 response is terminated by the end of the header section; it cannot contain content or trailers.",
		"content after 304 (Not Modified)", "end it with its head")
	contentIn205 = requires("ContentIn205", "rfc9110-15.3.6-01", mustNot,
		"content in a response with 205 (Reset Content)", "send \"Content-Length: 0\"")
	moreThanLength = requires("MoreThanLength", "rfc9112-6.3-15", mustNot,
		"octets after the end of the message that are no response", "make Content-Length count all of the content")
	otherLength = requires("OtherLength", "rfc9110-8.6-03", mustNot,
		"Content-Length of the answer to HEAD is not that of the answer to GET, which has the same entity tag",
		"send the length that the content would have, or none")
	otherLength304 = requires("OtherLength304", "rfc9110-8.6-04", mustNot,
		"Content-Length of 304 is not that of the 200 with the same entity tag",
		"send the length that the content would have, or none")
	badWhitespace = requires("BadWhitespace", "rfc9110-5.6.3-04", mustNot,
		"white space that the grammar has for bad senders of old only", "remove it")
	forbiddenTrailer = requires("ForbiddenTrailer", "rfc9110-6.5.1-01", mustNot,
		"a trailer field that recipients need before the content", "send it in the header section")
	unannouncedTrailer = requires("UnannouncedTrailer", "rfc9110-6.6.2-01", should,
		"a trailer field that no Trailer field has announced", "name it in Trailer")
)

// What becomes of the connection. RFC 9112, Section 9, and RFC 9110, Sections 7.6 and 7.8.
var (
	unaskedResponse = requires("UnaskedResponse", "rfc9112-9.2-02", mustNot,
		"a response that no request has asked for", "send one final response to each request")
	earlyResponse = requires("EarlyResponse", "rfc9112-9.2-02", mustNot,
		"a response that came before its request", "answer a request when it has come")
	responseAfterClose = requires("ResponseAfterClose", "rfc9112-9.6-06", must,
		"another response after one that says \"close\"", "close after it, or do not say it")
	requestAfterClose = requires("RequestAfterClose", "rfc9112-9.6-05", mustNot,
		"another response after that to a request that says \"close\"", "read nothing more and close")
	closeUnanswered = requires("CloseUnanswered", "rfc9112-9.6-04", should,
		"the request says \"close\", the response does not", "send \"Connection: close\"")
	closesUnsaid = requires("ClosesUnsaid", "rfc9112-9.6-01", should,
		"the connection closes after this response, which does not say so", "send \"Connection: close\"")
	openAfterFaultyLength = requires("OpenAfterFaultyLength", "rfc9112-6.1-13", must,
		"another response after that to a request with Transfer-Encoding and Content-Length",
		"close: the next octets may be the rest of that request")
	openAfterCodingIn10 = requires("OpenAfterCodingIn10", "rfc9112-6.1-14", must,
		"another response after that to an HTTP/1.0 request with Transfer-Encoding",
		"close: the next octets may be the rest of that request")
	unlistedKeepAlive = requires("UnlistedKeepAlive", "rfc9110-7.6.1-01", must,
		"Keep-Alive is about the connection, and Connection does not list it",
		"send \"Connection: keep-alive\" as well, or no Keep-Alive")
	optionForAll = requires("OptionForAll", "rfc9110-7.6.1-04", mustNot,
		"Connection lists a field that is meant for all recipients, so the first one removes it",
		"take its name out of Connection")
	unlistedUpgrade = requires("UnlistedUpgrade", "rfc9110-7.8-10", must,
		"Upgrade without the connection option \"upgrade\"", "send \"Connection: upgrade\" as well")
	switchedToNothing = requires("SwitchedToNothing", "rfc9110-7.8-04", must,
		"101 (Switching Protocols) without Upgrade", "name the protocol in Upgrade")
	switchedUnasked = requires("SwitchedUnasked", "rfc9110-7.8-05", mustNot,
		"101 (Switching Protocols) to a protocol that the request does not offer",
		"switch only to what Upgrade in the request lists")
	switchedIn10 = requires("SwitchedIn10", "rfc9110-7.8-11", must,
		"101 (Switching Protocols) to an HTTP/1.0 request", "ignore Upgrade in it")
	switchedBeforeContinue = requires("SwitchedBeforeContinue", "rfc9110-7.8-12", must,
		"101 (Switching Protocols) without a 100 (Continue), which the request expects", "send 100 before")
	upgradeToNothing = requires("UpgradeToNothing", "rfc9110-7.8-07", must,
		"426 (Upgrade Required) without Upgrade", "name the protocols in Upgrade")
)

// Fields as such. RFC 9110, Section 5.
var (
	repeatedField = requires("RepeatedField", "rfc9110-5.3-03", mustNot,
		"a second line of a field that is no list", "send it once")
	optionalSpace = requires("OptionalSpace", "rfc9110-5.6.3-01", should,
		"white space around a field value is other than one space before it",
		"send one space after the colon, and none at the end")
	requiredSpace = requires("RequiredSpace", "rfc9110-5.6.3-02", should,
		"white space between two parts is other than one space", "send one space")
	emptyMember = requires("EmptyMember", "rfc9110-5.6.1.1-01", mustNot,
		"an empty member of a list", "leave out the comma")
	fieldSyntax = requires("FieldSyntax", "rfc9110-2.2-02", mustNot,
		"a field value that is not what its grammar says", "see the production of the field")
	quotedPair = requires("QuotedPair", "rfc9110-5.6.4-02", shouldNot,
		"a backslash before an octet that needs none, in a quoted string", "quote only double quotes and backslashes")
	commentPair = requires("CommentPair", "rfc9110-5.6.4-03", shouldNot,
		"a backslash before an octet that needs none, in a comment", "quote only parentheses and backslashes")
	obsoleteDate = requires("ObsoleteDate", "rfc9110-5.6.7-02", must,
		"a date in an obsolete format", "send for example: Sun, 06 Nov 1994 08:49:37 GMT")
	spaceInDate = requires("SpaceInDate", "rfc9110-5.6.7-03", mustNot,
		"more white space in a date than its grammar has", "send for example: Sun, 06 Nov 1994 08:49:37 GMT")
	noDate = requires("NoDate", "rfc9110-6.6.1-02", must,
		"no Date", "send it, unless the server has no clock")
	modifiedLater = requires("ModifiedLater", "rfc9110-8.8.2.1-03", mustNot,
		"Last-Modified is later than Date", "send the time of Date in its place")
	emptyHost = requires("EmptyHost", "rfc9110-4.2.1-01", mustNot,
		"an http URI with an empty host", "name the host, or send a path alone")
	emptySecureHost = requires("EmptySecureHost", "rfc9110-4.2.2-01", mustNot,
		"an https URI with an empty host", "name the host, or send a path alone")
	userinfo = requires("Userinfo", "rfc9110-4.2.4-01", mustNot,
		"a URI with userinfo, such as a password", "send it without what stands before the at sign")
	realmUnquoted = requires("RealmUnquoted", "rfc9110-11.5-02", must,
		"a realm without quotes", "send realm=\"…\"")
	repeatedParameter = requires("RepeatedParameter", "rfc9110-11.2-01", must,
		"a parameter that a challenge has twice", "send it once")
	identityCoding = requires("IdentityCoding", "rfc9110-8.4-02", shouldNot,
		"identity in Content-Encoding", "leave it out: it means no coding")
)

// What a status code asks for. RFC 9110, Section 15.
var (
	noContentType = requires("NoContentType", "rfc9110-8.3-01", should,
		"content without Content-Type", "say what it is, unless the server does not know")
	noLocationOfCreated = requires("NoLocationOfCreated", "rfc9110-9.3.3-01", should,
		"201 (Created) to POST without Location", "say where the new resource is")
	noLocation301 = requires("NoLocation301", "rfc9110-15.4.2-01", should,
		"301 (Moved Permanently) without Location", "say where to")
	noLocation302 = requires("NoLocation302", "rfc9110-15.4.3-01", should,
		"302 (Found) without Location", "say where")
	noLocation307 = requires("NoLocation307", "rfc9110-15.4.8-02", should,
		"307 (Temporary Redirect) without Location", "say where to")
	noLocation308 = requires("NoLocation308", "rfc9110-15.4.9-01", should,
		"308 (Permanent Redirect) without Location", "say where to")
	noChoices = requires("NoChoices", "rfc9110-15.4.1-03", should,
		"300 (Multiple Choices) without content", "list what there is to choose from")
	noChallenge = requires("NoChallenge", "rfc9110-11.6.1-01", must,
		"401 (Unauthorized) without WWW-Authenticate", "send a challenge, or 403")
	noProxyChallenge = requires("NoProxyChallenge", "rfc9110-11.7.1-01", must,
		"407 (Proxy Authentication Required) without Proxy-Authenticate", "send a challenge")
	noAllow = requires("NoAllow", "rfc9110-10.2.1-01", must,
		"405 (Method Not Allowed) without Allow", "list the methods that the resource has")
	clientErrorUnexplained = requires("ClientErrorUnexplained", "rfc9110-15.5-01", should,
		"a client error without content", "explain it in the content")
	serverErrorUnexplained = requires("ServerErrorUnexplained", "rfc9110-15.6-01", should,
		"a server error without content", "explain it in the content")
)

// Ranges. RFC 9110, Sections 14 and 15.3.7.
var (
	noContentRange = requires("NoContentRange", "rfc9110-15.3.7.1-01", must,
		"206 (Partial Content) with one part and without Content-Range", "say which part of what it is")
	rangeLength = requires("RangeLength", "rfc9110-15.3.7.1-01", must,
		"the content has not as many octets as Content-Range says",
		"send the octets of the range, all of them and no others")
	invalidContentRange = states("InvalidContentRange", "rfc9110-14.4",
		"A Content-Range field value is invalid if it contains a range-resp that has a last-pos value "+
			"less than its first-pos value, or a complete-length value less than or equal to its last-pos value.",
		"a range that ends before it begins, or beyond the length",
		"send first-pos, last-pos and complete-length in ascending order")
	noUnsatisfiedRange = requires("NoUnsatisfiedRange", "rfc9110-15.5.17-01", should,
		"416 (Range Not Satisfiable) without the length in Content-Range",
		"send for example: Content-Range: bytes */1234")
	partialUnasked = states("PartialUnasked", "rfc9110-15.3.7",
		"The 206 (Partial Content) status code indicates that the server is successfully fulfilling a range "+
			"request for the target resource by transferring one or more parts of the selected representation.",
		"206 (Partial Content) to a request without Range", "send the whole with 200")
	partialToMethod = requires("PartialToMethod", "rfc9110-14.2-02", must,
		"206 (Partial Content) to a method that has no ranges: only GET has", "ignore Range, and answer with 200")
	partialOfOther = requires("PartialOfOther", "rfc9110-13.1.5-07", must,
		"206 (Partial Content) though If-Range names another version", "send the whole with 200")
	metadataInPart = requires("MetadataInPart", "rfc9110-15.3.7-03", shouldNot,
		"206 (Partial Content) to If-Range describes what the client has already", "leave the field out")
	noBoundary = requires("NoBoundary", "rfc9110-15.3.7.2-01", must,
		"multipart/byteranges without a boundary", "send the parameter boundary in Content-Type")
	rangeOfMultipart = requires("RangeOfMultipart", "rfc9110-15.3.7.2-02", mustNot,
		"Content-Range in the header section of a multipart response", "send it in each part alone")
	noRangeInPart = requires("NoRangeInPart", "rfc9110-15.3.7.2-03", must,
		"a part of multipart/byteranges without Content-Range", "say in each part which one it is")
	multipartForOne = requires("MultipartForOne", "rfc9110-15.3.7.2-06", mustNot,
		"a multipart response to a request for a single range", "send the range itself, with Content-Range")
	partsOutOfOrder = requires("PartsOutOfOrder", "rfc9110-15.3.7.2-09", should,
		"parts in another order than they were asked for", "send them as the request lists them")
	bareLineFeed = requires("BareLineFeed", "rfc9110-8.3.3-01", must,
		"a line feed without a carriage return between parts of a multipart body", "end lines between parts with CR LF")
)

// Conditional requests. RFC 9110, Sections 13 and 15.4.5.
var (
	notModifiedUnasked = states("NotModifiedUnasked", "rfc9110-15.4.5",
		"The 304 (Not Modified) status code indicates that a conditional GET or HEAD request has been "+
			"received and would have resulted in a 200 (OK) response if it were not for the fact that the condition evaluated to false.",
		"304 (Not Modified) to a request without a condition", "send the whole with 200")
	notModifiedToMethod = requires("NotModifiedToMethod", "rfc9110-13.1.2-04", mustNot,
		"304 (Not Modified) to another method than GET or HEAD", "send 412")
	noneMatchIgnored = requires("NoneMatchIgnored", "rfc9110-13.1.2-04", mustNot,
		"the whole, though If-None-Match lists its entity tag", "send 304")
	matchIgnored = requires("MatchIgnored", "rfc9110-13.1.1-03", mustNot,
		"the whole, though If-Match does not list its entity tag", "send 412")
	modifiedSinceIgnored = requires("ModifiedSinceIgnored", "rfc9110-13.1.3-06", shouldNot,
		"the whole, though it has not changed since If-Modified-Since", "send 304")
	unmodifiedSinceIgnored = requires("UnmodifiedSinceIgnored", "rfc9110-13.1.4-06", mustNot,
		"the whole, though it has changed since If-Unmodified-Since", "send 412")
	lostIn304 = requires("LostIn304", "rfc9110-15.4.5-01", must,
		"304 (Not Modified) without a field that the 200 to the same request had",
		"send Content-Location, Date, ETag, Vary, Cache-Control and Expires as with 200")
	modifiedSinceTaken = requires("ModifiedSinceTaken", "rfc9110-13.1.3-01", must,
		"304 (Not Modified) by If-Modified-Since, though If-None-Match lists other entity tags",
		"send the whole with 200")
	badModifiedSinceTaken = requires("BadModifiedSinceTaken", "rfc9110-13.1.3-02", must,
		"304 (Not Modified) by an If-Modified-Since that holds no date", "ignore it, and send the whole with 200")
	badUnmodifiedSinceTaken = requires("BadUnmodifiedSinceTaken", "rfc9110-13.1.4-02", must,
		"412 (Precondition Failed) by an If-Unmodified-Since that holds no date", "ignore it")
	conditionOfOther = requires("ConditionOfOther", "rfc9110-13.2.1-04", must,
		"412 (Precondition Failed) to a method that selects nothing", "ignore conditions of CONNECT, OPTIONS and TRACE")
	metadataIn304 = requires("MetadataIn304", "rfc9110-15.4.5-02", shouldNot,
		"304 (Not Modified) describes content that it does not have",
		"leave the field out, unless it is there to update caches")
)

// Requests that are to be refused, answered as if they were fine.
var (
	spaceBeforeColonTaken = requires("SpaceBeforeColonTaken", "rfc9112-5.1-01", must,
		"a request with white space before a colon is not refused", "send 400")
	badHostTaken = requires("BadHostTaken", "rfc9112-3.2-06", must,
		"a request whose Host is missing, repeated or invalid is not refused", "send 400")
	codingNotFinalTaken = requires("CodingNotFinalTaken", "rfc9112-6.3-03", must,
		"a request of which nobody knows where it ends is not refused: chunked is not its last coding",
		"send 400 and close")
	badLengthTaken = requires("BadLengthTaken", "rfc9112-6.3-05", must,
		"a request with an invalid Content-Length is not refused", "send 400 and close")
	badPortTaken = requires("BadPortTaken", "rfc9110-9.3.6-02", must,
		"a CONNECT request without a valid port is not refused", "send 400")
	secretsReflected = requires("SecretsReflected", "rfc9110-9.3.8-03", should,
		"the answer to TRACE repeats credentials or cookies of the request", "leave them out")
)
