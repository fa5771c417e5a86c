package lint

var framingCases = []lintCase{
	{"NoSpaceAfterStatus", get, "HTTP/1.1 200¶|DATE|" + none, "HTTP/1.1 200 |DATE|" + none},
	{"InvalidStatus", get, "HTTP/1.1 600 Odd|DATE|" + none, "HTTP/1.1 599 Odd|" + text},
	{"InvalidStatus", get, "HTTP/1.1 099 Odd|DATE|" + none, "HTTP/1.1 299 Odd|DATE|" + none},
	{"InterimTo10", old, "HTTP/1.1 ¶103 Early Hints||" + ok + "Connection: close|" + none, ok + "Connection: close|" + none},
	{"LengthWithoutContent", get, "HTTP/1.1 204 No Content|DATE|¶Content-Length: 0||", "HTTP/1.1 204 No Content|DATE||"},
	{"LengthWithoutContent", get, "HTTP/1.1 103 Early Hints|¶Content-Length: 0||" + ok + none, "HTTP/1.1 103 Early Hints||" + ok + none},
	{"CodingWithoutContent", get, "HTTP/1.1 204 No Content|DATE|¶Transfer-Encoding: chunked||", "HTTP/1.1 204 No Content|DATE||"},
	{"LengthOfTunnel", "CONNECT a:1 HTTP/1.1|Host: a:1||", ok + "¶" + none, ok + "|"},
	{"CodingOfTunnel", "CONNECT a:1 HTTP/1.1|Host: a:1||", ok + "¶Transfer-Encoding: chunked||", "HTTP/1.1 501 No|Content-Type: a/b|Transfer-Encoding: chunked||1|x|0||"},
	{"CodingTo10", old, ok + "Connection: close|¶Transfer-Encoding: chunked||0||", ok + "Connection: close||"},
	{"CodingIn10", get, "HTTP/1.0 200 OK|DATE|¶Transfer-Encoding: chunked||0||", "HTTP/1.0 200 OK|DATE|" + none},
	{"BothLengths", get, ok + "¶Content-Length: 0|Transfer-Encoding: chunked||0||", ok + "Transfer-Encoding: chunked||0||"},
	{"ChunkedTwice", get, ok + "Transfer-Encoding: ¶chunked, Chunked||0||", ok + "Transfer-Encoding: gzip, chunked||0||"},
	{"EndUnknown", get, ok + "Connection: close|Content-Type: a/b||hi", ok + "Content-Type: a/b|Transfer-Encoding: chunked||2|hi|0||"},
	{"ContentAfterHEAD", head + get, ok + "Content-Type: text/plain|Content-Length: 2||¶hi", ok + "Content-Type: text/plain|Content-Length: 2||" + ok + none},
	{"ContentAfterHEAD", head, ok + "Connection: close|Content-Length: 2||¶hi", ok + "Connection: close|Content-Length: 2||"},
	{"ContentAfter204", get, "HTTP/1.1 204 No Content|DATE||¶hi", "HTTP/1.1 204 No Content|DATE||"},
	{"ContentAfter304", request("GET", "If-None-Match: \"a\"|"), "HTTP/1.1 304 Not Modified|DATE|Content-Length: 2||¶hi", "HTTP/1.1 304 Not Modified|DATE|Content-Length: 2||"},
	{"ContentAfter1xx", get, "HTTP/1.1 100 Continue||¶hi", "HTTP/1.1 100 Continue||" + ok + none},
	{"ContentIn205", get, "HTTP/1.1 205 Reset Content|DATE|Content-Type: a/b|Content-Length: 2||¶hi", "HTTP/1.1 205 Reset Content|DATE|" + none},
	{"MoreThanLength", get, ok + text + "¶!", ok + text},
	{"MoreThanLength", get, ok + "Connection: close|" + text + "¶!", ok + "Connection: close|" + text},
	{"OtherLength", get + head, ok + "ETag: \"a\"|" + text + ok + "ETag: \"a\"|Content-Type: text/plain|Content-Length: ¶3||",
		ok + "ETag: \"a\"|" + text + ok + "ETag: \"a\"|Content-Type: text/plain|Content-Length: 2||"},
	{"OtherLength", head + get, ok + "ETag: \"a\"|Content-Length: 3||" + ok + "ETag: \"a\"|Content-Type: a/b|Content-Length: ¶2||hi",
		ok + "ETag: \"b\"|Content-Length: 3||" + ok + "ETag: \"a\"|" + text},
	{"OtherLength304", get + request("GET", "If-None-Match: \"a\"|"), ok + "ETag: \"a\"|" + text + "HTTP/1.1 304 Not Modified|DATE|ETag: \"a\"|Content-Length: ¶0||",
		ok + "ETag: \"a\"|" + text + "HTTP/1.1 304 Not Modified|DATE|ETag: \"a\"|Content-Length: 2||"},
	{"BadWhitespace", get, ok + "Content-Type: a/b|Transfer-Encoding: chunked||2¶ ;a=b|hi|0||", ok + "Content-Type: a/b|Transfer-Encoding: chunked||2;a=\" b\\\" \"|hi|0||"},
	{"BadWhitespace", get, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Basic realm¶ = \"a\"|" + text, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Basic realm=\"a\"|" + text},
	{"ForbiddenTrailer", get, ok + "Trailer: Location|Content-Type: a/b|Transfer-Encoding: chunked||1|x|0|¶Location: /||", ok + "Trailer: Etag|Content-Type: a/b|Transfer-Encoding: chunked||1|x|0|ETag: \"a\"||"},
	{"UnannouncedTrailer", get, ok + "Trailer: Sum|Content-Type: a/b|Transfer-Encoding: chunked||1|x|0|¶Other: 1||", ok + "Trailer: sum, oTHER|Content-Type: a/b|Transfer-Encoding: chunked||1|x|0|Other: 1||"},
}

