package xray

import (
	"strconv"

	"rawserve/httpwire/syntax"
)

// responseLimits bound the head of a response. They are larger than those of any
// client asked: curl reads 300 KiB, net/http 1 MiB.
var responseLimits = syntax.HeadLimits{Head: 1 << 20, Fields: 1 << 13}

// response dissects a response.
func (d *dissection) response(at int) *Message {
	b := d.begin("response", at)
	parser := &syntax.ResponseParser{Limits: responseLimits, Method: d.methodAsked(), Span: b.label}
	consumed, err := b.parseHead(parser)
	head := parser.Head()
	b.m.Status = head.Status
	switch {
	case err != nil:
		b.refused(err.(*syntax.Error), 0)
	case consumed == 0:
		b.unfinishedHead()
	default:
		b.m.Head = consumed
		if head.Status/100 != 1 {
			d.answered++
		}
		b.responseBody(head)
	}
	b.decideResponse(head)
	if head.Status/100 != 1 {
		b.afterLast()
	}
	b.annotate()
	return b.m
}

// methodAsked returns the method of the request that the next response answers.
func (d *dissection) methodAsked() string {
	methods := d.options.Methods
	if methods == nil {
		methods = d.asked
	}
	if d.answered < len(methods) {
		return methods[d.answered]
	}
	return "GET"
}

// responseBody dissects what follows the head.
func (b *build) responseBody(head *syntax.ResponseHead) {
	switch f := head.Framing; f.Kind {
	case syntax.Chunked:
		b.chunkedBody()
	case syntax.ContentLength:
		b.lengthBody(f.Length)
	case syntax.CloseDelimited:
		b.closeBody()
	default:
		b.done()
		if head.Status == 101 || f.Rule == syntax.Tunnel {
			b.handOver()
		}
	}
}

// handOver labels what follows a response that is the last one of HTTP.
func (b *build) handOver() {
	if rest := len(b.octets) - b.m.End(); rest > 0 {
		b.add(KindBody, rest)
		b.m.Effects = append(b.m.Effects, "from here on the connection speaks another protocol")
		b.done()
	}
}

// decideResponse says in words what the parser has decided about a response.
func (b *build) decideResponse(head *syntax.ResponseHead) {
	m := b.m
	if m.Head > 0 {
		m.Framing = responseFraming(head.Framing)
		if head.Framing.Kind != syntax.NoBody {
			m.Framing.Spans = b.fieldSpans("transfer-encoding", "content-length")
		}
		m.Connection = b.responsePersistence(head)
		if head.BothLengths {
			m.Effects = append(m.Effects, "Content-Length next to Transfer-Encoding is an error, perhaps an attack (9112 §6.3 rule 3): "+whyResponseSplit)
		}
	}
	if m.Verdict.Outcome == Reject {
		m.Verdict.Status, m.Verdict.Broken = 0, brokenByResponse(b.rule)
		m.Connection = &Decision{Value: closes, Reason: "a client cannot know where a next response would begin", Ref: "9112 §9.6"}
	}
}

// responseFraming puts the parser's decision into words.
func responseFraming(f syntax.Framing) *Decision {
	d := &Decision{Value: f.String(), Reason: f.Rule.String(), Ref: "9112 §6.3 rule " + strconv.Itoa(f.Rule.Number())}
	if f.Kind == syntax.CloseDelimited {
		d.Value = "until close"
	}
	switch f.Rule {
	case syntax.Tunnel:
		d.Reason = "CONNECT has succeeded: what follows is a tunnel"
	case syntax.CodingIsChunked:
		d.Reason = "Transfer-Encoding ends in chunked"
	}
	return d
}

// responsePersistence says what becomes of the connection after a response, and
// why. RFC 9112, Section 9.3.
func (b *build) responsePersistence(head *syntax.ResponseHead) *Decision {
	d := &Decision{Value: closes, Ref: "9112 §9.3", Spans: b.fieldSpans("connection")}
	if head.Persistent {
		d.Value = "stays open"
	}
	switch {
	case head.Persistent && head.Minor > 0:
		d.Reason = `HTTP/1.1 without "close"`
	case head.Persistent:
		d.Reason = `HTTP/1.0 with "keep-alive"`
	case b.lists(d.Spans, "close"):
		d.Reason = `the server says "close"`
	case head.Framing.Kind == syntax.CloseDelimited:
		d.Reason = "the close is the end of the body"
	case b.lists(d.Spans, "keep-alive"):
		d.Reason, d.Ref = "HTTP/1.0 knows no Transfer-Encoding, so the framing may be wrong", "9112 §6.1"
	default:
		d.Reason = `HTTP/1.0 without "keep-alive"`
	}
	return d
}
