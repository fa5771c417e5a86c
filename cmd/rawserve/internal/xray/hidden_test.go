package xray

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// dump is what a handler of another stack could see of a request. Octets are
// base64, which loses none.
type dump struct {
	Method, Target, Version, Host, Body string
	Fields, Trailer                     [][2]string
	Coding                              []string
	Length                              int64 // r.ContentLength
}

// goDump answers with everything that net/http gives a handler.
func goDump(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	e := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	d := dump{Method: e(r.Method), Target: e(r.RequestURI), Version: e(r.Proto), Host: e(r.Host), Body: e(string(body)),
		Fields: goFields(r.Header, e), Trailer: goFields(r.Trailer, e),
		Length: r.ContentLength}
	for _, coding := range r.TransferEncoding {
		d.Coding = append(d.Coding, e(coding))
	}
	text, _ := json.Marshal(d)
	if r.Method == http.MethodHead {
		w.Header().Set("X-Dump", string(text))
	}
	w.Write(text)
}

func goFields(h http.Header, e func(string) string) (fields [][2]string) {
	for name, values := range h {
		for _, value := range values {
			fields = append(fields, [2]string{e(name), e(value)})
		}
	}
	return fields
}

// nodeDump does the same with what Node gives one.
const nodeDump = `
const e=s=>Buffer.from(s,"latin1").toString("base64");
const pairs=a=>{const f=[];for(let i=0;i<a.length;i+=2)f.push([e(a[i]),e(a[i+1])]);return f};
const server=require("http").createServer((q,s)=>{const b=[];q.on("data",d=>b.push(d));q.on("end",()=>{
	const t=JSON.stringify({Method:e(q.method),Target:e(q.url),Version:e(q.httpVersion),Host:"",Body:Buffer.concat(b).toString("base64"),
		Fields:pairs(q.rawHeaders),Trailer:pairs(q.rawTrailers),Coding:null,First:q.headers});
	if(q.method=="HEAD")s.setHeader("X-Dump",t);
	s.end(t)})});
`

// decode undoes the base64 of a dump.
func (d *dump) decode(t *testing.T) {
	t.Helper()
	undo := func(s *string) {
		octets, err := base64.StdEncoding.DecodeString(*s)
		if err != nil {
			t.Fatal(err)
		}
		*s = string(octets)
	}
	for _, s := range []*string{&d.Method, &d.Target, &d.Version, &d.Host, &d.Body} {
		undo(s)
	}
	for i := range d.Coding {
		undo(&d.Coding[i])
	}
	for _, fields := range [][][2]string{d.Fields, d.Trailer} {
		for i := range fields {
			undo(&fields[i][0])
			undo(&fields[i][1])
		}
	}
}

// seenBy sends a request to a server that dumps, and returns the dump, or nil if
// the server refuses the request.
func seenBy(t *testing.T, address string, request []byte) *dump {
	t.Helper()
	a := askPeer(t, address, request, 700*time.Millisecond, func(answer []byte) bool {
		dumped := bytes.Contains(answer, []byte(`"Coding":`))
		return dumped && (bytes.HasSuffix(answer, []byte("}")) || bytes.HasSuffix(answer, []byte("\r\n\r\n")))
	})
	return parseDump(t, a.octets)
}

// parseDump returns the first dump in an answer, or nil.
func parseDump(t *testing.T, answer []byte) *dump {
	t.Helper()
	start := bytes.Index(answer, []byte(`{"Method":`))
	if start < 0 {
		return nil
	}
	d := new(dump)
	if err := json.NewDecoder(bytes.NewReader(answer[start:])).Decode(d); err != nil {
		t.Fatalf("%v in %q", err, answer)
	}
	d.decode(t)
	return d
}

// holds reports whether the dump has the octets of a span, as they were sent,
// where the span belongs; field is the name of its field in lower case.
func (d *dump) holds(s *Span, field string) bool {
	octets := string(s.Octets)
	switch s.Kind {
	case KindMethod:
		return d.Method == octets
	case KindTarget:
		return d.Target == octets
	case KindVersion:
		return d.Version == octets
	case KindFieldName:
		return hasName(d.Fields, octets)
	case KindFieldValue:
		return hasValue(d.Fields, field, octets) || field == "host" && d.Host == octets ||
			field == "transfer-encoding" && slices.Contains(d.Coding, octets)
	case KindTrailerName:
		return hasName(d.Trailer, octets)
	case KindTrailerValue:
		return hasValue(d.Trailer, field, octets)
	case KindBody, KindChunkData:
		return strings.Contains(d.Body, octets)
	}
	return false // there is no place where it could be
}

func hasName(fields [][2]string, name string) bool {
	return slices.ContainsFunc(fields, func(f [2]string) bool { return f[0] == name })
}

func hasValue(fields [][2]string, field, value string) bool {
	return slices.ContainsFunc(fields, func(f [2]string) bool {
		return strings.EqualFold(f[0],
			field) && f[1] == value
	})
}

