package xray

// reason says where the server refuses something, and why anybody cares, for
// readers who have never opened an RFC.
type reason struct{ source, why string }

// Reasons that several rules share.
const (
	whySmuggling = "Behind a proxy there are always two readers. If they disagree where a request ends, what one takes for " +
		"body is a new request for the other: it slips past every check, or is joined to the next visitor's request. " +
		"This is called request smuggling."
	whyLineEnd = "Some parsers end a line here, others go on. To the second kind the next line is part of this one, so they " +
		"see other fields, perhaps another length, and so another next request."
	whyTarget = "Servers repair such a target in different ways. A check in front then sees another path than the server " +
		"that it protects, and lets through what it should stop."
	whyGrammar = "Nothing a correct client sends looks like this. It is a mistake, or octets that were meant to be something " +
		"else: most often the rest of a body whose length was wrong."
	whyHost = "Host decides which site answers. Two readers that pick another name from it can be made to store one " +
		"site's answer as the other's."
	whyBound = "There must be a limit, or one client could fill the memory of the server with a single request."
	whyChunk = "Nothing but chunk sizes says where the body ends. Two readers that take this for different sizes find " +
		"different next requests."
	whySlow = "A client that sends one octet now and then could otherwise hold a connection forever, and a few thousand " +
		"of them would take a server down (slowloris)."
)