var connectionCases = []lintCase{
	{"UnaskedResponse", get, ok + none + "¶" + ok + none, "HTTP/1.1 103 Early Hints||" + ok + none},
	{"UnaskedResponse", get, ok + none + "¶HTTP/1.1 503 No|Connection: close|" + none, ok + none + "HTTP/1.1 408 Timeout|DATE|Connection: close|" + none},
	{"ResponseAfterClose", get + get, ok + "Connection: close|Content-Length: 0||¶" + ok + none, ok + "Connection: closed|Content-Length: 0||" + ok + none},
	{"RequestAfterClose", request("GET", "Connection: close|") + get, "HTTP/1.0 200 OK|DATE|Connection: keep-alive|" + none + "¶" + ok + none, ok + "Connection: close|" + none},
	{"CloseUnanswered", request("GET", "Connection: close|"), ok + none, ok + "Connection: Close|" + none},
	{"ClosesUnsaid", "", ok + "Content-Type: a/b||hi", ok + "Connection: close|Content-Type: a/b||hi"},
	{"OpenAfterFaultyLength", request("POST", "Content-Length: 3|Transfer-Encoding: chunked|") + "0||" + get, ok + none + "¶" + ok + none, ok + none},
	{"OpenAfterCodingIn10", "POST / HTTP/1.0|Connection: keep-alive|Transfer-Encoding: chunked||0||", ok + none + "¶" + ok + none, ok + none},
	{"UnlistedKeepAlive", get, ok + "¶Keep-Alive: timeout=5|" + none, ok + "Connection: Keep-Alive|Keep-Alive: timeout=5|" + none},
	{"OptionForAll", get, ok + "Connection: keep-alive, ¶Cache-Control|" + none, ok + "Connection: keep-alive, x-own|" + none},
	{"UnlistedUpgrade", get, ok + "¶Upgrade: h2c|" + none, ok + "Upgrade: h2c|Connection: upgrade|" + none},
	{"SwitchedToNothing", request("GET", "Upgrade: a|"), "HTTP/1.1 101 Switching Protocols||", "HTTP/1.1 101 Switching Protocols|Upgrade: A|Connection: upgrade||"},
	{"SwitchedUnasked", request("GET", "Upgrade: a/1, b|"), "HTTP/1.1 101 Switching Protocols|Upgrade: ¶a|Connection: upgrade||", "HTTP/1.1 101 Switching Protocols|Upgrade: a/1, b|Connection: upgrade||"},
	{"SwitchedUnasked", get, "HTTP/1.1 101 Switching Protocols|Upgrade: ¶a|Connection: upgrade||", ok + none},
	{"SwitchedIn10", "GET / HTTP/1.0|Upgrade: a||", "HTTP/1.1 101 Switching Protocols|Upgrade: a|Connection: upgrade||", ok + none},
	{"SwitchedBeforeContinue", request("POST", "Upgrade: a|Expect: 100-continue|Content-Length: 2|") + "hi", "HTTP/1.1 101 Switching Protocols|Upgrade: a|Connection: upgrade||",
		"HTTP/1.1 100 Continue||HTTP/1.1 101 Switching Protocols|Upgrade: a|Connection: upgrade||"},
	{"UpgradeToNothing", get, "HTTP/1.1 426 No|DATE|" + text, "HTTP/1.1 426 No|DATE|Upgrade: a|Connection: upgrade|" + text},
}

