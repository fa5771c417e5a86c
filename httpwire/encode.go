package httpwire

import (
	"errors"
	"fmt"
	"strconv"
)

// Errors of fields, reason phrases and status codes that cannot be sent. Those
// about a field are wrapped with its name.
var (
	ErrFieldName  = errors.New("httpwire: a field name must be a token")
	ErrFieldValue = errors.New("httpwire: a field value must not hold control characters or begin or end with white space")
	ErrReason     = errors.New("httpwire: a reason phrase must not hold control characters")
	ErrStatus     = errors.New("httpwire: a status code has three digits and begins with 2 to 5")
)

// The functions below are the only ones that write the head of a message.
// Everything they are given has been checked by checkField or checkReason, so
// no value can end its line and begin another: response splitting is
// impossible by construction, not by escaping.

// checkField reports whether a field can be sent.
//
// RFC 9110, Section 5.5.
func checkField(name, value string) error {
	switch {
	case name == "" || !all(name, tchar):
		return about(ErrFieldName, name)
	case !all(value, content) || value != "" && (is(value[0], space) || is(value[len(value)-1], space)):
		return about(ErrFieldValue, name)
	}
	return nil
}

// about says which field an error is about. Its value may be secret.
func about(err error, name string) error { return fmt.Errorf("%w: field %q", err, name) }

// checkReason reports whether a reason phrase can be sent.
//
//	reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
func checkReason(reason string) error {
	if !all(reason, content) {
		return ErrReason
	}
	return nil
}

// appendStatusLine appends a status-line. The space behind the status code is
// sent even where there is no reason phrase.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// The version is ours, not the client's. RFC 9112, Section 4.
func appendStatusLine(b []byte, status int, reason string) []byte {
	if reason == "" && status == 200 {
		return append(b, "HTTP/1.1 200 OK\r\n"...)
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

// appendField appends a field line whose parts checkField has accepted.
func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// appendLength appends a Content-Length field line.
func appendLength(b []byte, length int64) []byte {
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, length, 10)
	return append(b, "\r\n"...)
}

// appendChunkSize appends the chunk-size line of a chunk of n octets, n > 0.
//
// RFC 9112, Section 7.1.
func appendChunkSize(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n), 16)
	return append(b, "\r\n"...)
}
