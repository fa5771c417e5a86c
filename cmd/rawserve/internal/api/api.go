// Package api offers the messages of a store over HTTP, as JSON.
//
//	GET    /messages?after=0&limit=100   a page of messages, with a link to the next one
//	POST   /messages                     {"text":"hi"} becomes a message of its own
//	GET    /messages/:id                 one message
//	PUT    /messages/:id                 {"text":"hello"} takes its place
//	PATCH  /messages/:id                 the members sent take the place of the old ones
//	DELETE /messages/:id                 removes it
//
// A message answers with an entity tag that names its revision, and every change
// of one heeds If-Match and If-None-Match: condition and change are one step, so
// of two clients that edit the same revision one is told. Whatever is refused is
// refused with a [httpwire.Problem] that names the field and the octet.
package api

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
)

// collection is the path under which the messages live.
const collection = "/messages"

// unhurried is the context of all calls to the store. That of the request would
// end with a client that closes its sending half behind the request, and still
// waits for the answer; and whether a change is made should not depend on who is
// left to hear of it. A store that takes long has to set its own limit.
var unhurried = context.Background()

// api answers requests from a store.
type api struct {
	store messages.Store
}

// Register adds the routes of the messages of a store to r.
func Register(r *router.Router, store messages.Store) {
	a := &api{store}
	r.Get(collection, answering(a.list))
	r.Post(collection, answering(a.create))
	r.Get(collection+"/:id", answering(a.get))
	r.Put(collection+"/:id", answering(a.put))
	r.Patch(collection+"/:id", answering(a.patch))
	r.Delete(collection+"/:id", answering(a.delete))
}

// list answers with one page of messages.
func (a *api) list(w *httpwire.Response, r *httpwire.Request) error {
	p, err := readPage(r)
	if err != nil {
		return err
	}
	found, err := a.store.List(unhurried, p.after, p.limit+1)
	if err != nil {
		return err
	}
	fitting := p.fit(found)
	more := len(fitting) < len(found)
	etag := pageTag(fitting, more)
	if more {
		return sendCurrent(w, r, etag, pageView(fitting), "Link", p.next(fitting))
	}
	return sendCurrent(w, r, etag, pageView(fitting))
}

// create makes a message of the text sent.
func (a *api) create(w *httpwire.Response, r *httpwire.Request) error {
	if err := wantJSON(r); err != nil {
		return err
	}
	if err := precondition(r, collectionTag); err != nil {
		return err
	}
	d, _, err := readDraft(r, "text")
	if err != nil {
		return err
	}
	text, err := d.wholeText()
	if err != nil {
		return err
	}
	m, err := a.store.Create(unhurried, text)
	if err != nil {
		return err
	}
	location := collection + "/" + strconv.FormatInt(m.ID, 10)
	return send(w, 201, view(m), "Location", location, "ETag", tag(m))
}

// get answers with one message.
func (a *api) get(w *httpwire.Response, r *httpwire.Request) error {
	m, err := a.find(r)
	if err != nil {
		return err
	}
	return sendCurrent(w, r, tag(m), view(m))
}

// put replaces a message by the one sent. A part of one must not be taken for
// the whole. RFC 9110, Section 14.5.
func (a *api) put(w *httpwire.Response, r *httpwire.Request) error {
	m, err := a.changeable(r)
	if err != nil {
		return err
	}
	if r.Header.Has("Content-Range") {
		return httpwire.Fail(400, "Content-Range in a PUT: a message is replaced whole; send it without the field")
	}
	d, received, err := readDraft(r, "id", "text")
	if err != nil {
		return err
	}
	text, err := d.wholeText()
	if err != nil {
		return err
	}
	if err := d.checkID(m.ID); err != nil {
		return err
	}
	m, err = a.replace(r, m, text)
	if err != nil {
		return err
	}
	return sendPut(w, m, received)
}

// sendPut answers a PUT with the message as it is now. A tag in such an answer
// promises that the resource now has exactly the octets that were sent, which
// is so only if the client wrote them as the server does. RFC 9110, Section 9.3.4.
func sendPut(w *httpwire.Response, m messages.Message, received []byte) error {
	sent, err := encode(view(m))
	if err != nil {
		return err
	}
	if bytes.Equal(sent, received) {
		return sendEncoded(w, 200, sent, "ETag", tag(m))
	}
	return sendEncoded(w, 200, sent)
}

// patch changes the members sent. A patch without any changes nothing.
func (a *api) patch(w *httpwire.Response, r *httpwire.Request) error {
	m, err := a.changeable(r)
	if err != nil {
		return err
	}
	d, _, err := readDraft(r, "id", "text")
	if err != nil {
		return err
	}
	if err := d.checkID(m.ID); err != nil {
		return err
	}
	if d.text != nil {
		if m, err = a.replace(r, m, *d.text); err != nil {
			return err
		}
	}
	return send(w, 200, view(m), "ETag", tag(m))
}

// delete removes a message.
func (a *api) delete(w *httpwire.Response, r *httpwire.Request) error {
	m, err := a.find(r)
	if err != nil {
		return err
	}
	if err := a.remove(r, m); err != nil {
		return err
	}
	return w.SetStatus(204)
}

// find returns the message that the path names.
func (a *api) find(r *httpwire.Request) (messages.Message, error) {
	id, err := messageID(r)
	if err != nil {
		return messages.Message{}, err
	}
	m, err := a.store.Get(unhurried, id)
	if err != nil {
		return messages.Message{}, fmt.Errorf("message %d: %w", id, err)
	}
	return m, nil
}

// changeable returns the message that the path names, if the request may bring
// a change to it: what is refused here is refused before the body is read.
func (a *api) changeable(r *httpwire.Request) (messages.Message, error) {
	m, err := a.find(r)
	if err != nil {
		return m, err
	}
	if err := wantJSON(r); err != nil {
		return m, err
	}
	return m, precondition(r, tag(m))
}
