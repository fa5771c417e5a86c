package syntax

import (
	"errors"
	"strconv"
)

// Errors of what cannot be sent.
var (
	ErrFieldName  = errors.New("syntax: a field name must be a token")
	ErrFieldValue = errors.New("syntax: a field value must not hold control characters or begin or end with white space")
	ErrReason     = errors.New("syntax: a reason phrase must not hold control characters")
)

// The functions of this file are the only ones that write the head of a message.
// What they are given has been accepted by CheckField or CheckReason, so no value
// can end its line and begin another: response splitting is impossible by
// construction, not by escaping.

// CheckField reports whether a field can be sent: nil, ErrFieldName or
// ErrFieldValue. RFC 9110, Section 5.5.
func CheckField(name, value string) error {
	switch {
	case name == "" || !all(name, tchar):
		return ErrFieldName
	case !all(value, content) || value != "" && (is(value[0], space) || is(value[len(value)-1], space)):
		return ErrFieldValue
	}
	return nil
}

// CheckReason reports whether a reason phrase can be sent: nil or ErrReason.
//
//	reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
func CheckReason(reason string) error {
	if !all(reason, content) {
		return ErrReason
	}
	return nil
}

// AppendRequestLine appends a request-line. The method is a token, and the target
// holds neither white space nor control characters: the caller's own words, not
// what somebody sent.
//
//	request-line = method SP request-target SP HTTP-version
//
// RFC 9112, Section 3.
func AppendRequestLine(b []byte, method, target string) []byte {
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, target...)
	return append(b, " HTTP/1.1\r\n"...)
}

// AppendStatusLine appends a status-line. The space after the status code is
// sent even where there is no reason phrase. An empty reason means the usual one.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// The version is ours, not the client's. RFC 9112, Section 4.
func AppendStatusLine(b []byte, status int, reason string) []byte {
	if reason == "" && status == 200 {
		return append(b, "HTTP/1.1 200 OK\r\n"...) // as nearly always
	}
	if reason == "" {
		reason = StatusText(status)
	}
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, reason...)
	return append(b, "\r\n"...)
}

// AppendField appends a field line whose parts CheckField has accepted.
func AppendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// AppendLength appends a Content-Length field line.
func AppendLength(b []byte, length int64) []byte {
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, length, 10)
	return append(b, "\r\n"...)
}

// AppendEnd appends the empty line that ends a head.
func AppendEnd(b []byte) []byte { return append(b, "\r\n"...) }

// AppendChunk appends data, which is not empty, as a chunk.
//
//	chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//
// RFC 9112, Section 7.1.
func AppendChunk(b, data []byte) []byte {
	b = AppendChunkSize(b, len(data))
	b = append(b, data...)
	return AppendChunkEnd(b)
}

// AppendChunkSize appends the chunk-size line of a chunk of n octets, n > 0, for
// data that is written elsewhere. AppendChunkEnd must follow the data.
func AppendChunkSize(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n), 16)
	return append(b, "\r\n"...)
}

// AppendChunkEnd appends what follows the data of a chunk.
func AppendChunkEnd(b []byte) []byte { return append(b, "\r\n"...) }

// AppendLastChunk appends the end of a chunked body; trailer is the field lines of
// its trailer section, each made by AppendField.
//
//	last-chunk = 1*("0") [ chunk-ext ] CRLF
func AppendLastChunk(b, trailer []byte) []byte {
	b = append(b, "0\r\n"...)
	b = append(b, trailer...)
	return append(b, "\r\n"...)
}
