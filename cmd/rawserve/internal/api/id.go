package api

import (
	"strconv"

	"rawserve/httpwire"
)

// messageID returns the id that the path names: decimal digits, no sign, no
// leading zero, at most 2^63-1. Anything else is a 404, not a 400: "/1abc" and
// "/01" are well-formed paths under which nothing exists, and neither must be
// another name for "/1".
func messageID(r *httpwire.Request) (int64, error) {
	text := r.Param("id")
	id, err := strconv.ParseUint(text, 10, 63)
	if err != nil || len(text) > 1 && text[0] == '0' {
		return 0, httpwire.Fail(404, "%.64q is not an id: ids are decimal numbers", text)
	}
	return int64(id), nil
}
