package httpwire

import (
	"errors"

	"rawserve/httpwire/syntax"
)

// ErrInterim is the error for a status code that is not an interim one that a
// handler may send.
var ErrInterim = errors.New("httpwire: an interim response has a status code from 102 to 199")

// Informational sends an interim response, such as 103 (Early Hints), at once,
// with fields given as name, value, name, value. It does nothing for HTTP/1.0,
// which does not know them. 100 is sent by Request.Continue, 101 by Upgrade.
// RFC 9110, Section 15.2.
func (handle *Response) Informational(status int, nameValues ...string) error {
	if !handle.use.enter() {
		return ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	switch {
	case w == nil:
		return ErrDone
	case w.state != headOpen:
		return ErrHeadSent
	case status < 102 || status > 199:
		return ErrInterim
	case w.exchange.minor == 0:
		return nil
	}
	if err := checkInterim(nameValues); err != nil {
		return err
	}
	c := w.exchange.conn
	c.out = appendInterim(c.out, status, nameValues)
	return c.flush()
}

// checkInterim reports whether the fields can be sent in an interim response.
func checkInterim(nameValues []string) error {
	for i := 0; i+1 < len(nameValues); i += 2 {
		if err := syntax.CheckField(nameValues[i], nameValues[i+1]); err != nil {
			return about(err, nameValues[i])
		}
		if special(nameValues[i]) {
			return about(ErrServerField, nameValues[i])
		}
	}
	return nil
}

// appendInterim appends a whole interim response. It has no body, so none of the
// fields that frame one. RFC 9110, Section 8.6.
func appendInterim(b []byte, status int, nameValues []string) []byte {
	b = syntax.AppendStatusLine(b, status, "")
	for i := 0; i+1 < len(nameValues); i += 2 {
		b = syntax.AppendField(b, nameValues[i], nameValues[i+1])
	}
	return append(b, "\r\n"...)
}