// reasons holds a row for each rule of the server's catalog, and for each that only
// responses can break.
var reasons = map[string]reason{
	"BareLF": {"syntax/line.go:next", whyLineEnd},
	"BareCR": {"syntax/line.go:next", whyLineEnd},

	"TLSHandshake": {"syntax/head.go:startLine", "The client speaks TLS to a port that does not. Without an answer it would wait, " +
		"because its first message has no line ending at which a parser could stop."},
	"SecondEmptyLine": {"syntax/head.go:startLine", "One empty line is skipped for old clients that send too many after a body. No " +
		"known client sends more, and a server that skipped any number of them would work for nothing."},
	"BadMethod":          {"syntax/requestline.go:method", whyGrammar},
	"MethodTooLong":      {"syntax/requestline.go:method", whyBound},
	"BadRequestLine":     {"syntax/requestline.go:requestLine", whyGrammar},
	"RequestLineTooLong": {"syntax/head.go:startLine", whyBound},
	"BadVersion":         {"syntax/requestline.go:httpVersion", whyGrammar},
	"UnsupportedVersion": {"syntax/requestline.go:httpVersion", "Another major version is another protocol: its messages end " +
		"elsewhere. Answering as if it were HTTP/1.1 would be a guess about every octet that follows."},

	"BadTarget":          {"syntax/target.go:badTarget", whyTarget},
	"BadPercent":         {"syntax/target.go:pathAndQuery", whyTarget},
	"TargetFragment":     {"syntax/target.go:badTarget", whyTarget},
	"UnknownTargetForm":  {"syntax/target.go:requestTarget", whyTarget},
	"MisplacedAsterisk":  {"syntax/requestline.go:formFitsMethod", "The asterisk means the server as a whole, and only OPTIONS can be about that."},
	"MisplacedAuthority": {"syntax/requestline.go:formFitsMethod", "A bare host and port asks for a tunnel. With another method it names no resource."},
	"BadConnectTarget":   {"syntax/target.go:authorityForm", "A tunnel has to lead to one host and one port. With anything else it is not clear where it leads."},
	"BadTargetAuthority": {"syntax/target.go:targetAuthority", whyHost},
	"EmptyTargetHost":    {"syntax/target.go:targetAuthority", whyHost},
	"TargetUserinfo": {"syntax/target.go:targetAuthority", "What stands before an at sign looks like a host but is not one: " +
		"http://bank.example@evil.example/ asks evil.example. Passwords do not belong in log files either."},
	"WrongScheme": {"syntax/head.go:decide", "The client believes that it speaks over TLS and does not, or something in " +
		"between has taken TLS away. An answer would confirm what is not so."},

	"LeadingSpace": {"syntax/section.go:fieldLine", "Some parsers take this line for a part of the request-line, some skip it, some read a field. " + whySmuggling},
	"ObsFold": {"syntax/field.go:badFieldName", "A line that begins with a space once continued the one before it. Parsers that " +
		"still join the two see one long value; others see a new field, or skip it. " + whySmuggling},
	"EmptyFieldName": {"syntax/field.go:badFieldName", whyGrammar},
	"BadFieldName":   {"syntax/field.go:badFieldName", whyGrammar},
	"SpaceBeforeColon": {"syntax/field.go:badFieldName", "A parser that trims the name sees the field. One that does not sees a " +
		"field of another name, and ignores it. If the field says how long the body is, the two disagree where this " +
		"request ends, and one can be made to see a next request that the other has never seen (request smuggling)."},
	"NoColon": {"syntax/field.go:badFieldName", whyGrammar},
	"NULInValue": {"syntax/field.go:badFieldValue", "In many languages NUL ends a text. Such a program sees a shorter value than " +
		"the one that was checked."},
	"BadFieldValue": {"syntax/field.go:badFieldValue", "Control characters have no meaning in a field. Copied into a log, a " +
		"terminal or another message, they may get one."},
	"TooManyFields": {"syntax/section.go:fieldLine", whyBound},
	"HeadTooLarge":  {"syntax/section.go:fieldLines", whyBound},

	"NoHost": {"syntax/host.go:checkHost", "One address serves many sites. Without Host a server has to guess which one is " +
		"meant, and a cache may guess differently."},
	"SecondHost": {"syntax/host.go:checkHost", whyHost},
	"BadHost":    {"syntax/host.go:checkHost", whyHost},

	"TransferEncodingIn10": {"syntax/framing.go:requestFraming", "HTTP/1.0 knows no chunks: a reader of that age passes over the field and " +
		"takes the chunks for the next request. " + whySmuggling},
	"BothLengths": {"syntax/framing.go:requestFraming", "The two fields answer the same question, where does the body end, and they need " +
		"not agree. Content-Length counts octets; chunked goes on to a last chunk of size 0. A proxy may believe one and " +
		"the server behind it the other: what is body to the first is a new request to the second, one that nobody has " +
		"checked, or that is joined to the next visitor's. This is called request smuggling. No client needs both, so the " +
		"server does not choose: it refuses and closes, because it cannot know where a next request would begin."},
	"BadTransferEncoding": {"syntax/framing.go:add", "A reader that does not recognise the word falls back to another length. " + whySmuggling},
	"ChunkedNotFinal":     {"syntax/framing.go:verdict", "Only chunked says where the body ends, and only as the outermost coding. Without it the request has no end."},
	"ChunkedTwice":        {"syntax/framing.go:add", "Some readers decode once, some twice: they find other ends. " + whySmuggling},
	"UnknownCoding":       {"syntax/framing.go:verdict", "The server could find the end of the body, but not read what is in it."},
	"RepeatedLength": {"syntax/framing.go:requestFraming", "With two lengths, one reader takes the first and another the last. Even two " +
		"equal ones show that something on the way joined messages it should not have. " + whySmuggling},
	"BadLength": {"syntax/framing.go:ParseLength", "Signs, blanks, 0x or a decimal point are read as a number by some programs, as " +
		"another number by others, as none by the rest. " + whySmuggling},
	"LengthOverflow": {"syntax/framing.go:ParseLength", "A number too large for a reader's arithmetic wraps around to a small one, " +
		"or below zero. The rest of the body is then the next request."},
	"UnknownExpectation": {"syntax/expect.go:expectation", "The client asks to be refused unless the server understands this, and the server does not."},

	"BadChunkSize":      {"syntax/chunked.go:chunkSize", whyChunk},
	"ChunkSizeOverflow": {"syntax/chunked.go:chunkSize", "A size too large for a reader's arithmetic wraps around to a small one. " + whyChunk},
	"BadChunkExtension": {"syntax/chunked.go:chunkExt", "Extensions mean nothing to most servers, so most skip them without " +
		"looking, each up to another place. " + whyChunk},
	"BadChunkLineEnd": {"syntax/chunked.go:chunkSizeLine", "Some readers end the line here, some only at the next CR LF: to those, " +
		"the data that follows is still a part of the line. " + whyChunk},
	"ChunkLineTooLong": {"syntax/chunked.go:chunkSizeLine", whyBound},
	"ChunkOverhead": {"syntax/chunked.go:chunkSizeLine", "One octet of data in a chunk with a kilobyte of extension makes the server " +
		"read a gigabyte for a megabyte that is within its limit. Small chunks alone do not: a size is a few octets."},
	"BadChunkEnd": {"syntax/chunked.go:chunkEnd", "The size said that the data ends here, and it goes on. One of the two is wrong, " +
		"and a reader cannot know which. " + whyChunk},
	"TrailerTooLarge": {"syntax/trailer.go:trailerSection", whyBound},

	"BadStatusLine": {"syntax/statusline.go:parseStatusLine", whyResponse},
	"BadReason": {"syntax/statusline.go:parseStatusLine", "No program obeys a reason phrase, but people read it: copied into a log or a " +
		"terminal, a control character gets a meaning."},

	"BodyTooLarge": {"request_body.go:readLength", whyBound},
	"Incomplete": {"burst.go:endOfHead", "Half a request must never be acted on: the other half may have said something " +
		"else, such as how much to delete."},
	"HeadTimeout": {"burst.go:endOfHead", whySlow},
	"BodyTimeout": {"request_body.go:receiveMore", whySlow},
}

// Reasons for responses.
const (
	whyResponse      = "A client that guesses what was meant may take the rest for another answer than the one it asked for."
	whyResponseSplit = "To a client, two answers where one was meant are the answers to two requests (response splitting)."
)
