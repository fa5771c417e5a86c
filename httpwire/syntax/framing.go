package syntax

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
	Length int64 // octets, with ContentLength
	Rule   FramingRule
}

// String describes the framing in words: "none", "length 5", "chunked" or
// "close".
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

// FramingRule is the rule that decided how long a body is: one of those of
// RFC 9112, Section 6.3, or why a sender chose the framing.
type FramingRule int

const (
	Undecided       FramingRule = iota
	NoContentStatus             // rule 1: responses with this status code have no body
	AnswerToHEAD                // rule 1: neither have answers to HEAD
	Tunnel                      // rule 2: CONNECT has succeeded
	CodingIsChunked             // rule 4: Transfer-Encoding is chunked
	CodingNotFinal              // rule 4: Transfer-Encoding does not end in chunked
	LengthGiven                 // rule 6: Content-Length gives the length
	NothingGiven                // rule 7: neither field, in a request
	UntilClose                  // rule 8: neither field, in a response
	NoContentIn205              // a sender's choice: 205 has no content
	LengthDeclared              // a sender's choice: the handler declared the length
	WholeInBuffer               // a sender's choice: the whole content was in the buffer
	NoChunkedIn10               // a sender's choice: HTTP/1.0 knows no chunked coding
	TrailersFollow              // a sender's choice: trailer fields follow the content
	LengthUnknown               // a sender's choice: the length is not known yet
)

// framingRules says for each FramingRule the number of the rule in RFC 9112,
// Section 6.3, where it is one, and the rule in words.
var framingRules = [...]struct {
	number   int
	sentence string
}{
	NoContentStatus: {1, "the status code has no body"},
	AnswerToHEAD:    {1, "an answer to HEAD has no body"},
	Tunnel:          {2, "CONNECT has succeeded"},
	CodingIsChunked: {4, "Transfer-Encoding is chunked"},
	CodingNotFinal:  {4, "Transfer-Encoding does not end in chunked"},
	LengthGiven:     {6, "Content-Length gives the length"},
	NothingGiven:    {7, "neither Transfer-Encoding nor Content-Length"},
	UntilClose:      {8, "neither Transfer-Encoding nor Content-Length"},
	NoContentIn205:  {0, "205 has no content"},
	LengthDeclared:  {0, "the handler declared the length"},
	WholeInBuffer:   {0, "the whole content was in the buffer"},
	NoChunkedIn10:   {0, "HTTP/1.0 knows no chunked transfer coding"},
	TrailersFollow:  {0, "trailer fields follow the content"},
	LengthUnknown:   {0, "the length is not known yet"},
}

// Number returns the number of the rule in RFC 9112, Section 6.3, or 0 where the
// section has none for it: then the framing was the choice of its sender.
func (r FramingRule) Number() int { return framingRules[r].number }

// String returns the rule in words, without its number.
func (r FramingRule) String() string { return framingRules[r].sentence }

// NoContent reports whether the answer to a request with the method never has
// content, so that its sender has none to send: one to HEAD, one with a status
// code that has none, and one that makes a connection a tunnel. A response with
// 205 has a body of length 0, which its fields have to say; all others end with
// their head.
//
// RFC 9110, Sections 6.4.1, 9.3.2, 9.3.6 and 15.3.6.
func NoContent(method string, status int) bool {
	return status == 205 || EndsWithHead(method, status)
}

// EndsWithHead reports whether the answer to a request with the method ends with
// its head, whatever its fields say. Unlike NoContent it does not hold for 205: a
// response with that code is framed like any other, and a sender may be wrong.
//
// RFC 9112, Section 6.3, rules 1 and 2.
func EndsWithHead(method string, status int) bool {
	return noBodyRule(method, status) != Undecided
}

// noBodyRule returns which of the first two rules of RFC 9112, Section 6.3 says
// that an answer ends with its head, or Undecided. A status code below 100 is
// none of RFC 9110, Section 15, and is taken for one like 500.
func noBodyRule(method string, status int) FramingRule {
	switch {
	case method == "HEAD":
		return AnswerToHEAD
	case status/100 == 1 || status == 204 || status == 304:
		return NoContentStatus
	case method == "CONNECT" && status/100 == 2:
		return Tunnel
	}
	return Undecided
}

// The rules that the functions below return, and the status codes they are answered
// with, are in catalog.go.

