package httpwire

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"rawserve/httpwire/syntax"
)

// Errors of response fields. Those about one field are wrapped with its name.
var (
	ErrServerField  = errors.New("httpwire: the server sets this field itself")
	ErrTrailerField = errors.New("httpwire: this field cannot be sent in a trailer section")
	ErrStatus       = errors.New("httpwire: a status code has three digits and begins with 2 to 5")
	ErrHeadSent     = errors.New("httpwire: the head of the response has been sent")
	ErrDone         = errors.New("httpwire: the exchange is over")
)

// ResponseHeader is the fields of a response, in the order in which they are
// sent. A field that could not be sent as it is given is refused with an error
// and left out: there is no way to end a line from inside a value.
//
// The server itself adds Date, Connection, Transfer-Encoding and Trailer, and
// Content-Length where the length is known. Content-Length and Date may be set;
// of Connection, only "close".
type ResponseHeader struct{ fields *fieldLines }

// fieldLines is what a ResponseHeader leads to while the exchange lasts.
type fieldLines struct {
	exchange *exchange
	lines    []byte // encoded field lines
	length   int64  // Content-Length, -1 if not declared
	close    bool   // Connection: close
	dated    bool   // Date is among the lines
	offers   bool   // Upgrade was set: other protocols are offered
	trailer  bool   // these are trailer fields
}

// Set stores a field, in the place of the first one with the name if there is
// one, and removes the others. It fails with ErrFieldName, ErrFieldValue,
// ErrServerField or ErrTrailerField, and with ErrHeadSent when it is too late.
func (handle *ResponseHeader) Set(name, value string) error {
	h := handle.fields
	if err := h.check(name, value); err != nil {
		return err
	}
	if special(name) {
		return h.setSpecial(name, value)
	}
	h.offers = h.offers || syntax.EqualFold(name, "upgrade")
	start, end := h.find(name)
	if start < 0 {
		h.lines = syntax.AppendField(h.lines, name, value)
		return nil
	}
	line := syntax.AppendField(nil, name, value)
	h.lines = slices.Replace(h.lines, start, end, line...)
	for from := start + len(line); ; {
		start, end := h.findFrom(name, from)
		if start < 0 {
			return nil
		}
		h.lines = slices.Delete(h.lines, start, end)
	}
}

// Add stores a further field line with the name. It fails as Set does.
func (handle *ResponseHeader) Add(name, value string) error {
	h := handle.fields
	if err := h.check(name, value); err != nil {
		return err
	}
	if special(name) {
		return h.setSpecial(name, value)
	}
	h.offers = h.offers || syntax.EqualFold(name, "upgrade")
	h.lines = syntax.AppendField(h.lines, name, value)
	return nil
}

// Get returns the value of the first field with the name, or "".
func (handle *ResponseHeader) Get(name string) string {
	h := handle.fields
	if h == nil {
		return ""
	}
	if h.length >= 0 && syntax.EqualFold(name, "content-length") {
		return strconv.FormatInt(h.length, 10)
	}
	if h.close && syntax.EqualFold(name, "connection") {
		return "close"
	}
	start, end := h.find(name)
	if start < 0 {
		return ""
	}
	return string(h.lines[start+len(name)+len(": ") : end-len("\r\n")])
}

// Has reports whether there is a field with the name.
func (handle *ResponseHeader) Has(name string) bool {
	h := handle.fields
	if h == nil {
		return false
	}
	if syntax.EqualFold(name, "content-length") {
		return h.length >= 0
	}
	start, _ := h.find(name)
	return start >= 0 || h.close && syntax.EqualFold(name, "connection")
}

// Del removes all fields with the name, as long as they have not been sent.
func (handle *ResponseHeader) Del(name string) {
	if h := handle.fields; h != nil {
		h.remove(name)
	}
}

// remove is Del.
func (h *fieldLines) remove(name string) {
	switch {
	case syntax.EqualFold(name, "content-length"):
		h.length = -1
	case syntax.EqualFold(name, "connection"):
		h.close = false
	case syntax.EqualFold(name, "date"):
		h.dated = false
	}
	for {
		start, end := h.find(name)
		if start < 0 {
			return
		}
		h.lines = slices.Delete(h.lines, start, end)
	}
}

// All yields the name and value of every field set so far, but for those that
// the server adds.
func (handle *ResponseHeader) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		h := handle.fields
		if h == nil {
			return
		}
		for line := range bytes.SplitAfterSeq(slices.Clone(h.lines), []byte("\r\n")) {
			name, value, found := strings.Cut(strings.TrimSuffix(string(line), "\r\n"), ": ")
			if found && !yield(name, value) {
				return
			}
		}
		if h.length >= 0 {
			yield("Content-Length", strconv.FormatInt(h.length, 10))
		}
	}
}

// check reports whether a field can be stored now.
func (h *fieldLines) check(name, value string) error {
	switch {
	case h == nil:
		return ErrDone
	case h.trailer && h.exchange.response.state == responseEnded:
		return ErrHeadSent
	case h.trailer && syntax.ForbiddenInTrailer(name):
		return about(ErrTrailerField, name)
	case !h.trailer && h.exchange.response.state != headOpen:
		return ErrHeadSent
	}
	if err := syntax.CheckField(name, value); err != nil {
		return about(err, name)
	}
	return nil
}

// special reports whether the server needs to know about a field. The length of
// the name answers for nearly all of them.
func special(name string) bool {
	switch len(name) {
	case len("date"):
		return syntax.EqualFold(name, "date")
	case len("trailer"):
		return syntax.EqualFold(name, "trailer")
	case len("connection"):
		return syntax.EqualFold(name, "connection")
	case len("content-length"):
		return syntax.EqualFold(name, "content-length")
	case len("transfer-encoding"):
		return syntax.EqualFold(name, "transfer-encoding")
	}
	return false
}

// setSpecial stores a field that says how the response is framed or what
// becomes of the connection.
func (h *fieldLines) setSpecial(name, value string) error {
	switch {
	case syntax.EqualFold(name, "date"):
		h.remove(name)
		h.dated = true
		h.lines = syntax.AppendField(h.lines, name, value)
	case syntax.EqualFold(name, "content-length"):
		n, err := syntax.ParseLength([]byte(value), 0)
		if err != nil {
			return err
		}
		h.length = n
	case syntax.EqualFold(name, "connection") && syntax.EqualFold(value, "close"):
		h.close = true
	default:
		return about(ErrServerField, name)
	}
	return nil
}

// find returns where the first field line with the name stands, or -1.
func (h *fieldLines) find(name string) (start, end int) { return h.findFrom(name, 0) }

// findFrom is find for the field lines from an offset on.
func (h *fieldLines) findFrom(name string, start int) (_, end int) {
	if strings.IndexByte(name, ':') >= 0 {
		return -1, -1 // no name, though it could match into a value
	}
	for start < len(h.lines) {
		end = start + bytes.IndexByte(h.lines[start:], '\n') + 1
		if colon := start + len(name); colon < end && h.lines[colon] == ':' && syntax.EqualFold(h.lines[start:colon], name) {
			return start, end
		}
		start = end
	}
	return -1, -1
}

// appendNames appends the names of the fields, as the value of Trailer.
func (h *fieldLines) appendNames(b []byte) []byte {
	for i, line := range bytes.SplitAfter(h.lines, []byte("\r\n")) {
		name, _, found := bytes.Cut(line, []byte(":"))
		if !found {
			continue
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, name...)
	}
	return b
}

// about says which field an error is about. Its value may be secret.
func about(err error, name string) error { return fmt.Errorf("%w: field %q", err, name) }
