package api

import (
	"io"
	"mime"
	"strconv"

	"rawserve/httpwire"
)

// maxBody is the length of the longest body read, in octets. It leaves room for
// the longest text with every character escaped, and it holds even if the
// server is told to set no limit: bodies are read into memory as a whole.
const maxBody = 1 << 20

// draft is what a client says about a message. What it does not say is nil.
type draft struct {
	id   *string // as written
	text *string
}

// wantJSON fails unless the body is declared to be JSON. Parameters are ignored:
// there are none that could change what JSON is. RFC 8259, Section 11.
func wantJSON(r *httpwire.Request) error {
	if r.Header.Has("Content-Encoding") {
		p := httpwire.Fail(415, "the body must not be compressed or otherwise encoded")
		p.Fields = []string{"Accept-Encoding", "identity"}
		return p
	}
	types := r.Header.Values("Content-Type")
	if len(types) == 1 {
		if mediaType, _, err := mime.ParseMediaType(types[0]); err == nil && mediaType == "application/json" {
			return nil
		}
	}
	p := httpwire.Fail(415, "send the message as JSON, with Content-Type: application/json")
	p.Fields = []string{acceptField(r.Method), "application/json"}
	return p
}

// acceptField names the field that says what a resource accepts with a method.
// RFC 5789, Section 2.2, defined the one for PATCH, the Linked Data Platform the
// one for POST, and RFC 9110, Section 12.5.1, lets an answer carry Accept.
func acceptField(method string) string {
	switch method {
	case "PATCH":
		return "Accept-Patch"
	case "POST":
		return "Accept-Post"
	}
	return "Accept"
}

// readDraft reads the body as an object with no members but the known ones. It
// also returns the octets received.
func readDraft(r *httpwire.Request, known ...string) (draft, []byte, error) {
	if limit := r.Body.Limit(); limit < 0 || limit > maxBody {
		r.Body.SetLimit(maxBody)
	}
	received, err := io.ReadAll(r.Body)
	if err != nil {
		return draft{}, nil, err
	}
	d, err := parseDraft(received, known...)
	return d, received, err
}

// parseDraft reads a draft from JSON.
func parseDraft(data []byte, known ...string) (draft, error) {
	var d draft
	found, err := members(data, known...)
	if err != nil {
		return d, err
	}
	for _, m := range found {
		switch m.name {
		case "id":
			id, err := m.number()
			if err != nil {
				return d, err
			}
			d.id = (*string)(&id)
		case "text":
			text, err := m.text()
			if err != nil {
				return d, err
			}
			d.text = &text
		}
	}
	return d, nil
}

// wholeText returns the text of a draft that must have one.
func (d draft) wholeText() (string, error) {
	if d.text == nil {
		return "", &jsonError{"the member text is missing", "text", -1}
	}
	return *d.text, nil
}

// checkID fails if the draft is one of another message. A client may send the
// number back, so that what it got can be edited and sent as it is.
func (d draft) checkID(id int64) error {
	if d.id == nil || *d.id == strconv.FormatInt(id, 10) {
		return nil
	}
	p := httpwire.Fail(409, "the number of a message does not change: this one has %d", id)
	p.Extra = map[string]any{"field": "id"}
	return p
}
