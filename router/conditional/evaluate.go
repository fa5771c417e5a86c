// Package conditional decides whether a conditional request is performed.
// RFC 9110, Section 13.
package conditional

import (
	"strings"
	"time"

	"rawserve/httpwire"
)

// Evaluate decides whether a request is performed, given the validators of the
// selected representation. It returns 0 to perform it, 304 (Not Modified) or
// 412 (Precondition Failed).
//
// The etag is as it would be sent, quotes included; "" says that the resource
// has no current representation, as before a PUT that creates it. A zero
// modified time says that no modification date is available.
//
// Call it last, when without any condition the answer would be a 2xx: a
// redirect or a failure goes before. If-Range is not part of it, since it never
// refuses. RFC 9110, Section 13.2.2.
func Evaluate(r *httpwire.Request, etag string, modified time.Time) int {
	if !selects(r.Method) {
		return 0
	}
	safe := r.Method == "GET" || r.Method == "HEAD"
	if failed(r, etag, modified) {
		return 412
	}
	switch {
	case !known(r, etag, modified, safe):
		return 0
	case safe:
		return 304
	default:
		return 412
	}
}

// selects reports whether a method has anything to do with a representation.
// For the others every condition "MUST" be ignored. RFC 9110, Section 13.2.1.
func selects(method string) bool {
	return method != "OPTIONS" && method != "TRACE" && method != "CONNECT"
}

// failed takes steps 1 and 2: the conditions that protect against the lost
// update. If-Match is the more accurate of the two, so the date is not looked
// at beside it. A zero modified time is before every date and never fails.
// RFC 9110, Sections 13.1.1 and 13.1.4.
func failed(r *httpwire.Request, etag string, modified time.Time) bool {
	if r.Header.Has("If-Match") {
		return !listed(r.Header.Values("If-Match"), etag, StrongMatch)
	}
	date, ok := dateField(r, "If-Unmodified-Since")
	return ok && modified.Truncate(time.Second).After(date)
}

// known takes steps 3 and 4: whether the client already has what is here. The
// date counts for GET and HEAD only, and only without If-None-Match.
// RFC 9110, Sections 13.1.2 and 13.1.3.
func known(r *httpwire.Request, etag string, modified time.Time, safe bool) bool {
	if r.Header.Has("If-None-Match") {
		return listed(r.Header.Values("If-None-Match"), etag, WeakMatch)
	}
	if !safe || modified.IsZero() {
		return false
	}
	date, ok := dateField(r, "If-Modified-Since")
	return ok && !modified.Truncate(time.Second).After(date)
}

// dateField returns the HTTP-date of a field. A field that is missing, repeated
// or not a date is ignored, as Sections 13.1.3 and 13.1.4 of RFC 9110 demand.
func dateField(r *httpwire.Request, name string) (time.Time, bool) {
	if !r.Header.Has(name) {
		return time.Time{}, false
	}
	lines := r.Header.Values(name)
	if len(lines) != 1 {
		return time.Time{}, false
	}
	return ParseDate(lines[0], time.Now())
}

// listed reports whether the field lines of If-Match or If-None-Match name the
// representation with this etag. "*" names whatever there is.
//
//	If-Match = "*" / #entity-tag
//
// Lines that do not follow the grammar, "*" beside other members included, name
// nothing at all: that fails If-Match and lets If-None-Match pass, which is
// step 3 of both evaluations in RFC 9110, Sections 13.1.1 and 13.1.2.
func listed(lines []string, etag string, same func(a, b string) bool) bool {
	if etag == "" {
		return false
	}
	if len(lines) == 1 && lines[0] == "*" {
		return true
	}
	found := false
	for _, line := range lines {
		for rest := skipEmpty(line); rest != ""; rest = skipEmpty(rest) {
			tag, after, ok := cutEntityTag(rest)
			if !ok {
				return false
			}
			found = found || same(tag, etag)
			rest = after
		}
	}
	return found
}

// skipEmpty drops the empty members and the whitespace before the next member
// of a list, which a recipient "MUST" accept. RFC 9110, Section 5.6.1.2.
func skipEmpty(list string) string { return strings.TrimLeft(list, ", \t") }

// cutEntityTag cuts the first member from a list of entity tags. What follows
// it is the end or a comma.
//
//	entity-tag = [ weak ] opaque-tag
//	opaque-tag = DQUOTE *etagc DQUOTE
//	etagc      = %x21 / %x23-7E / obs-text
//
// An opaque-tag is not a quoted-string: it may hold commas, and a backslash in
// it escapes nothing. RFC 9110, Section 8.8.3.
func cutEntityTag(list string) (tag, after string, ok bool) {
	opening := 0
	if strings.HasPrefix(list, "W/") {
		opening = len("W/")
	}
	if opening >= len(list) || list[opening] != '"' {
		return "", "", false
	}
	n := opening + 1
	for n < len(list) && etagc(list[n]) {
		n++
	}
	if n == len(list) || list[n] != '"' {
		return "", "", false
	}
	after = strings.TrimLeft(list[n+1:], " \t")
	return list[:n+1], after, after == "" || after[0] == ','
}

// etagc reports whether an octet may stand between the quotes of an entity tag.
func etagc(c byte) bool { return c > ' ' && c != '"' && c != 0x7f }

// StrongMatch is the strong comparison: equal, and neither is weak.
// RFC 9110, Section 8.8.3.2.
func StrongMatch(a, b string) bool { return a == b && !strings.HasPrefix(a, "W/") }

// WeakMatch is the weak comparison: equal but for the mark of weakness.
// RFC 9110, Section 8.8.3.2.
func WeakMatch(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}
