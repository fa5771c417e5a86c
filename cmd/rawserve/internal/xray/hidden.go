package xray

import (
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// What net/http and Node's createServer hand to a handler, part by part. Each
// line is checked by a test that sends the octets to the real ones.

// kindViews holds what becomes of a span, whatever is in it.
var kindViews = map[Kind]Seen{
	KindEmptyLine:     {dropped, dropped},
	KindMethod:        {View{Kept, "r.Method"}, View{Kept, "req.method"}},
	KindSpace:         {dropped, dropped},
	KindTarget:        {View{Kept, "r.RequestURI"}, View{Kept, "req.url"}},
	KindVersion:       {View{Kept, "r.Proto"}, View{Changed, "req.httpVersion, without HTTP/"}},
	KindLineEnd:       {dropped, dropped},
	KindFieldName:     {View{Kept, "r.Header"}, View{Kept, "req.rawHeaders"}},
	KindColon:         {dropped, dropped},
	KindFieldValue:    {View{Kept, "r.Header"}, View{Kept, "req.rawHeaders"}},
	KindTrailingSpace: {dropped, dropped},
	KindChunkSize:     {dropped, dropped},
	KindChunkExt:      {dropped, dropped},
	KindChunkData:     {View{Kept, "r.Body"}, View{Kept, "req.on('data')"}},
	KindTrailerName:   {View{Kept, "r.Trailer"}, View{Kept, "req.rawTrailers"}},
	KindTrailerValue:  {View{Kept, "r.Trailer"}, View{Kept, "req.rawTrailers"}},
	KindBody:          {View{Kept, "r.Body"}, View{Kept, "req.on('data')"}},
}

var dropped = View{Fate: Dropped}

// seen says what the other stacks make of a span of an accepted request. The
// field is the name of its field in lower case.
func (a *annotator) seen(s *Span) *Seen {
	view := kindViews[s.Kind]
	switch s.Kind {
	case KindFieldName:
		view.Go = goName(s, a.field)
		view.Node = nodeField(a.field, a.repeats)
	case KindFieldValue:
		view.Go = a.goValue(s)
		view.Node = nodeField(a.field, a.repeats)
	case KindTrailerName:
		if canonical(s) != string(s.Octets) {
			view.Go = View{Changed, "r.Trailer, as " + canonical(s)}
		}
	}
	return &view
}

// goName says where net/http puts a field name. Fields that its transfer code
// and its routing have used are taken out of the map.
func goName(s *Span, field string) View {
	switch field {
	case "host":
		return View{Dropped, "taken out of r.Header; see r.Host"}
	case "transfer-encoding":
		return View{Dropped, "taken out of r.Header; see r.TransferEncoding"}
	case "trailer":
		return View{Dropped, "taken out of r.Header; the names become keys of r.Trailer"}
	}
	if name := canonical(s); name != string(s.Octets) {
		return View{Changed, "r.Header, as " + name}
	}
	return View{Kept, "r.Header"}
}

// canonical returns the spelling that net/http gives a field name.
func canonical(s *Span) string { return textproto.CanonicalMIMEHeaderKey(string(s.Octets)) }

// goValue says where net/http puts the value of the present field.
func (a *annotator) goValue(s *Span) View {
	switch a.field {
	case "host":
		if a.m.Form == "absolute-form" && a.m.Host != string(s.Octets) {
			return View{Dropped, "r.Host is the authority of the target"}
		}
		return View{Kept, "r.Host"}
	case "transfer-encoding":
		if string(s.Octets) != "chunked" {
			return View{Changed, "r.TransferEncoding, in lower case"}
		}
		return View{Kept, "r.TransferEncoding"}
	case "trailer":
		return View{Changed, "keys of r.Trailer"}
	}
	return View{Kept, "r.Header"}
}

// nodeFirst lists the fields of which req.headers keeps the first line only.
var nodeFirst = strings.Fields("age authorization content-length content-type etag expires from host if-modified-since " +
	"if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent")

// nodeField says where Node puts a field.
func nodeField(field string, repeated bool) View {
	if repeated && slices.Contains(nodeFirst, field) {
		return View{Kept, "req.rawHeaders only: req.headers has the first " + field}
	}
	return View{Kept, "req.rawHeaders, and req.headers in lower case"}
}

// countHidden counts the octets of an accepted request that do not reach a
// handler as they were sent.
func (b *build) countHidden() *Hidden {
	h := &Hidden{Octets: b.m.Verdict.Used}
	for i := range b.m.Spans {
		s := &b.m.Spans[i]
		switch s.Kind {
		case KindUnread:
			continue
		case KindChunks:
			h.Go += s.Length - b.folded.data
			h.Node += s.Length - b.folded.data
			continue
		}
		if s.Seen.Go.Fate != Kept {
			h.Go += s.Length
		}
		if s.Seen.Node.Fate != Kept {
			h.Node += s.Length
		}
	}
	h.GoRefuses, h.NodeRefuses = b.goRefuses(), b.nodeRefuses()
	return h
}

// goRefuses says why no handler of net/http would be called for a request that
// is accepted here, or returns "".
func (b *build) goRefuses() string {
	switch {
	case b.m.Spans[0].Kind == KindEmptyLine:
		return "net/http takes no empty line before a request"
	case b.m.Method == "OPTIONS" && b.m.Form == "asterisk-form":
		return "net/http answers OPTIONS * itself"
	case b.head.Minor == 0 && b.valueOf("expect") != "" && !strings.EqualFold(b.valueOf("expect"), "100-continue"):
		return "net/http obeys Expect in HTTP/1.0, too"
	}
	return b.goRefusesChunk()
}

// goChunkLine is the longest chunk-size line that net/http reads, its line
// ending included; goChunkDigits is the longest size.
const (
	goChunkLine   = 4 << 10
	goChunkDigits = 16
)

// goRefusesChunk says why a handler of net/http would not get to the end of the
// body, or returns "".
func (b *build) goRefusesChunk() string {
	size := 0
	for i := range b.m.Spans {
		switch s := &b.m.Spans[i]; {
		case s.Kind == KindChunkSize && s.Length > goChunkDigits:
			return "net/http reads chunk sizes of at most 16 digits"
		case s.Kind == KindChunkSize:
			size = s.Length
		case s.Kind == KindChunkExt && s.Octets[0] != ';':
			return "net/http takes no white space after a chunk size"
		case s.Kind == KindChunkExt && size+s.Length+len("\r\n") > goChunkLine:
			return "net/http reads chunk-size lines of at most 4 KiB"
		}
	}
	return ""
}

// valueOf returns the value of the first field with a name in lower case.
func (b *build) valueOf(name string) string {
	for _, i := range b.fieldSpans(name) {
		if s := &b.m.Spans[i]; s.Kind == KindFieldValue {
			return string(s.Octets)
		}
	}
	return ""
}

// nodeMethods lists the methods that Node's parser knows, as http.METHODS.
var nodeMethods = strings.Fields("ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY " +
	"MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE " +
	"SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE")

// nodeRefuses says why no handler of Node would be called for a request that is
// accepted here, or returns "".
func (b *build) nodeRefuses() string {
	switch {
	case !slices.Contains(nodeMethods, b.m.Method):
		return "Node's parser knows no method " + b.m.Method
	case b.head.Minor > 1:
		return "Node's parser takes HTTP/1.0 and HTTP/1.1 only"
	case b.m.Head > nodeHead:
		return "Node takes heads of at most 16 KiB"
	case len(b.fieldSpans("expect")) > 0 && b.valueOf("expect") == "":
		return "Node answers an empty Expect with 417"
	}
	return b.nodeRefusesPart()
}

// nodeRefusesPart is nodeRefuses for single parts.
func (b *build) nodeRefusesPart() string {
	field := ""
	for i := range b.m.Spans {
		s := &b.m.Spans[i]
		switch s.Kind {
		case KindFieldName, KindTrailerName:
			field = strings.ToLower(string(s.Octets))
			if s.Kind == KindTrailerName && slices.Contains(nodeLengths, field) {
				return "Node's parser takes no " + field + " in a trailer section"
			}
		case KindColon, KindTrailingSpace:
			if slices.Contains(nodeLengths, field) && strings.Contains(string(s.Octets), "\t") {
				return "Node's parser takes no tab around the value of " + field
			}
		case KindChunkExt:
			if strings.ContainsAny(quotedString.ReplaceAllString(string(s.Octets), ""), " \t") {
				return "Node's parser takes no white space in chunk extensions"
			}
		}
	}
	return ""
}

// quotedString matches the quoted strings of a chunk extension.
var quotedString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// nodeLengths lists the fields that Node's parser reads itself.
var nodeLengths = []string{"content-length", "transfer-encoding"}

// nodeHead is Node's http.maxHeaderSize.
const nodeHead = 16 << 10
