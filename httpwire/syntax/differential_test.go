package syntax

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// stricter lists what the request reader of net/http takes and this parser
// refuses, with the reason. What is not in the list must be refused by both.
var stricter = map[*Rule]string{
	BareLF:               "9112 2.2: a single LF may be taken for a line ending; parsers that do and parsers that do not see different messages",
	ObsFold:              "9112 5.2: a folded line is refused or repaired",
	LeadingSpace:         "9112 2.2: refuse the message or ignore the line; net/http takes it for a fold",
	SecondEmptyLine:      "9112 2.2: at least one empty line is ignored",
	SpaceBeforeColon:     "9112 5.1: net/http keeps the space in the name, and checks that later, in the server",
	BadFieldName:         "9112 5.1: net/http checks some names later, in the server",
	BadFieldValue:        "9110 5.5: other control characters are invalid, but may be kept",
	BadRequestLine:       "9112 3: net/http takes CONNECT without a target",
	BadTarget:            "9112 3.2: the URI grammar has no octets above 127, quotes, and, in a path, backslashes, carets and braces",
	TargetFragment:       "9112 3.2: no form of the target has a fragment; net/http keeps it in the path",
	BadPercent:           "9112 3.2: a percent sign in a path needs two digits",
	UnknownTargetForm:    "9112 3.2: one of four forms; net/http takes any scheme with a colon",
	MisplacedAsterisk:    "9110 7.1: the asterisk is for OPTIONS",
	MisplacedAuthority:   "9110 7.1: host and port are for CONNECT",
	BadConnectTarget:     "9112 3.2.3: CONNECT takes a host and a port",
	BadTargetAuthority:   "9112 3.2.2: the authority has to be valid",
	EmptyTargetHost:      "9110 4.2.1: an http target without a host is invalid",
	TargetUserinfo:       "9110 4.2.4: userinfo in a target is an error",
	WrongScheme:          "9110 7.4: a target of another scheme is not served here",
	MethodTooLong:        "9112 3: longer than any method that is known",
	UnsupportedVersion:   "9110 15.6.6: net/http checks the version later, in the server",
	BadVersion:           "9112 2.3: HTTP/0.9 is no version; net/http checks that later",
	NoHost:               "9112 3.2: net/http checks this later, in the server",
	SecondHost:           "9112 3.2: net/http checks this later, in the server",
	BadHost:              "9112 3.2: net/http checks this later, and less",
	TransferEncodingIn10: "9112 6.1: net/http ignores the field in HTTP/1.0",
	BothLengths:          "9112 6.1: may be refused; net/http believes Transfer-Encoding",
	RepeatedLength:       "9110 8.6: equal values may be refused",
	UnknownExpectation:   "9110 10.1.1: net/http answers 417 later, in the server",
}

// laxer lists what this parser takes and the request reader of net/http refuses.
var laxer = []struct {
	why string
	is  func(in string, h *Head) bool
}{
	{"9112 2.2: one empty line before a request is ignored", func(in string, _ *Head) bool { return strings.HasPrefix(in, "\r\n") }},
	{"9112 3.2: a path, host or query that package url finds fault with, though the grammar does not", func(in string, h *Head) bool {
		return !readable(h, in)
	}},
	{"9110 8.6: net/http refuses lengths of more than 63 bits only after 19 digits, leading zeros counted", func(in string, h *Head) bool {
		return h.Framing.Kind == ContentLength
	}},
}

// readable reports whether net/http takes the target of h in a plain request.
func readable(h *Head, in string) bool {
	plain := string(h.Method.Of([]byte(in))) + " " + string(h.Target.Of([]byte(in))) + " HTTP/1.1\r\nHost: a\r\n\r\n"
	_, err := http.ReadRequest(bufio.NewReader(strings.NewReader(plain)))
	return err == nil
}

