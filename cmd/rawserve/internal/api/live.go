package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/httpwire/websocket"
	"rawserve/httpwire/websocket/frame"
	"rawserve/router"
)

const (
	// maxFrame is how many octets a client may send at once: as for an import, the
	// longest text with every character escaped has room.
	maxFrame = maxLine

	// maxRef is the length of the longest ref, in octets.
	maxRef = 64
)

// RegisterLive adds GET /messages/live to r, a WebSocket on which a client is told
// every change and makes messages. The endpoint is the caller's, who shuts it down.
//
// Each change arrives as a text: {"event":"created","at":"17-5","message":{…}}, with the
// same events and places as those of /messages/events, and the same query since. When
// all that happened before the connection has been told, {"event":"at","at":"17-5"} says
// so.
// {"text":"hi"} makes a message. It is answered with {"event":"accepted","message":{…}},
// or with {"event":"refused","problem":{…}}, whose problem is the one that a POST would
// get; both have the ref that was sent with the text, if there was one.
func RegisterLive(r *router.Router, store messages.Store, e *websocket.Endpoint) {
	e.MaxMessage = maxFrame
	r.Get(collection+"/live", answering(func(w *httpwire.Response, r *httpwire.Request) error {
		f, err := newFeed(store, r)
		if err != nil {
			return err
		}
		if e.Len() >= maxFollowers {
			return unavailable("too many clients follow the feed already", nil)
		}
		return e.Serve(w, r, func(c *websocket.Conn) {
			l := &liveClient{store: store, feed: f, conn: c}
			l.serve()
		})
	}))
}

// liveClient is a client that is told changes and makes messages.
type liveClient struct {
	store messages.Store
	feed  *feed
	conn  *websocket.Conn

	resumes bool           // not all has been told that happened
	before  messages.Place // up to here
}

// serve tells changes and takes messages, until the connection ends.
func (l *liveClient) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan any, 1) // the value of a panic, or nil
	go func() {
		defer func() {
			value := recover()
			if value != nil {
				l.conn.Close(frame.InternalError, "")
			}
			told <- value
		}()
		l.tell(ctx)
	}()
	l.listen(ctx)
	cancel()
	if value := <-told; value != nil {
		panic(value) // here it ends this connection, there it would end the process
	}
}

// tell sends what the feed tells. A client that does not read is cut off by the write
// timeout; nobody waits for it meanwhile.
func (l *liveClient) tell(ctx context.Context) {
	err := l.resume(ctx)
	for err == nil && ctx.Err() == nil {
		err = l.step(ctx)
	}
	if err != nil && ctx.Err() == nil {
		l.conn.Close(frame.InternalError, "the messages cannot be read")
	}
}

// resume finds out what has happened before the connection. The feed itself tells where
// it begins, except to those who say where they were.
func (l *liveClient) resume(ctx context.Context) (err error) {
	if !l.feed.waits() {
		return nil
	}
	for {
		l.before, err = l.store.Latest(ctx)
		if !errors.Is(err, messages.ErrUnavailable) {
			break
		}
		pause(ctx, storePause)
	}
	l.resumes = true
	if err != nil || l.feed.at != l.before {
		return err
	}
	return l.tellPlace(ctx, l.before)
}

// step sends what comes next.
func (l *liveClient) step(ctx context.Context) error {
	events, err := l.feed.next(ctx)
	if errors.Is(err, messages.ErrUnavailable) {
		pause(ctx, storePause)
		return nil
	}
	for _, event := range events {
		if err := l.send(ctx, func(e *encoder) { e.liveEvent(event) }); err != nil {
			return err
		}
		if event.placed && event.at.Compare(l.before) >= 0 {
			if err := l.tellPlace(ctx, event.at); err != nil {
				return err
			}
		}
	}
	return err
}

// tellPlace says, once, that all has been told that happened before the connection.
func (l *liveClient) tellPlace(ctx context.Context, at messages.Place) error {
	if !l.resumes {
		return nil
	}
	l.resumes = false
	return l.send(ctx, func(e *encoder) { e.liveEvent(event{at: at, placed: true}) })
}

// listen makes a message of each text that arrives.
func (l *liveClient) listen(ctx context.Context) {
	for {
		kind, received, err := l.conn.Read(ctx)
		switch {
		case err != nil:
			return
		case kind != websocket.Text:
			l.conn.Close(frame.UnsupportedData, `send JSON as text, such as {"text":"hi"}`)
			return
		}
		ref, m, err := l.create(received)
		if err == nil {
			err = l.send(ctx, func(e *encoder) { e.accepted(ref, m) })
		} else {
			err = l.send(ctx, func(e *encoder) { e.refused(ref, problem(err)) })
		}
		if err != nil {
			return
		}
	}
}

// create makes a message of the JSON received.
func (l *liveClient) create(received []byte) (ref *string, m messages.Message, err error) {
	d, err := parseDraft(received, "text", "ref")
	if err != nil {
		return nil, m, err
	}
	if d.ref != nil && len(*d.ref) > maxRef {
		return nil, m, &jsonError{"the member ref is too long", "ref", -1}
	}
	text, err := d.wholeText()
	if err != nil {
		return d.ref, m, err
	}
	m, err = l.store.Create(background, text)
	return d.ref, m, err
}

// send sends one text, which write writes.
func (l *liveClient) send(ctx context.Context, write func(e *encoder)) error {
	var text bytes.Buffer
	e := newEncoder(&text)
	write(e)
	if e.err != nil {
		return e.err
	}
	return l.conn.Write(ctx, websocket.Text, text.Bytes())
}

// liveEvent writes an event of the feed. One that only tells a place has the name "at".
func (e *encoder) liveEvent(v event) {
	name := v.name
	if name == "" {
		name = "at"
	}
	e.octets(`{"event":"` + name + `"`)
	if v.placed {
		e.octets(`,"at":"` + v.at.String() + `"`)
	}
	switch v.name {
	case "", gap:
	case messages.Deleted.String():
		e.octets(`,"message":{"id":`)
		e.id(v.message)
		e.octets("}")
	default:
		e.octets(`,"message":`)
		e.message(v.message)
	}
	e.octets("}")
}

// accepted writes the answer to a text that has become a message.
func (e *encoder) accepted(ref *string, m messages.Message) {
	e.octets(`{"event":"accepted"`)
	e.ref(ref)
	e.octets(`,"message":`)
	e.message(m)
	e.octets("}")
}

// refused writes the answer to a text that has not. What an error says that is no
// problem may be secret.
func (e *encoder) refused(ref *string, err error) {
	var p *httpwire.Problem
	if !errors.As(err, &p) {
		p = &httpwire.Problem{Status: 500}
	}
	members := map[string]any{"status": p.Status}
	if p.Detail != "" {
		members["detail"] = p.Detail
	}
	for name, value := range p.Extra {
		members[name] = value
	}
	text, err := json.Marshal(members)
	if err != nil {
		e.err = err
		return
	}
	e.octets(`{"event":"refused"`)
	e.ref(ref)
	e.octets(`,"problem":` + string(text) + "}")
}

// ref writes the member that says which text is answered.
func (e *encoder) ref(ref *string) {
	if ref != nil {
		e.octets(`,"ref":"`)
		e.characters(*ref)
		e.octets(`"`)
	}
}
