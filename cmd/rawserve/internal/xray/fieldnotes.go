package xray

import "strings"

// note is what can be said about a part without knowing its octets.
type note struct{ note, ref, effect string }

// kindNotes holds what every span of a kind is.
var kindNotes = map[Kind]note{
	KindMethod:        {note: "method, case-sensitive", ref: "9110 §9.1"},
	KindSpace:         {note: "exactly one space", ref: "9112 §3"},
	KindTarget:        {note: "request-target", ref: "9112 §3.2"},
	KindVersion:       {note: "version", ref: "9112 §2.3"},
	KindStatus:        {note: "status code", ref: "9110 §15"},
	KindReason:        {note: "reason phrase: for people; programs ignore it", ref: "9112 §4"},
	KindLineEnd:       {ref: "9112 §2.2"},
	KindEmptyLine:     {ref: "9112 §2.1"},
	KindFieldName:     {note: "field name", ref: "9110 §5.1"},
	KindColon:         {note: "colon and optional white space", ref: "9112 §5"},
	KindFieldValue:    {note: "field value", ref: "9110 §5.5"},
	KindTrailingSpace: {note: "optional white space, no part of the value", ref: "9112 §5"},
	KindChunkSize:     {note: "chunk size, hexadecimal", ref: "9112 §7.1"},
	KindChunkExt:      {note: "chunk extension: checked, then ignored", ref: "9112 §7.1.1"},
	KindChunks:        {ref: "9112 §7.1"},
	KindChunkData:     {note: "chunk data", ref: "9112 §7.1"},
	KindTrailerName:   {note: "trailer field", ref: "9112 §7.1.2"},
	KindTrailerValue:  {note: "trailer field value", ref: "9112 §7.1.2"},
	KindBody:          {note: "body", ref: "9112 §6"},
}

// fieldNotes holds what fields are for, by name in lower case: those that the
// connection obeys, and those that most messages have.
var fieldNotes = map[string]note{
	"host":              {"required exactly once", "9112 §3.2", "names the site that the request is for"},
	"content-length":    {"how many octets the body has", "9110 §8.6", "the body ends after that many octets"},
	"transfer-encoding": {"how the body is coded for this connection", "9112 §6.1", "the body ends with its last chunk; Content-Length must be absent"},
	"connection":        {"what holds for this connection only", "9110 §7.6.1", "decides whether the connection stays open"},
	"expect":            {"what the client waits for", "9110 §10.1.1", "the client waits with its body until it is told to continue"},
	"upgrade":           {"other protocols the client would speak", "9110 §7.8", "counts only if Connection names it too"},
	"te":                {"transfer codings the client accepts", "9110 §10.1.4", ""},
	"trailer":           {"fields announced to follow the body", "9110 §6.6.2", "an announcement only"},
	"keep-alive":        {"a hint from HTTP/1.0 times", "9112 §C.2.2", "ignored"},
	"proxy-connection":  {"a mistake of old clients", "9112 §C.2.2", "ignored"},
	"accept":            {"media types the client accepts", "9110 §12.5.1", ""},
	"accept-encoding":   {"content codings the client accepts", "9110 §12.5.3", ""},
	"accept-language":   {"languages the client prefers", "9110 §12.5.4", ""},
	"user-agent":        {"what the client calls itself", "9110 §10.1.5", ""},
	"referer":           {"where the client found the target", "9110 §10.1.3", ""},
	"authorization":     {"credentials", "9110 §11.6.2", ""},
	"cookie":            {"state that a server has set", "", ""},
	"origin":            {"the page that makes the request", "", ""},
	"content-type":      {"what the body is", "9110 §8.3", ""},
	"content-encoding":  {"how the content is coded, at both ends", "9110 §8.4", "the server leaves it to the handler"},
	"range":             {"which part is wanted", "9110 §14.2", ""},
	"if-match":          {"condition", "9110 §13.1.1", ""},
	"if-none-match":     {"condition", "9110 §13.1.2", ""},
	"if-modified-since": {"condition", "9110 §13.1.3", ""},
	"date":              {"when the message was made", "9110 §6.6.1", ""},
	"server":            {"what the server calls itself", "9110 §10.2.4", ""},
	"location":          {"where to go, or what was made", "9110 §10.2.2", ""},
	"allow":             {"methods the resource knows", "9110 §10.2.1", ""},
	"etag":              {"version of the content", "9110 §8.8.3", ""},
	"last-modified":     {"when the content changed", "9110 §8.8.2", ""},
	"cache-control":     {"what caches may do", "", ""},
	"vary":              {"what else decided the answer", "9110 §12.5.5", ""},
	"set-cookie":        {"state for the client to keep", "", ""},
	"retry-after":       {"when to come back", "9110 §10.2.3", ""},
}

// Link returns where a Ref can be read, as an address a browser understands,
// or "".
func Link(ref string) string {
	document, section, found := strings.Cut(ref, " §")
	if !found {
		return ""
	}
	section, _, _ = strings.Cut(section, " ")
	kind := "section-"
	if section != "" && section[0] >= 'A' {
		kind = "appendix-"
	}
	return "https://www.rfc-editor.org/rfc/rfc" + document + ".html#" + kind + section
}