// FuzzAgainstNetHTTP gives the same octets to this parser and to the request
// reader of net/http. Where they disagree, a list says why; where both accept,
// they have to understand the same.
func FuzzAgainstNetHTTP(f *testing.F) {
	for _, c := range allHeads() {
		in, _ := unmark(c.in)
		f.Add(in)
	}
	f.Add(headOfCurl)
	f.Add(headOfBrowser)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 2<<10 {
			return // below all limits
		}
		var p HeadParser
		n, err := p.Parse([]byte(in))
		theirs, theirErr := http.ReadRequest(bufio.NewReader(strings.NewReader(in)))
		var refusal *Error
		switch {
		case err == nil && n == 0:
			// Octets are missing here; net/http may have taken a bare LF for the end.
		case errors.As(err, &refusal) && theirErr == nil:
			if stricter[refusal.Rule] == "" {
				t.Errorf("%q: %v; net/http accepts it, and stricter has no reason", in, err)
			}
		case err == nil && theirErr != nil:
			if !slices.ContainsFunc(laxer, func(c struct {
				why string
				is  func(in string, h *Head) bool
			}) bool {
				return c.is(in, p.Head())
			}) {
				t.Errorf("%q: accepted; net/http says %v, and laxer has no reason", in, theirErr)
			}
		case err == nil:
			sameMeaning(t, in, p.Head(), theirs)
		}
	})
}

// sameMeaning compares what the two have understood of a request.
func sameMeaning(t *testing.T, in string, h *Head, theirs *http.Request) {
	octets := []byte(in)
	length := h.Framing.Length
	if h.Framing.Kind == Chunked {
		length = -1
	}
	if got, want := string(h.Method.Of(octets)), theirs.Method; got != want {
		t.Errorf("%q: method %q, net/http has %q", in, got, want)
	}
	if got, want := string(h.Target.Of(octets)), theirs.RequestURI; got != want {
		t.Errorf("%q: target %q, net/http has %q", in, got, want)
	}
	if length != theirs.ContentLength {
		t.Errorf("%q: body of %d octets, net/http has %d", in, length, theirs.ContentLength)
	}
	for _, field := range h.Fields {
		name, value := string(octets[field.Name:field.Colon]), string(octets[field.Value:field.End])
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Transfer-Encoding", "Content-Length", "Trailer":
			continue // taken out of the header there
		}
		if !slices.Contains(theirs.Header.Values(name), value) {
			t.Errorf("%q: field %q: %q, net/http has %q", in, name, value, theirs.Header.Values(name))
		}
	}
}

// chunksStricter is stricter for chunked bodies.
var chunksStricter = map[*Rule]string{
	BadChunkExtension: "9112 7.1.1: extensions have a grammar; net/http drops what follows a semicolon",
	BadChunkSize:      "9112 7.1: no white space after a size",
	BadChunkLineEnd:   "9112 7.1: lines end in CR LF",
	ChunkOverhead:     "9112 7.1.1: the total length of extensions is bounded",
	ChunkSizeOverflow: "9112 7.1: net/http counts to 64 bits",
	BadFieldValue:     "9110 5.5: control characters are invalid",
	BareLF:            "9112 2.2: a single LF may be taken for a line ending",
	ObsFold:           "9112 5.2: a folded line is refused or repaired",
	BadFieldName:      "9112 5.1: net/http drops or repairs some trailer lines",
	SpaceBeforeColon:  "9112 5.1: net/http drops or repairs some trailer lines",
}

// FuzzChunkedAgainstNetHTTP compares the decoder with that of net/http: content,
// and whether the body is accepted.
func FuzzChunkedAgainstNetHTTP(f *testing.F) {
	for _, c := range chunkedCases {
		in, _ := unmark(c.in)
		f.Add(in)
	}
	const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 2<<10 {
			return
		}
		ours, done, err := decodeAll(in)
		request, theirErr := http.ReadRequest(bufio.NewReader(strings.NewReader(head + in)))
		if theirErr != nil {
			t.Fatal(theirErr)
		}
		theirs, theirErr := io.ReadAll(request.Body)
		var refusal *Error
		switch {
		case errors.As(err, &refusal) && theirErr == nil && chunksStricter[refusal.Rule] == "":
			t.Errorf("%q: %v; net/http accepts it, and stricter has no reason", in, err)
		case done && theirErr == nil && ours != string(theirs):
			t.Errorf("%q: content %q, net/http has %q", in, ours, theirs)
		case done && theirErr != nil && !strings.ContainsAny(in, ";:") && !strings.Contains(in, strings.Repeat("0", 15)):
			// It knows no BWS before ";", fewer trailers, and sizes of at most 16 digits.
			t.Errorf("%q: accepted, net/http says %v", in, theirErr)
		}
	})
}

// decodeAll decodes a whole chunked body.
func decodeAll(in string) (content string, done bool, err error) {
	var d ChunkDecoder
	for rest := []byte(in); ; {
		n, data, done, err := d.Next(rest)
		content += string(data)
		if rest = rest[n:]; done || err != nil || n == 0 {
			return content, done, err
		}
	}
}
