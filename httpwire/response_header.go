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
)

// ResponseHeader is the fields of a response that is being made, in the order in which they are
// sent. A field that could not be sent as it is given is refused with an error
// and left out: there is no way to end a line from inside a value.
//
// The server itself adds Date, Connection, Transfer-Encoding and Trailer, and
// Content-Length where the length is known, when it puts the head together. Content-Length and Date may be set;
// of Connection, only "close".
type ResponseHeader struct{ fields *fieldLines }

// fieldLines is what a ResponseHeader leads to while the exchange lasts.
type fieldLines struct {
	answer  *answer
	lines   []byte // encoded field lines
	length  int64  // Content-Length, -1 if not declared
	close   bool   // Connection: close
	dated   bool   // Date is among the lines
	offers  bool   // Upgrade was set: other protocols are offered
	trailer bool   // these are trailer fields
}

// reset empties the fields.
func (h *fieldLines) reset() {
	h.lines, h.length = recycle(h.lines), -1
	h.close, h.dated, h.offers = false, false, false
}

// Set stores a field, in the place of the first one with the name if there is
// one, and removes the others. It fails with syntax.ErrFieldName,
// syntax.ErrFieldValue, ErrServerField or ErrTrailerField, with ErrHeadSent when it
// is too late, and with ErrDone when the exchange is over.
func (h *ResponseHeader) Set(name, value string) error { return h.fields.set(name, value) }

// Add stores a further field line with the name. It fails as Set does.
func (h *ResponseHeader) Add(name, value string) error { return h.fields.add(name, value) }

// Get returns the value of the first field with the name, or "".
func (h *ResponseHeader) Get(name string) string {
	value, _ := h.fields.get(name)
	return value
}

// Has reports whether there is a field with the name.
func (h *ResponseHeader) Has(name string) bool {
	_, found := h.fields.get(name)
	return found
}

// Del removes all fields with the name, as long as they have not been sent.
func (h *ResponseHeader) Del(name string) {
	if h.fields != nil {
		h.fields.remove(name)
	}
}

// All yields the name and value of every field set so far, but for those that
// the server adds.
func (h *ResponseHeader) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		fields := h.fields
		if fields == nil {
			return
		}
		for line := range bytes.SplitAfterSeq(slices.Clone(fields.lines), []byte("\r\n")) {
			name, value, found := strings.Cut(strings.TrimSuffix(string(line), "\r\n"), ": ")
			if found && !yield(name, value) {
				return
			}
		}
		if fields.length >= 0 {
			yield("Content-Length", strconv.FormatInt(fields.length, 10))
		}
	}
}

// set is ResponseHeader.Set.
func (h *fieldLines) set(name, value string) error {
	special, err := h.prepare(name, value)
	if special || err != nil {
		return err
	}
	start, end := h.find(name)
	if start < 0 {
		h.lines = syntax.AppendField(h.lines, name, value)
		return nil
	}
	line := syntax.AppendField(nil, name, value)
	h.lines = slices.Replace(h.lines, start, end, line...)
	h.removeFrom(name, start+len(line))
	return nil
}

// add is ResponseHeader.Add.
func (h *fieldLines) add(name, value string) error {
	special, err := h.prepare(name, value)
	if !special && err == nil {
		h.lines = syntax.AppendField(h.lines, name, value)
	}
	return err
}

// prepare checks a field that is to be stored. If it is a special one, it has been
// stored, or refused.
func (h *fieldLines) prepare(name, value string) (isSpecial bool, err error) {
	if err := h.check(name, value); err != nil {
		return false, err
	}
	if special(name) {
		return true, h.setSpecial(name, value)
	}
	h.offers = h.offers || syntax.EqualFold(name, "upgrade")
	return false, nil
}

// get returns the value of the first field with the name.
func (h *fieldLines) get(name string) (value string, found bool) {
	switch {
	case h == nil:
		return "", false
	case h.length >= 0 && syntax.EqualFold(name, "content-length"):
		return strconv.FormatInt(h.length, 10), true
	case h.close && syntax.EqualFold(name, "connection"):
		return "close", true
	}
	start, end := h.find(name)
	if start < 0 {
		return "", false
	}
	return string(h.lines[start+len(name)+len(": ") : end-len("\r\n")]), true
}

// remove removes all fields with the name.
func (h *fieldLines) remove(name string) {
	switch {
	case syntax.EqualFold(name, "content-length"):
		h.length = -1
	case syntax.EqualFold(name, "connection"):
		h.close = false
	case syntax.EqualFold(name, "date"):
		h.dated = false
	}
	h.removeFrom(name, 0)
}

// removeFrom removes the field lines with the name from an offset on.
func (h *fieldLines) removeFrom(name string, offset int) {
	for {
		start, end := h.findFrom(name, offset)
		if start < 0 {
			return
		}
		h.lines = slices.Delete(h.lines, start, end)
	}
}

// check reports whether a field can be stored now.
func (h *fieldLines) check(name, value string) error {
	switch {
	case h == nil:
		return ErrDone
	case h.trailer && h.answer.state == answerEnded:
		return ErrHeadSent
	case h.trailer && syntax.ForbiddenInTrailer(name):
		return about(ErrTrailerField, name)
	case !h.trailer && h.answer.state != headOpen:
		return ErrHeadSent
	}
	return checkField(name, value)
}

// checkField reports whether a field can be sent; syntax.CheckField (encode.go)
// decides, and has no place for control characters.
func checkField(name, value string) error {
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

// names returns the names of the fields, as the value of Trailer.
func (h *fieldLines) names() string {
	var names []string
	for line := range bytes.Lines(h.lines) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		names = append(names, string(name))
	}
	return strings.Join(names, ", ")
}

// about says which field an error is about. Its value may be secret.
func about(err error, name string) error { return fmt.Errorf("%w: field %q", err, name) }
