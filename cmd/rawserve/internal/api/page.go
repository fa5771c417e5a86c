package api

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// Bounds of a page of messages.
const (
	defaultLimit = 100
	maxLimit     = 1000

	// maxPageText is how many octets of text a page may have before it ends,
	// whatever its limit: a page is encoded in memory as a whole.
	maxPageText = 1 << 20
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

// fit returns the messages of found that fit the page: at least one, if there is
// any, so that a client that follows the links reaches the end.
func (p page) fit(found []messages.Message) []messages.Message {
	octets := 0
	for i, m := range found {
		octets += len(m.Text)
		if i == p.limit || i > 0 && octets > maxPageText {
			return found[:i]
		}
	}
	return found
}

// next returns the Link to the page after these messages. RFC 8288, Section 3.
func (p page) next(shown []messages.Message) string {
	last := shown[len(shown)-1].ID
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
