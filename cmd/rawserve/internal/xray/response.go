package xray

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"rawserve/httpwire"
)

// The server sends responses and never parses one, so there is no parser to be
// watched here. What follows is small and as strict as the parser of requests.

// response dissects a response.
func (d *dissection) response(at int) *Message {
	r := &responseHead{build: d.begin("response", at)}
	method := "GET"
	if d.answered < len(d.options.Methods) {
		method = d.options.Methods[d.answered]
	}
	whole := r.parse()
	r.stepHead(whole)
	if whole {
		if r.m.Status >= 200 {
			d.answered++
		}
		r.body(method)
		r.m.Connection = r.persistence()
	}
	r.annotate()
	return r.m
}

// responseHead is the head of a response, being read.
type responseHead struct {
	*build
	minor      int
	length     int64 // of Content-Length, -1 if there is none
	chunked    bool
	encoded    bool // there is a Transfer-Encoding
	close      bool // Connection says so
	keepAlive  bool
	statusLine bool // it has been read
}

// parse reads the status-line and the field lines, and reports whether the head
// is whole and acceptable.
func (r *responseHead) parse() bool {
	r.length = -1
	for {
		start := r.m.End()
		n := bytes.IndexByte(r.octets[start:], '\n')
		if n < 0 {
			return r.unfinished(start)
		}
		line := r.octets[start : start+n]
		text, ended := bytes.CutSuffix(line, []byte("\r"))
		switch cr := bytes.IndexByte(text, '\r'); {
		case cr >= 0:
			return r.fail(start+cr, responseFault("BareCR"))
		case !ended:
			return r.fail(start+n, responseFault("BareLF"))
		case len(text) == 0 && r.statusLine:
			r.add(KindEmptyLine, 2)
			r.m.Head = r.m.Length
			return true
		case !r.line(text, start):
			return false
		}
		r.add(KindLineEnd, 2)
	}
}

// responseFault describes what is wrong with a response in the words of the
// server's catalog of requests, where they fit.
func responseFault(name string) *BrokenRule {
	for _, rule := range httpwire.Rules() {
		if rule.Name == name {
			return &BrokenRule{Name: name, ID: rule.ID, Ref: shortRef(rule.Source()), Sentence: rule.Sentence,
				Why: reasons[name].why}
		}
	}
	return &BrokenRule{Name: name, Ref: "9112 §4", Sentence: "status-line is not version, space, three digits, space, reason phrase",
		Why: whyResponse}
}

// line reads one line of the head.
func (r *responseHead) line(text []byte, start int) bool {
	if r.statusLine {
		return r.field(text, start)
	}
	r.statusLine = true
	return r.status(text, start)
}

// status reads the status-line.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// RFC 9112, Section 4.
func (r *responseHead) status(text []byte, start int) bool {
	const form = "HTTP/d.d ddd "
	for i := range len(form) {
		if i == len(text) || form[i] == 'd' && (text[i] < '0' || text[i] > '9') || form[i] != 'd' && text[i] != form[i] {
			if i == len(text) && i == len(form)-1 {
				break // without the last space: no reason phrase, and nothing can be misread
			}
			return r.fail(start+i, responseFault("BadStatusLine"))
		}
	}
	r.minor = int(text[7] - '0')
	r.m.Status, _ = strconv.Atoi(string(text[9:12]))
	for i, octet := range text[12:] {
		if octet < ' ' && octet != '\t' || octet == 0x7f {
			return r.fail(start+12+i, responseFault("BadFieldValue"))
		}
	}
	r.add(KindVersion, 8)
	r.add(KindSpace, 1)
	r.add(KindStatus, 3)
	r.addSome(KindSpace, min(1, len(text)-12))
	r.addSome(KindReason, len(text)-13)
	return true
}

// field reads a field line.
//
//	field-line = field-name ":" OWS field-value OWS
//
// RFC 9112, Section 5.
func (r *responseHead) field(text []byte, start int) bool {
	colon := bytes.IndexFunc(text, func(c rune) bool { return !isTchar(c) })
	switch {
	case colon < 0:
		return r.fail(start+len(text), responseFault("NoColon"))
	case colon == 0 && (text[0] == ' ' || text[0] == '\t'):
		return r.fail(start, responseFault("ObsFold"))
	case colon == 0 && text[0] == ':':
		return r.fail(start, responseFault("EmptyFieldName"))
	case text[colon] == ' ' || text[colon] == '\t':
		return r.fail(start+colon, responseFault("SpaceBeforeColon"))
	case text[colon] != ':':
		return r.fail(start+colon, responseFault("BadFieldName"))
	}
	for i, octet := range text[colon:] {
		if octet < ' ' && octet != '\t' || octet == 0x7f {
			return r.fail(start+colon+i, responseFault("BadFieldValue"))
		}
	}
	value := bytes.TrimLeft(text[colon+1:], " \t")
	trimmed := bytes.TrimRight(value, " \t")
	r.add(KindFieldName, colon)
	r.add(KindColon, len(text)-colon-len(value))
	r.addSome(KindFieldValue, len(trimmed))
	r.addSome(KindTrailingSpace, len(value)-len(trimmed))
	return r.obey(strings.ToLower(string(text[:colon])), strings.ToLower(string(trimmed)))
}

// isTchar reports whether c may stand in a token. RFC 9110, Section 5.6.2.
func isTchar(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c < 0x7f && strings.ContainsRune("!#$%&'*+-.^_`|~", c)
}

