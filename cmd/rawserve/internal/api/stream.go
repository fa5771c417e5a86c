package api

import (
	"math"

	"rawserve/httpwire"
	"rawserve/router/accept"
)

// typeNDJSON is the media type of JSON values that each stand on a line of their
// own.
const typeNDJSON = "application/x-ndjson"

// list answers with messages, in the form that the client prefers.
func (a *api) list(w *httpwire.Response, r *httpwire.Request) error {
	if accept.Prefer(r, typeJSON, typeNDJSON) == typeNDJSON {
		return a.stream(w, r)
	}
	return a.listPage(w, r)
}

// stream sends all messages, one a line, or those that the query parameters after
// and limit choose. A page of the list has to have an end; this has not: messages are
// taken from the store as the client reads them, and each is sent as it is then.
//
// If the store fails after the head has left, the client sees that the answer is
// cut off, and can go on after the last line it has got.
func (a *api) stream(w *httpwire.Response, r *httpwire.Request) error {
	after, err := queryNumber(r, "after", 0, 0, math.MaxInt64)
	if err != nil {
		return err
	}
	limit, err := queryNumber(r, "limit", math.MaxInt64, 1, math.MaxInt64)
	if err != nil {
		return err
	}
	if done, err := answered(w, r, collectionTag, "Vary", "Accept"); done {
		return err
	}
	if err := writeHead(w, 200, "Content-Type", typeNDJSON, "Vary", "Accept"); err != nil {
		return err
	}
	if r.Method == "HEAD" {
		return nil
	}
	return a.writeLines(newEncoder(w), after, limit)
}

// writeLines writes at most limit messages after one number, each on a line. A
// failure before the first octet has left is answered with a status of its own.
func (a *api) writeLines(e *encoder, after, limit int64) error {
	var size portion
	for limit > 0 && e.err == nil {
		found, err := a.store.List(background, after, int(min(limit, int64(size.next()))))
		if err != nil || len(found) == 0 {
			return err
		}
		for _, m := range found {
			e.line(m)
		}
		after = found[len(found)-1].ID
		limit -= int64(len(found))
		size.took(found)
	}
	return e.err
}
