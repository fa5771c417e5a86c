package api

import (
	"errors"
	"strconv"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// maxAttempts is how often a conditional change is tried while other clients
// keep changing the same message.
const maxAttempts = 16

// tag returns the entity tag of a message: a strong one, since a revision has
// only one representation and is never used again.
func tag(m messages.Message) string {
	return `"` + strconv.FormatInt(m.Revision, 10) + `"`
}

// collectionTag is the entity tag of the collection when a message is added to
// it. The collection always exists, so "*" matches it. No tag in If-Match does,
// since this one is weak: to make sure that nothing else was added in between,
// the whole store would have to stop.
const collectionTag = `W/"messages"`

// precondition returns an error if the conditions of r do not hold for the
// representation with this tag. RFC 9110, Section 13.1.
func precondition(r *httpwire.Request, etag string) error {
	if conditional.Evaluate(r, conditional.Validators{ETag: etag}) == 0 {
		return nil
	}
	return preconditionFailed()
}

func preconditionFailed() error {
	return httpwire.Fail(412, "the resource is not in the state that the request asks for")
}

// answered answers a GET for the representation with this tag if the client has
// it already, with these fields, and refuses one that asks for another state.
// Otherwise it reports false, and the representation is to be sent.
func answered(w *httpwire.Response, r *httpwire.Request, etag string, nameValues ...string) (bool, error) {
	switch conditional.Evaluate(r, conditional.Validators{ETag: etag}) {
	case 304:
		return true, w.WriteHead(304, nameValues...)
	case 412:
		return true, preconditionFailed()
	}
	return false, nil
}

// replace gives m a new text, if the conditions of r hold for the revision that
// it replaces.
func (a *api) replace(r *httpwire.Request, m messages.Message, text string) (messages.Message, error) {
	var replaced messages.Message
	err := a.change(r, m, func(expected int64) (err error) {
		replaced, err = a.store.Replace(background, m.ID, text, expected)
		return err
	})
	return replaced, err
}

// remove deletes m, if the conditions of r hold for the revision that it deletes.
func (a *api) remove(r *httpwire.Request, m messages.Message) error {
	return a.change(r, m, func(expected int64) error {
		return a.store.Delete(background, m.ID, expected)
	})
}

// change makes a change to m depend on the conditions of r. Another client may
// change m after the conditions were checked, and that change must not be lost.
// So the store is told for which revision they were checked; if it has another
// one by then, they are checked again. Without conditions, any revision will do.
func (a *api) change(r *httpwire.Request, m messages.Message, attempt func(expected int64) error) error {
	if !r.Header.Has("If-Match") && !r.Header.Has("If-None-Match") {
		return attempt(messages.Any)
	}
	for range maxAttempts {
		if err := precondition(r, tag(m)); err != nil {
			return err
		}
		err := attempt(m.Revision)
		if !errors.Is(err, messages.ErrConflict) {
			return err
		}
		if m, err = a.store.Get(background, m.ID); err != nil {
			return err
		}
	}
	return unavailable("other clients keep changing this message", nil)
}
