package api

import (
	"io"
	"mime"
	"strconv"

	"rawserve/httpwire"
)

// maxBody is the length of the longest body that is read, in octets. It leaves
// room for the longest text with every character escaped. It holds even if the
// server sets no limit, since bodies are read into memory as a whole.
const maxBody = 1 << 20

// draft is what a client sends of a message. What it does not send is nil.
type draft struct {
	id   *string // as written
	text *string
	ref  *string // see live.go
}

// wantJSON returns an error unless the body is declared to be JSON. Parameters of
// the media type are ignored, since JSON has none. RFC 8259, Section 11.
func wantJSON(r *httpwire.Request) error { return want(r, typeJSON) }

// want returns an error unless the body is declared to be of a media type, and not
// encoded.
func want(r *httpwire.Request, wanted string) error {
	if r.Header.Has("Content-Encoding") {
		p := httpwire.Fail(415, "the body must not be compressed or otherwise encoded")
		p.Fields = []string{"Accept-Encoding", "identity"}
		return p
	}
	types := r.Header.Values("Content-Type")
	if len(types) == 1 {
		if mediaType, _, err := mime.ParseMediaType(types[0]); err == nil && mediaType == wanted {
			return nil
		}
	}
	p := httpwire.Fail(415, "send JSON, with Content-Type: %s", wanted)
	p.Fields = []string{acceptField(r.Method), wanted}
	return p
}

// acceptField returns the name of the field that says which media types a method
// accepts: Accept-Patch is from RFC 5789, Section 2.2, Accept-Post from the Linked
// Data Platform, and Accept in an answer from RFC 9110, Section 12.5.1.
func acceptField(method string) string {
	switch method {
	case "PATCH":
		return "Accept-Patch"
	case "POST":
		return "Accept-Post"
	}
	return "Accept"
}

// readDraft reads the body as an object that has only known members. It also
// returns the octets received.
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
		case "ref":
			ref, err := m.text()
			if err != nil {
				return d, err
			}
			d.ref = &ref
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

// checkID returns an error if the draft has the id of another message. A client
// may send the id, so that it can edit what it got and send that back.
func (d draft) checkID(id int64) error {
	if d.id == nil || *d.id == strconv.FormatInt(id, 10) {
		return nil
	}
	p := httpwire.Fail(409, "the id of a message cannot change: it is %d", id)
	p.Extra = map[string]any{"field": "id"}
	return p
}