// checkSeen compares what is said about each span with the dump of the stack.
func checkSeen(t *testing.T, m *Message, d *dump, view func(*Seen) View) {
	t.Helper()
	field := ""
	for i := range m.Spans {
		s := &m.Spans[i]
		if s.Kind == KindFieldName || s.Kind == KindTrailerName {
			field = strings.ToLower(string(s.Octets))
		}
		if s.Kind == KindUnread {
			continue
		}
		v := view(s.Seen)
		if got := d.holds(s, field); got != (v.Fate == Kept) {
			t.Errorf("%s %q of %s: %s %s, but the handler has it: %t (%+v of %q)", s.Kind, s.Octets, field, v.Fate,
				v.Where, got, d, m.request())
		}
		gone := s.Kind == KindFieldName && v.Fate == Dropped
		if gone && slices.ContainsFunc(d.Fields, func(f [2]string) bool { return strings.EqualFold(f[0], field) }) {
			t.Errorf("%s is said to be dropped, but the handler has it", field)
		}
	}
}

// hiddenRequests are requests whose parts have every fate there is; those of the
// conformance cases come on top.
var hiddenRequests = []string{
	"POST /a?b HTTP/1.1\r\nhOST: x:1\r\nCONNECTION: close\r\nX-low:  v \r\nx-low: w\r\ntransfer-encoding: CHUNKED\r\n" +
		"Trailer: x-sum\r\nKeep-Alive: 5\r\nTE: trailers\r\nPragma: no-cache\r\n\r\n5;a=b\r\nhello\r\n0\r\n" +
		"x-sum: 1\r\nX-Other: 2\r\n\r\n",
	"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 005\r\nUser-Agent: u\r\nUser-Agent: v\r\nAge: 1\r\n" +
		"Cookie: a=b\r\n" +
		"Cookie: c=d\r\nX-E:\r\nX-O: \xff\xfe\r\nConnection: keep-alive\r\n\r\nhello",
	"GET http://abs/x HTTP/1.1\r\nHost: other\r\n\r\n",
	"PUT /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
	"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
	"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("a",
		4093) + "\r\na\r\n0\r\n\r\n",
	"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("a",
		4092) + "\r\na\r\n0\r\n\r\n",
	"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000001\r\na\r\n0\r\n\r\n",
	"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000001\r\na\r\n0\r\n\r\n",
	"GET /" + strings.Repeat("a", 9000) + " HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("b", 9000) + "\r\n\r\n",
}

// acceptedRequests returns hiddenRequests and the first request of every
// conformance case, those that are accepted and short enough to be sent by the
// hundred.
func acceptedRequests(t *testing.T) (all []Message) {
	t.Helper()
	inputs := map[string]bool{}
	for _, text := range hiddenRequests {
		inputs[text] = true
	}
	for _, sent := range corpus(t) {
		inputs[string(sent.Octets)] = true
	}
	met := map[string]bool{}
	for text := range inputs {
		messages := Dissect([]byte(text), Options{Type: "request"})
		if len(messages) == 0 || messages[0].Hidden == nil || messages[0].Length > 40<<10 {
			continue
		}
		m := messages[0]
		request := text[:m.Length]
		if !met[request] && m.Method != "CONNECT" {
			met[request] = true
			all = append(all, m)
		}
	}
	return all
}

// request returns the octets that a message used.
func (m *Message) request() []byte {
	var octets []byte
	for i := range m.Spans {
		if m.Spans[i].Kind != KindUnread {
			octets = append(octets, m.Spans[i].Octets...)
		}
	}
	return octets
}

// TestHiddenByGo asks the real net/http what a handler sees.
func TestHiddenByGo(t *testing.T) {
	t.Parallel()
	address := goServer(t, goDump)
	checkHidden(t, address, func(s *Seen) View { return s.Go }, func(h *Hidden) string { return h.GoRefuses })
}

// TestHiddenByNode asks the real Node.
func TestHiddenByNode(t *testing.T) {
	t.Parallel()
	address := nodeServer(t, nodeDump)
	checkHidden(t, address, func(s *Seen) View { return s.Node }, func(h *Hidden) string { return h.NodeRefuses })
}

// TestNodeMethods compares the methods Node is said to know with its own list.
func TestNodeMethods(t *testing.T) {
	t.Parallel()
	address := nodeHandler(t, `s.end("<"+require("http").METHODS.join(" ")+">")`)
	a := askPeer(t, address, []byte(simple), quiet)
	if want := "<" + strings.Join(nodeMethods, " ") + ">"; !strings.Contains(string(a.octets), want) {
		t.Errorf("Node says %s, want %s", a.octets, want)
	}
}

func checkHidden(t *testing.T, address string, view func(*Seen) View, refuses func(*Hidden) string) {
	t.Helper()
	for _, m := range acceptedRequests(t) {
		request := m.request()
		name := string(request[:min(len(request), 300)])
		d := seenBy(t, address, request)
		why := refuses(m.Hidden)
		switch {
		case d == nil && why == "":
			t.Errorf("refused, though nothing says so: %q", name)
		case d != nil && why != "":
			t.Errorf("accepted, though it is said that %s: %q", why, name)
		case d != nil:
			t.Run("", func(t *testing.T) { checkSeen(t, &m, d, view) })
		}
	}
}