var fieldCases = []lintCase{
	{"RepeatedField", get, ok + "Content-Length: 0|¶content-length: 0||", ok + "Vary: a|Vary: b|Set-Cookie: a=b|Set-Cookie: c=d|" + none},
	{"RepeatedField", get, ok + "Server: a|¶Server: a|" + none, ok + "Server: a|" + none},
	{"OptionalSpace", get, ok + "Server:¶a|" + none, ok + "Server: a|Empty:|Content-Length: 0||"},
	{"OptionalSpace", get, ok + "Server:¶  a|" + none, ok + "Server: a|" + none},
	{"OptionalSpace", get, ok + "Server: a¶ |" + none, ok + "Server: a|" + none},
	{"EmptyMember", get, ok + "Vary: a, ¶, b|" + none, ok + "Vary:|" + none},
	{"EmptyMember", get, ok + "Cache-Control: no-cache=\"a,,b\",¶|" + none, ok + "Cache-Control: no-cache=\"a,,b\"|" + none},
	{"FieldSyntax", get, ok + "Content-Length: ¶0, 0||", ok + none},
	{"FieldSyntax", get, ok + "ETag: ¶a|" + none, ok + "ETag: W/\"\xe4#!\"|" + none},
	{"FieldSyntax", get, ok + "ETag: ¶w/\"a\"|" + none, ok + "ETag: \"\"|" + none},
	{"FieldSyntax", get, ok + "Vary: a, ¶b c|" + none, ok + "Vary: *, a|" + none},
	{"FieldSyntax", get, ok + "Allow: ¶GET HEAD|" + none, ok + "Allow: GET, HEAD|" + none},
	{"FieldSyntax", get, ok + "Accept-Ranges: ¶by tes|" + none, ok + "Accept-Ranges: bytes|" + none},
	{"FieldSyntax", get, ok + "Age: ¶-1|" + none, ok + "Age: 100|" + none},
	{"FieldSyntax", get, ok + "Cache-Control: no-store, ¶max-age = 5|" + none, ok + "Cache-Control: max-age=5, private=\"a, b\"|" + none},
	{"FieldSyntax", get, ok + "Content-Language: ¶de_DE|" + none, ok + "Content-Language: de-DE, en|" + none},
	{"FieldSyntax", get, ok + "Content-Type: ¶text|Content-Length: 2||hi", ok + "Content-Type: text/html;charset=utf-8;|Content-Length: 2||hi"},
	{"FieldSyntax", get, ok + "Content-Type: ¶a/b; c = d|Content-Length: 2||hi", ok + "Content-Type: a/b ; c=\"d;\\\"e\"|Content-Length: 2||hi"},
	{"FieldSyntax", get, ok + "Server: ¶a/b(c)|" + none, ok + "Server: a/b (c (d \\( e) (f)) g|" + none},
	{"FieldSyntax", get, ok + "Via: ¶1.1|" + none, ok + "Via: 1.1 a:80 (b), HTTP/1.0 d|" + none},
	{"FieldSyntax", get, ok + "Retry-After: ¶soon|" + none, ok + "Retry-After: 120|" + none},
	{"FieldSyntax", get, ok + "Expires: ¶0|" + none, ok + "Expires: Sun, 06 Nov 1994 08:49:37 GMT|" + none},
	{"FieldSyntax", get, ok + "Last-Modified: ¶yesterday|" + none, ok + none},
	{"FieldSyntax", get, ok + "Location: ¶/a b|" + none, ok + "Location: //a.example:80/%20?/b?#c/?|" + none},
	{"FieldSyntax", get, ok + "Location: ¶/d\xe9j\xe0|" + none, ok + "Location: ../a;b=c/|" + none},
	{"FieldSyntax", get, ok + "Location: ¶http:/a|" + none, ok + "Location: http://[::1]:80/a|" + none},
	{"FieldSyntax", get, ok + "Location: ¶1:b|" + none, ok + "Location: ./1:b|" + none},
	{"FieldSyntax", get, ok + "Content-Location: ¶/a#b|" + none, ok + "Content-Location: /a|" + none},
	{"FieldSyntax", get, "HTTP/1.1 401 No|DATE|WWW-Authenticate: ¶realm=\"a\"|" + text, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Negotiate, Negotiate abc==, Digest realm=\"a, b\", nonce=c|" + text},
	{"QuotedPair", get, ok + "Content-Type: a/b; c=\"¶\\d\"|Content-Length: 2||hi", ok + "Content-Type: a/b; c=\"\\\\ \\\"\"|Content-Length: 2||hi"},
	{"CommentPair", get, ok + "Server: a (¶\\b)|" + none, ok + "Server: a (\\) \\()|" + none},
	{"ObsoleteDate", get, ok + "Expires: ¶Sunday, 06-Nov-94 08:49:37 GMT|" + none, ok + none},
	{"ObsoleteDate", get, ok + "Last-Modified: ¶Sun Nov  6 08:49:37 1994|" + none, ok + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|" + none},
	{"SpaceInDate", get, ok + "Expires: ¶Sun,  06 Nov 1994 08:49:37 GMT|" + none, ok + none},
	{"NoDate", get, "HTTP/1.1 200 OK|" + none, "HTTP/1.1 500 No|" + text},
	{"NoDate", get, "HTTP/1.1 404 No|" + text, "HTTP/1.1 404 No|DATE|" + text},
	{"ModifiedLater", get, ok + "Last-Modified: ¶Sun, 06 Nov 1994 08:49:38 GMT|" + none, ok + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|" + none},
	{"EmptyHost", get, ok + "Location: ¶http://:80/|" + none, ok + "Location: urn:a:b|" + none},
	{"EmptySecureHost", get, ok + "Location: ¶https:///a|" + none, ok + "Location: file:///a|" + none},
	{"Userinfo", get, ok + "Location: ¶https://a:b@c/|" + none, ok + "Location: /a@b|" + none},
	{"RealmUnquoted", get, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Basic ¶realm=a|" + text, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Basic realm=\"a\"|" + text},
	{"RepeatedParameter", get, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Digest nonce=a, ¶Nonce=b|" + text, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Digest nonce=a, New nonce=b|" + text},
	{"IdentityCoding", get, ok + "Content-Encoding: ¶identity|" + text, ok + "Content-Encoding: gzip|" + text},
}

var statusCases = []lintCase{
	{"NoContentType", get, ok + "Content-Length: 2||¶hi", ok + none},
	{"NoLocationOfCreated", request("POST", ""), "HTTP/1.1 201 Created|DATE|" + none, "HTTP/1.1 201 Created|DATE|Location: /1|" + none},
	{"NoLocation301", get, "HTTP/1.1 301 Moved|DATE|" + none, "HTTP/1.1 301 Moved|DATE|Location: /|" + none},
	{"NoLocation302", get, "HTTP/1.1 302 Found|DATE|" + none, "HTTP/1.1 302 Found|DATE|Location:|" + none},
	{"NoLocation307", get, "HTTP/1.1 307 Go|DATE|" + none, "HTTP/1.1 307 Go|DATE|Location: /|" + none},
	{"NoLocation308", get, "HTTP/1.1 308 Go|DATE|" + none, "HTTP/1.1 308 Go|DATE|Location: /|" + none},
	{"NoChoices", get, "HTTP/1.1 300 Choose|DATE|" + none, "HTTP/1.1 300 Choose|DATE|" + text},
	{"NoChallenge", get, "HTTP/1.1 401 No|DATE|WWW-Authenticate:|" + text, "HTTP/1.1 401 No|DATE|WWW-Authenticate: Negotiate|" + text},
	{"NoProxyChallenge", get, "HTTP/1.1 407 No|DATE|WWW-Authenticate: a|" + text, "HTTP/1.1 407 No|DATE|Proxy-Authenticate: a|" + text},
	{"NoAllow", get, "HTTP/1.1 405 No|DATE|" + text, "HTTP/1.1 405 No|DATE|Allow:|" + text},
	{"ClientErrorUnexplained", get, "HTTP/1.1 404 No|DATE|" + none, "HTTP/1.1 404 No|DATE|" + text},
	{"ServerErrorUnexplained", get, "HTTP/1.1 500 No|DATE|" + none, "HTTP/1.1 500 No|DATE|" + text},
	{"ServerErrorUnexplained", get + head, "HTTP/1.1 ¶500 No|DATE|" + none + "HTTP/1.1 500 No|DATE|" + none, ok + none + "HTTP/1.1 500 No|DATE|" + none},
}

var rangeCases = []lintCase{
	{"NoContentRange", request("GET", "Range: bytes=0-1|"), "HTTP/1.1 206 Part|DATE|" + text, "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/9|" + text},
	{"RangeLength", request("GET", "Range: bytes=0-2|"), "HTTP/1.1 206 Part|DATE|Content-Range: ¶bytes 0-2/9|" + text, "HTTP/1.1 206 Part|DATE|Content-Range: bytes 1-2/*|" + text},
	{"InvalidContentRange", request("GET", "Range: bytes=0-2|"), "HTTP/1.1 206 Part|DATE|Content-Range: ¶bytes 0-1/1|" + text, "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/2|" + text},
	{"InvalidContentRange", request("GET", "Range: bytes=0-2|"), "HTTP/1.1 206 Part|DATE|Content-Range: ¶bytes 2-1/5|" + text, "HTTP/1.1 206 Part|DATE|Content-Range: seconds 2-1/5|" + text},
	{"FieldSyntax", request("GET", "Range: bytes=0-2|"), "HTTP/1.1 206 Part|DATE|Content-Range: ¶bytes=0-1/2|" + text, "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/2|" + text},
	{"NoUnsatisfiedRange", request("GET", "Range: bytes=9-|"), "HTTP/1.1 416 No|DATE|" + text, "HTTP/1.1 416 No|DATE|Content-Range: bytes */2|" + text},
	{"NoUnsatisfiedRange", request("GET", "Range: bytes=9-|"), "HTTP/1.1 416 No|DATE|Content-Range: bytes 0-1/2|" + text, "HTTP/1.1 416 No|DATE|Content-Range: bytes */2|" + text},
	{"PartialUnasked", get, "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/9|" + text, ok + text},
	{"PartialToMethod", request("POST", "Range: bytes=0-1|"), "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/9|" + text, ok + text},
	{"PartialToMethod", request("HEAD", "Range: bytes=0-1|"), "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/9|Content-Length: 2||", ok + "Content-Length: 2||"},
	{"PartialOfOther", request("GET", "Range: bytes=0-1|If-Range: \"a\"|"), "HTTP/1.1 206 Part|DATE|ETag: \"b\"|Content-Range: bytes 0-1/9|" + text, "HTTP/1.1 206 Part|DATE|ETag: \"a\"|Content-Range: bytes 0-1/9|" + text},
	{"PartialOfOther", request("GET", "Range: bytes=0-1|If-Range: W/\"a\"|"), "HTTP/1.1 206 Part|DATE|ETag: W/\"a\"|Content-Range: bytes 0-1/9|" + text, ok + "ETag: W/\"a\"|" + text},
	{"PartialOfOther", request("GET", "Range: bytes=0-1|If-Range: Sun, 06 Nov 1994 08:49:36 GMT|"), "HTTP/1.1 206 Part|DATE|Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|Content-Range: bytes 0-1/9|" + text,
		"HTTP/1.1 206 Part|DATE|Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT|Content-Range: bytes 0-1/9|" + text},
	{"NoBoundary", several, "HTTP/1.1 206 Part|DATE|Content-Type: ¶multipart/byteranges|Content-Length: 2||hi", part(parts)},
	{"RangeOfMultipart", several, "HTTP/1.1 206 Part|DATE|¶Content-Range: bytes 0-1/9|Content-Type: multipart/byteranges; boundary=x|Transfer-Encoding: chunked||47|" + parts + "|0||", part(parts)},
	{"NoRangeInPart", several, part("¶--x|Content-Type: a/b||hi|--x--|"), part("preamble|--x|content-range: bytes 0-1/9||hi|--x--|")},
	{"MultipartForOne", request("GET", "Range: bytes=0-1|"), "HTTP/1.1 206 Part|DATE|Content-Type: ¶multipart/byteranges; boundary=x|Transfer-Encoding: chunked||47|" + parts + "|0||", "HTTP/1.1 206 Part|DATE|Content-Range: bytes 0-1/9|" + text},
	{"PartsOutOfOrder", several, part("¶--x|Content-Range: bytes 7-8/9||hi|--x|Content-Range: bytes 0-1/9||hi|--x--|"), part("--x|Content-Range: bytes 0-3/9||hiho|--x|Content-Range: bytes 7-8/9||hi|--x--|")},
	{"BareLineFeed", several, part("¶--x|Content-Range: bytes 0-1/9||hi\n--x--|"), part("--x|Content-Range: bytes 0-1/9||hi|--x--|")},
}

// several asks for two ranges, and parts is what answers it.
const (
	several = "GET / HTTP/1.1|Host: a|Range: bytes=0-1, -2||"
	parts   = "--x|Content-Range: bytes 0-1/9||hi|--x|Content-Range: bytes 7-8/9||hi|--x--|"
)

// part returns a response with multipart content.
func part(content string) string {
	return "HTTP/1.1 206 Part|DATE|Connection: close|Content-Type: multipart/byteranges; boundary=\"x\"|Content-Length: " + lengthOf(content) + "||" + content
}

var conditionalCases = []lintCase{
	{"NotModifiedUnasked", get, "HTTP/1.1 304 Not Modified|DATE||", ok + none},
	{"NotModifiedToMethod", request("PUT", "If-None-Match: *|"), "HTTP/1.1 304 Not Modified|DATE||", "HTTP/1.1 412 No|DATE|" + text},
	{"NoneMatchIgnored", request("GET", "If-None-Match: \"b\", W/\"a\"|"), ok + "ETag: \"a\"|" + none, ok + "ETag: \"c\"|" + none},
	{"MatchIgnored", request("GET", "If-Match: \"b\", W/\"a\"|"), ok + "ETag: W/\"a\"|" + none, ok + "ETag: \"b\"|" + none},
	{"ModifiedSinceIgnored", request("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT|"), ok + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|" + none,
		"HTTP/1.1 200 OK|Date: Sun, 06 Nov 1994 08:49:39 GMT|Last-Modified: Sun, 06 Nov 1994 08:49:38 GMT|" + none},
	{"UnmodifiedSinceIgnored", request("GET", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT|"), ok + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|" + none,
		ok + "Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT|" + none},
	{"LostIn304", get + request("GET", "If-None-Match: \"a\"|"), ok + "ETag: \"a\"|Vary: a|" + none + "HTTP/1.1 304 Not Modified|DATE|ETag: \"a\"||",
		ok + "ETag: \"a\"|Vary: a|" + none + "HTTP/1.1 304 Not Modified|DATE|ETag: \"a\"|Vary: a||"},
	{"MetadataIn304", request("GET", "If-None-Match: \"a\"|"), "HTTP/1.1 304 Not Modified|DATE|¶Content-Type: a/b||", "HTTP/1.1 304 Not Modified|DATE|Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT||"},
}

var requestCases = []lintCase{
	{"SpaceBeforeColonTaken", "GET / HTTP/1.1|Host : a||", ok + none, "HTTP/1.1 400 No|DATE|" + text},
	{"BadHostTaken", "GET / HTTP/1.1||", ok + none, "HTTP/1.1 400 No|DATE|" + text},
	{"BadHostTaken", "GET / HTTP/1.1|Host: a|Host: a||", ok + none, "HTTP/1.1 414 No|DATE|" + text},
	{"CodingNotFinalTaken", request("POST", "Transfer-Encoding: gzip|"), ok + none, "HTTP/1.1 501 No|" + text},
	{"BadLengthTaken", request("POST", "Content-Length: x|"), ok + none, "HTTP/1.1 400 No|DATE|" + text},
	{"BadPortTaken", "CONNECT a: HTTP/1.1|Host: a||", ok + none, "HTTP/1.1 400 No|DATE|" + text},
	{"SecretsReflected", request("TRACE", "Cookie: secret|"), ok + "Content-Type: message/http|Content-Length: 8||¶a secret", ok + "Content-Type: message/http|Content-Length: 2||hi"},
}

// lengthOf returns how many octets a text stands for.
func lengthOf(text string) string { return decimal(len(wireOf(text))) }