// requestFraming decides how long the body of a request is. It is the only place
// that looks at Transfer-Encoding and Content-Length of a request, so that no two
// places can disagree. Stricter than the RFC: a request with both is refused, and
// so is a repeated Content-Length with equal values.
//
// RFC 9112, Section 6.3, as an ordered decision.
func (s *section) requestFraming(message []byte, minor int) (Framing, *Error) {
	coded, counted := s.has(fieldTransferEncoding), s.has(fieldContentLength)
	switch {
	case coded && minor == 0:
		return Framing{}, TransferEncodingIn10.At(int(s.firstLine(fieldTransferEncoding).Name))
	case coded && counted:
		later := max(s.firstLine(fieldTransferEncoding).Name, s.firstLine(fieldContentLength).Name)
		return Framing{}, BothLengths.At(int(later))
	case coded:
		return Framing{Kind: Chunked, Rule: CodingIsChunked}, s.transferCodings(message)
	case counted && s.repeats(fieldContentLength):
		return Framing{}, RepeatedLength.At(int(s.secondLine(fieldContentLength, message).Name))
	case counted:
		line := s.firstLine(fieldContentLength)
		n, err := ParseLength(message[line.Value:line.End], int(line.Value))
		return Framing{Kind: ContentLength, Length: n, Rule: LengthGiven}, err
	}
	return Framing{Kind: NoBody, Rule: NothingGiven}, nil
}

// responseFraming decides how long the body of a response is that answers a
// request with the method. It is the only place that decides by Transfer-Encoding
// and Content-Length of a response. Stricter than the RFC: a bad Content-Length is
// refused even where another rule decides.
//
// RFC 9112, Section 6.3, as an ordered decision.
func (s *section) responseFraming(message []byte, method string, status int) (Framing, *Error) {
	length, err := s.repeatableLength(message)
	rule := noBodyRule(method, status)
	switch {
	case err != nil:
		return Framing{}, err
	case rule != Undecided:
		return Framing{Kind: NoBody, Rule: rule}, nil
	case s.chunkedIsFinal(message):
		return Framing{Kind: Chunked, Rule: CodingIsChunked}, nil
	case s.has(fieldTransferEncoding):
		return Framing{Kind: CloseDelimited, Rule: CodingNotFinal}, nil
	case s.has(fieldContentLength):
		return Framing{Kind: ContentLength, Length: length, Rule: LengthGiven}, nil
	}
	return Framing{Kind: CloseDelimited, Rule: UntilClose}, nil
}

// repeatableLength returns the length that all members of Content-Length give, over
// all its lines, 0 if there are none. Equal ones are accepted: servers and caches
// that join messages send them, on several lines or as a list. Empty members are
// ignored, but a line must give a length. RFC 9112, Section 6.3, rule 5.
func (s *section) repeatableLength(message []byte) (length int64, err *Error) {
	first := true
	for line := range s.all(fieldContentLength, message) {
		empty := true
		for start, end := range members(message, line) {
			if start == end {
				continue
			}
			n, err := ParseLength(message[start:end], start)
			switch {
			case err != nil:
				return 0, err
			case !first && n != length:
				return 0, RepeatedLength.At(start)
			}
			length, first, empty = n, false, false
		}
		if empty {
			return 0, BadLength.At(int(line.Value))
		}
	}
	return length, nil
}

// chunkedIsFinal reports whether chunked is the last of the transfer codings, over
// all field lines of Transfer-Encoding. Empty members are ignored (RFC 9110,
// Section 5.6.1.2).
func (s *section) chunkedIsFinal(message []byte) (final bool) {
	for line := range s.all(fieldTransferEncoding, message) {
		for start, end := range members(message, line) {
			if start < end {
				final = EqualFold(message[start:end], "chunked")
			}
		}
	}
	return final
}

// ParseLength parses the value of Content-Length.
//
//	Content-Length = 1*DIGIT
//
// RFC 9110, Section 8.6.
func ParseLength(value []byte, at int) (int64, *Error) {
	var length int64
	for i, octet := range value {
		switch {
		case octet == ',':
			return 0, RepeatedLength.At(at + i)
		case !is(octet, digit):
			return 0, BadLength.At(at + i)
		case length > (math.MaxInt64-int64(octet-'0'))/10:
			return 0, LengthOverflow.At(at + i)
		}
		length = length*10 + int64(octet-'0')
	}
	if len(value) == 0 {
		return 0, BadLength.At(at)
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
func (s *section) transferCodings(message []byte) *Error {
	var codings codingList
	for line := range s.all(fieldTransferEncoding, message) {
		for start, end := range members(message, line) {
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
	switch chunked := EqualFold(message[start:name], "chunked"); {
	case name == start:
		return BadTransferEncoding.At(start)
	case name < end && (chunked || !beginsParameters(message[name:end])):
		return BadTransferEncoding.At(name) // chunked has no parameters: RFC 9112, Section 7.1
	case chunked && l.chunked:
		return ChunkedTwice.At(start)
	case !chunked && l.chunked:
		return ChunkedNotFinal.At(start)
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
		return ChunkedNotFinal.At(l.unknown - 1)
	case l.unknown > 0:
		return UnknownCoding.At(l.unknown - 1)
	}
	return nil
}

// beginsParameters reports whether b begins with a semicolon, after white space.
func beginsParameters(b []byte) bool {
	n := run(b, space)
	return n < len(b) && b[n] == ';'
}
