package frame

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// Code says why a connection is closed. RFC 6455, Section 7.4.
type Code uint16

// Codes that close frames carry.
const (
	Normal          Code = 1000 // the purpose of the connection is fulfilled
	GoingAway       Code = 1001 // the server stops, or the page is left
	ProtocolError   Code = 1002
	UnsupportedData Code = 1003 // a kind of message that cannot be accepted
	InvalidPayload  Code = 1007 // text that is not UTF-8
	PolicyViolation Code = 1008
	MessageTooBig   Code = 1009
	NeedsExtension  Code = 1010 // the client wants an extension that was not agreed on
	InternalError   Code = 1011
	ServiceRestart  Code = 1012
	TryAgainLater   Code = 1013
	BadGateway      Code = 1014
)

// Codes that stand for something else than a code received: never on the wire.
const (
	NoCode   Code = 1005 // the close frame had none
	Abnormal Code = 1006 // there was no close frame
)

// MaxReason is how many octets of reason a close frame has room for.
const MaxReason = MaxControl - 2

// MayBeSent reports whether a close frame may carry the code. Those from 3000 are
// for libraries and applications; the ones below that nobody has defined are
// reserved. RFC 6455, Section 7.4.2.
func (c Code) MayBeSent() bool {
	switch {
	case c >= Normal && c <= UnsupportedData, c >= InvalidPayload && c <= BadGateway:
		return true
	}
	return c >= 3000 && c <= 4999
}

// String returns the code in digits.
func (c Code) String() string { return strconv.Itoa(int(c)) }

// ParseClose parses the payload of a close frame. Without octets the code is NoCode.
// The reason aliases payload. The offset of an error counts from its beginning.
// RFC 6455, Section 5.5.1.
func ParseClose(payload []byte) (code Code, reason []byte, err *Error) {
	switch len(payload) {
	case 0:
		return NoCode, nil, nil
	case 1:
		return 0, nil, CloseOfOneOctet.At(0)
	}
	code, reason = Code(binary.BigEndian.Uint16(payload)), payload[2:]
	if !code.MayBeSent() {
		return 0, nil, BadCloseCode.At(wrongOctet(code))
	}
	var text TextCheck
	if wrong := text.Write(reason); wrong >= 0 {
		return 0, nil, BadCloseReason.At(2 + wrong)
	}
	if !text.IsWhole() {
		return 0, nil, BadCloseReason.At(len(payload))
	}
	return code, reason, nil
}

// wrongOctet returns which octet of a code that must not be sent is wrong: the
// second one, unless no code begins with the first.
func wrongOctet(code Code) int {
	first := code &^ 0xff
	for second := range Code(0x100) {
		if (first | second).MayBeSent() {
			return 1
		}
	}
	return 0
}

// CutReason returns what a close frame has room for of a reason, cut between
// characters. Octets that are not UTF-8 end it.
func CutReason(reason string) string {
	end := 0
	for end < len(reason) {
		r, size := utf8.DecodeRuneInString(reason[end:])
		if r == utf8.RuneError && size <= 1 || end+size > MaxReason {
			break
		}
		end += size
	}
	return reason[:end]
}
