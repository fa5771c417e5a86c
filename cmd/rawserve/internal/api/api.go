// Package api offers the messages of a store over HTTP, as JSON.
//
//	GET    /messages?after=0&limit=100   a page of messages, with a link to the next one
//	GET    /messages                     all of them, if it accepts application/x-ndjson: one a line
//	POST   /messages                     {"text":"hi"} makes a new message
//	GET    /messages/:id                 one message
//	PUT    /messages/:id                 {"text":"hello"} replaces it
//	PATCH  /messages/:id                 the members sent replace the old ones
//	DELETE /messages/:id                 removes it
//	POST   /messages/import              makes a message of each line of NDJSON
//	GET    /messages/events              every change as it happens (Server-Sent Events)
//	GET    /messages/live                the same as a WebSocket, which takes new messages; see RegisterLive
//
// The entity tag of a message names its revision, and every change depends on
// If-Match and If-None-Match. Condition and change are one step: of two clients
// that edit the same revision with If-Match, the second gets a 412. Every refusal
// is a [httpwire.Problem]; one that is about the body names the member and the
// octet.
//
// # The feed
//
// The events of the feed are created, replaced and deleted; their data is the
// message as JSON, of a deleted one its id. The id of an event is its place in the
// one order of all changes. A client that names a place, in Last-Event-ID or else in
// the query parameter since, gets the changes after it; one that names none gets
// those after now. With since=0 it gets everything there is: first the messages, as
// if they were created now, which have no ids, and then the changes after the moment
// when it asked. A client that is cut off in between has to begin again; one that is
// cut off later misses nothing, and gets nothing twice.
//
// A message that was changed while the first part was sent comes with its change
// only. So take replaced for a message you do not know as created, and ignore
// deleted for it.
//
// The event gap says that changes are missing, because the client was away for too
// long or the store forgot them when the server was started again: list the messages
// again. The feed goes on after the place that gap has for its id, so ask for the
// list after you have got it, and then apply what follows.
//
// # Files
//
//	api.go         the routes: what each one does with the store
//	id.go          what an id in a path is
//	condition.go   changes that depend on If-Match and If-None-Match
//	page.go        the list, a page at a time
//	stream.go      all messages, one a line
//	import.go      messages made of lines, answered while more arrive
//	batch.go       lines that are stored together
//	lines.go       the lines of a body as it arrives
//	draft.go       what a client sends: a message, or a part of one
//	json.go        which JSON is refused, and where
//	answer.go      what a client gets: a message, or a problem
//	encode.go      a message as JSON, a piece at a time
//	feed.go        what one subscriber is told next, and where it goes on
//	events.go      a feed as Server-Sent Events
//	live.go        a feed as a WebSocket, on which clients make messages
//	followers.go   how many follow the feed, and how it ends
//	portion.go     how much is taken from the store at a time
package api

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
)

// collection is the path under which the messages live.
const collection = "/messages"

// background is the context of all calls to the store. The context of the request
// ends when the client closes its sending half, although such a client may still
// wait for the answer; and whether a change is made must not depend on a client
// that hangs up. A store that takes long has to set a time limit of its own.
var background = context.Background()

// api answers requests from a store.
type api struct {
	store     messages.Store
	followers *Followers
	imports   atomic.Int32 // in progress
}

// Register adds the routes of the messages of a store to r. Those who follow the
// feed are among the followers, which are told when the server shuts down.
func Register(r *router.Router, store messages.Store, followers *Followers) {
	a := &api{store: store, followers: followers}
	r.Get(collection, answering(a.list))
	r.Post(collection, answering(a.create))
	r.Get(collection+"/events", answering(a.events))
	r.Post(collection+"/import", answering(a.importLines))
	r.Get(collection+"/:id", answering(a.get))
	r.Put(collection+"/:id", answering(a.put))
	r.Patch(collection+"/:id", answering(a.patch))
	r.Delete(collection+"/:id", answering(a.delete))
}

// listPage answers with one page of messages.
func (a *api) listPage(w *httpwire.Response, r *httpwire.Request) error {
	p, err := readPage(r)
	if err != nil {
		return err
	}
	e, err := a.measure(p)
	if err != nil {
		return err
	}
	fields := []string{"ETag", e.etag, "Vary", "Accept"}
	if e.more {
		fields = append(fields, "Link", p.next(e.last))
	}
	if done, err := answered(w, r, e.etag, fields...); done {
		return err
	}
	if err := writeHead(w, 200, fields...); err != nil {
		return err
	}
	return a.writePage(w, p.after, e.last)
}

// create makes a message from the text sent.
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
	m, err := a.store.Create(background, text)
	if err != nil {
		return err
	}
	location := collection + "/" + strconv.FormatInt(m.ID, 10)
	return sendMessage(w, 201, m, "Location", location, "ETag", tag(m))
}

// get answers with one message.
func (a *api) get(w *httpwire.Response, r *httpwire.Request) error {
	m, err := a.find(r)
	if err != nil {
		return err
	}
	if done, err := answered(w, r, tag(m), "ETag", tag(m)); done {
		return err
	}
	return sendMessage(w, 200, m, "ETag", tag(m))
}

// put replaces a message by the one sent. A request with Content-Range is
// refused, since what it sends is only a part. RFC 9110, Section 14.5.
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

// sendPut answers a PUT with the message as it is now. An entity tag in such an
// answer says that the representation now has exactly the octets that were sent:
// so there is one only if the client wrote them as the server does.
// RFC 9110, Section 9.3.4.
func sendPut(w *httpwire.Response, m messages.Message, received []byte) error {
	var sent bytes.Buffer
	if err := writeMessage(&sent, m); err != nil {
		return err
	}
	if bytes.Equal(sent.Bytes(), received) {
		return sendMessage(w, 200, m, "ETag", tag(m))
	}
	return sendMessage(w, 200, m)
}

// patch changes the members that are sent. If there are none, it changes nothing.
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
	return sendMessage(w, 200, m, "ETag", tag(m))
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
	m, err := a.store.Get(background, id)
	if err != nil {
		return messages.Message{}, fmt.Errorf("message %d: %w", id, err)
	}
	return m, nil
}

// changeable returns the message that the path names, if the request may change
// it. What is refused here is refused before the body is read.
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