// obey notes a field that decides something, both parts in lower case.
func (r *responseHead) obey(name, value string) bool {
	last := r.m.Spans[len(r.m.Spans)-1].Offset
	switch name {
	case "content-length":
		n, err := strconv.ParseUint(value, 10, 63)
		if err != nil || value[0] == '+' || r.length >= 0 && r.length != int64(n) {
			return r.fail(last, responseFault("BadLength"))
		}
		r.length = int64(n)
	case "transfer-encoding":
		r.encoded = true
		r.chunked = value == "chunked" || strings.HasSuffix(value, ",chunked") || strings.HasSuffix(value, ", chunked")
	case "connection":
		for option := range strings.SplitSeq(value, ",") {
			option = strings.Trim(option, " \t")
			r.close = r.close || option == "close"
			r.keepAlive = r.keepAlive || option == "keep-alive"
		}
	}
	return true
}

// fail ends the response at a fault.
func (r *responseHead) fail(at int, broken *BrokenRule) bool {
	if at > r.m.End() {
		r.rest(at, r.expects())
	}
	r.behindFault(false)
	r.m.Verdict = Verdict{Outcome: Reject, Offset: int64(at - r.m.Offset), At: at, Broken: broken}
	r.m.Connection = &Decision{Value: "closes", Reason: "a client cannot know where a next response would begin", Ref: "9112 §9.6"}
	return false
}

// expects names the line that comes next.
func (r *responseHead) expects() string {
	if len(r.m.Spans) == 0 {
		return "status-line"
	}
	return "field line"
}

// unfinished ends a head that has not arrived whole.
func (r *responseHead) unfinished(start int) bool {
	if cr := bytes.IndexByte(r.octets[start:max(start, len(r.octets)-1)], '\r'); cr >= 0 {
		return r.fail(start+cr, responseFault("BareCR"))
	}
	r.rest(len(r.octets), r.expects())
	r.needMore("the rest of the head", "")
	return false
}

// stepHead records what each read led to.
func (r *responseHead) stepHead(whole bool) {
	r.windows(r.m.Offset, func(end int) bool {
		switch {
		case r.m.Verdict.Outcome == Reject && end > r.m.Verdict.At:
			r.step(end, "response head", 0, fmt.Errorf("refused at byte %d", r.m.Verdict.Offset))
			return false
		case whole && end >= r.m.Offset+r.m.Head:
			r.step(end, "response head", r.m.Head, nil)
			return false
		}
		r.step(end, "response head", 0, nil)
		return true
	})
}

// body decides how the body ends, and dissects it.
//
// RFC 9112, Section 6.3, as an ordered decision.
func (r *responseHead) body(method string) {
	f := &Decision{Spans: r.fieldSpans("transfer-encoding", "content-length")}
	r.m.Framing = f
	status := r.m.Status
	switch {
	case method == "HEAD" || status < 200 || status == 204 || status == 304:
		*f = Decision{"none", "an answer to HEAD, or with this status code, never has a body", "9112 §6.3 rule 1", nil}
		r.done()
		r.handOver(status == 101)
	case method == "CONNECT" && status < 300:
		*f = Decision{"none", "CONNECT has succeeded: what follows is a tunnel", "9112 §6.3 rule 2", nil}
		r.done()
		r.handOver(true)
	case r.chunked:
		f.Value, f.Reason, f.Ref = "chunked", "Transfer-Encoding ends in chunked", "9112 §6.3 rule 4"
		if r.length >= 0 {
			r.m.Effects = append(r.m.Effects, "Content-Length beside chunked is an error, perhaps an attack (9112 §6.3 rule 3): "+whyResponseSplit)
		}
		r.chunkedBody()
		if r.rule != nil {
			r.m.Verdict.Status, r.m.Verdict.Broken = 0, responseFault(r.rule.Name)
		}
	case r.encoded:
		f.Value, f.Reason, f.Ref = "until close", "Transfer-Encoding does not end in chunked", "9112 §6.3 rule 4"
		r.closeBody()
	case r.length >= 0:
		f.Value, f.Reason, f.Ref = "length "+strconv.FormatInt(r.length, 10), "Content-Length gives the length", "9112 §6.3 rule 6"
		r.lengthBody(r.length)
	default:
		f.Value, f.Reason, f.Ref = "until close", "neither Transfer-Encoding nor Content-Length", "9112 §6.3 rule 8"
		r.closeBody()
	}
}

// handOver labels what follows a response behind which HTTP is over.
func (r *responseHead) handOver(over bool) {
	if rest := len(r.octets) - r.m.End(); over && rest > 0 {
		r.add(KindBody, rest)
		r.m.Effects = append(r.m.Effects, "from here on the connection speaks another protocol")
		r.done()
	}
}

// persistence says what becomes of the connection. RFC 9112, Section 9.3.
func (r *responseHead) persistence() *Decision {
	d := &Decision{Value: "closes", Ref: "9112 §9.3", Spans: r.fieldSpans("connection")}
	switch {
	case r.close:
		d.Reason = `the server says "close"`
	case r.m.Framing.Value == "until close":
		d.Reason = "the close is the end of the body"
	case r.minor == 0 && !r.keepAlive:
		d.Reason = `HTTP/1.0 without "keep-alive"`
	case r.minor == 0:
		d.Value, d.Reason = "stays open", `HTTP/1.0 with "keep-alive"`
	default:
		d.Value, d.Reason = "stays open", `HTTP/1.1 without "close"`
	}
	return d
}
