package api

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// Bounds of a page of messages.
const (
	defaultLimit = 100
	maxLimit     = 1000

	// maxPage is how many octets of JSON a page may have before it ends, whatever
	// its limit.
	maxPage = 1 << 20
)

// page is the part of the list that a request asks for.
type page struct {
	after int64 // number of the message before the first one
	limit int   // how many messages at most
}

// readPage reads the query parameters after and limit. An invalid value is
// refused, never corrected: a client that asks for limit=10,000 could otherwise
// take its first 10 messages for all of them.
func readPage(r *httpwire.Request) (page, error) {
	after, err := queryNumber(r, "after", 0, 0, 1<<63-1)
	if err != nil {
		return page{}, err
	}
	limit, err := queryNumber(r, "limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return page{}, err
	}
	return page{after, int(limit)}, nil
}

// queryNumber reads a number from low to high from the query; missing is the value
// if it is not there.
func queryNumber(r *httpwire.Request, name string, missing, low, high int64) (int64, error) {
	values := r.QueryValues(name)
	if len(values) == 0 {
		return missing, nil
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	written := strconv.FormatInt(n, 10)
	if len(values) > 1 || err != nil || written != values[0] || n < low || n > high {
		p := httpwire.Fail(400, "the query parameter %s is one number from %d to %d", name, low, high)
		p.Extra = map[string]any{"parameter": name}
		return 0, p
	}
	return n, nil
}

// extent is what a page has, found out before its head is sent.
type extent struct {
	last int64  // number of the last message, 0 for a page without any
	more bool   // there are messages after it
	etag string // of the page as it is now
}

// measure finds out how far a page reaches. It is bounded by what leaves: a text
// of control characters is six times as long in JSON. There is at least one
// message on it, if there is any, so that a client that follows the links reaches
// the end.
func (a *api) measure(p page) (extent, error) {
	found, err := a.store.List(background, p.after, p.limit+1)
	if err != nil {
		return extent{}, err
	}
	var octets counter
	encoded := newEncoder(&octets)
	shown := 0
	for _, m := range found {
		encoded.message(m)
		if shown == p.limit || shown > 0 && octets > maxPage {
			break
		}
		shown++
	}
	e := extent{more: shown < len(found)}
	if shown > 0 {
		e.last = found[shown-1].ID
	}
	e.etag = pageTag(found[:shown], e.more)
	return e, encoded.err
}

// writePage writes the messages after one number up to another as they are now, a
// portion at a time taken from the store when it is its turn. So a client that does
// not read keeps a portion alive, not a page.
//
// The head says how the page was when it was measured. What is changed meanwhile
// is sent as it is by then, what is deleted is left out, and what is new has a
// higher number. The entity tag then belongs to a state that will never be again,
// since no revision is used twice: no client is told that it still has the page.
//
// If the store fails after the head has left, the client sees that the answer is
// cut off.
func (a *api) writePage(to io.Writer, after, last int64) error {
	e := newEncoder(to)
	e.octets("[")
	var size portion
	for separator := ""; after < last && e.err == nil; {
		found, err := a.store.List(background, after, size.next())
		if err != nil {
			return err
		}
		size.took(found)
		found = slices.DeleteFunc(found, func(m messages.Message) bool { return m.ID > last })
		if len(found) == 0 {
			break
		}
		for _, m := range found {
			e.octets(separator)
			e.message(m)
			separator = ","
		}
		after = found[len(found)-1].ID
	}
	e.octets("]\n")
	return e.err
}

// next returns the Link to the page after the message with a number. RFC 8288,
// Section 3.
func (p page) next(last int64) string {
	return fmt.Sprintf(`<%s?after=%d&limit=%d>; rel="next"`, collection, last, p.limit)
}

// pageTag returns the entity tag of a page. It is weak: that is enough to find out
// whether the page has changed, and If-Match is of no use with a page, which no
// request can change.
func pageTag(shown []messages.Message, more bool) string {
	octets := make([]byte, 0, 16*len(shown)+1)
	for _, m := range shown {
		octets = binary.BigEndian.AppendUint64(octets, uint64(m.ID))
		octets = binary.BigEndian.AppendUint64(octets, uint64(m.Revision))
	}
	if more {
		octets = append(octets, 1)
	}
	sum := sha256.Sum256(octets)
	return `W/"` + hex.EncodeToString(sum[:8]) + `"`
}
