package httpwire

import (
	"math"
	"strconv"
)

// FramingKind is how the end of a message body is found.
type FramingKind int

const (
	NoBody         FramingKind = iota // there is none
	ContentLength                     // after Length octets
	Chunked                           // where the last chunk and the trailer section end
	CloseDelimited                    // where the connection ends; for responses only
)

// Framing is how long a message body is, and why. RFC 9112, Section 6.3.
type Framing struct {
	Kind   FramingKind
	Length int64  // octets, with ContentLength
	Rule   string // the rule of RFC 9112, Section 6.3 that decided, in words
}

// String describes the framing as a log shows it: "none", "length 5",
// "chunked" or "close".
func (f Framing) String() string {
	switch f.Kind {
	case ContentLength:
		return "length " + strconv.FormatInt(f.Length, 10)
	case Chunked:
		return "chunked"
	case CloseDelimited:
		return "close"
	}
	return "none"
}

// framing decides how long the body of a request is. It is the only place that
// looks at Transfer-Encoding and Content-Length, so that no two places can
// disagree. Stricter than the RFC: a request with both is refused, and so is a
// repeated Content-Length with equal values.
//
// RFC 9112, Section 6.3, as an ordered decision.
func (h *Head) framing(message []byte) (Framing, *Error) {
	coding, length := h.notable[transferEncoding], h.notable[contentLength]
	switch {
	case coding > 0 && h.Minor == 0:
		return Framing{}, broken(TransferEncodingIn10, int(h.Fields[coding-1].Name))
	case coding > 0 && length > 0:
		later := h.Fields[max(coding, length)-1]
		return Framing{}, broken(BothLengths, int(later.Name))
	case coding > 0:
		return Framing{Kind: Chunked, Rule: "rule 4: Transfer-Encoding is chunked"}, h.transferCodings(message)
	case length > 0 && h.repeated[contentLength] != length:
		second := h.occurrence(message, h.Fields[length-1], 2)
		return Framing{}, broken(RepeatedLength, int(second.Name))
	case length > 0:
		field := h.Fields[length-1]
		n, err := parseLength(message[field.Value:field.End], int(field.Value))
		return Framing{Kind: ContentLength, Length: n, Rule: "rule 6: Content-Length gives the length"}, err
	}
	return Framing{Kind: NoBody, Rule: "rule 7: neither Transfer-Encoding nor Content-Length"}, nil
}

// parseLength parses the value of Content-Length.
//
//	Content-Length = 1*DIGIT
//
// RFC 9110, Section 8.6.
func parseLength(value []byte, at int) (int64, *Error) {
	var length int64
	for i, octet := range value {
		switch {
		case octet == ',':
			return 0, broken(RepeatedLength, at+i)
		case !is(octet, digit):
			return 0, broken(BadLength, at+i)
		case length > (math.MaxInt64-int64(octet-'0'))/10:
			return 0, broken(LengthOverflow, at+i)
		}
		length = length*10 + int64(octet-'0')
	}
	if len(value) == 0 {
		return 0, broken(BadLength, at)
	}
	return length, nil
}

// transferCodings checks that the transfer codings, over all field lines of
// Transfer-Encoding, are exactly one chunked.
//
//	Transfer-Encoding = #transfer-coding
//	transfer-coding   = token *( OWS ";" OWS transfer-parameter )
//
// Stricter than the RFC: empty list members are refused here, because "one
// spelling" is what keeps parsers from disagreeing. RFC 9112, Section 6.1.
func (h *Head) transferCodings(message []byte) *Error {
	var codings codingList
	for _, field := range h.Fields {
		if !equalFold(message[field.Name:field.Colon], "transfer-encoding") {
			continue
		}
		for start, end := range members(message, field) {
			if err := codings.add(message, start, end); err != nil {
				return err
			}
		}
	}
	return codings.verdict()
}

// codingList is what has been seen of the list of transfer codings.
type codingList struct {
	chunked bool
	unknown int // offset of the first coding that is not chunked, plus one
}

// add checks one member of the list, which stands at message[start:end].
func (l *codingList) add(message []byte, start, end int) *Error {
	name := start + run(message[start:end], tchar)
	switch chunked := equalFold(message[start:name], "chunked"); {
	case name == start:
		return broken(BadTransferEncoding, start)
	case name < end && (chunked || !beginsParameters(message[name:end])):
		return broken(BadTransferEncoding, name) // chunked has no parameters: RFC 9112, Section 7.1
	case chunked && l.chunked:
		return broken(ChunkedTwice, start)
	case !chunked && l.chunked:
		return broken(ChunkedNotFinal, start)
	case chunked:
		l.chunked = true
	case l.unknown == 0:
		l.unknown = start + 1
	}
	return nil
}

// verdict judges the whole list.
func (l *codingList) verdict() *Error {
	switch {
	case !l.chunked:
		return broken(ChunkedNotFinal, l.unknown-1)
	case l.unknown > 0:
		return broken(UnknownCoding, l.unknown-1)
	}
	return nil
}

// beginsParameters reports whether b begins with a semicolon, after white space.
func beginsParameters(b []byte) bool {
	n := run(b, space)
	return n < len(b) && b[n] == ';'
}
