// Package conditional decides whether a conditional request is performed:
// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and If-Range,
// with the entity tags and dates that they compare. RFC 9110, Section 13.
//
//	v := conditional.Validators{ETag: `"7"`, Modified: modified}
//	switch conditional.Evaluate(r, v) {
//	case 304:
//		return w.WriteHead(304, "ETag", v.ETag)
//	case 412:
//		return httpwire.Fail(412, "it has changed since you read it")
//	}
//
// The package looks at the request and answers nothing itself: the handler
// knows its resource and sends the response.
//
//	evaluate.go   which conditions count, in which order, and what they decide
//	etag.go       the grammar of entity tags and the two ways to compare them
//	httpdate.go   the three forms of a date
package conditional

import (
	"strings"
	"time"

	"rawserve/httpwire"
)

// Validators tell one state of a representation from another. The zero value
// says that the resource has no current representation, as before the PUT that
// creates it; one that exists needs an ETag or a Modified date to be told from
// none. RFC 9110, Section 8.8.
type Validators struct {
	// ETag is the entity tag as it is sent, with its quotes, and with "W/" if
	// it is weak. Empty means that there is none.
	ETag string

	// Modified is the time of the last change. HTTP knows it to the second;
	// fractions are ignored. Zero means that it is not known.
	Modified time.Time

	// StrongDate says that Modified is as good as a strong entity tag: the
	// representation cannot have changed twice within that second. Only
	// IfRange asks. RFC 9110, Section 8.8.2.2.
	StrongDate bool
}

// exist reports whether there is a current representation.
func (v Validators) exist() bool { return v.ETag != "" || !v.Modified.IsZero() }

// Evaluate decides whether a request is performed, given the validators of the
// representation that it is about. It returns 0 to perform it, or else the
// status to answer with: 304 (Not Modified) or 412 (Precondition Failed).
//
// Call it last, when the answer would be a 2xx without any condition: a
// redirect or a failure takes precedence. If-Range never refuses a request and
// has its own function, IfRange. RFC 9110, Sections 13.2.1 and 13.2.2.
func Evaluate(r *httpwire.Request, v Validators) int {
	if !selects(r.Method) {
		return 0
	}
	safe := r.Method == "GET" || r.Method == "HEAD"
	switch {
	case changed(r, v):
		return 412
	case !known(r, v, safe):
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

// changed takes steps 1 and 2, the conditions that prevent lost updates: it
// reports whether the representation is not the one that the client knows.
// If-Match is the more accurate of the two: where it is there, the date is
// ignored. A date that is not known is before every date and never fails.
// RFC 9110, Sections 13.1.1 and 13.1.4.
func changed(r *httpwire.Request, v Validators) bool {
	if r.Header.Has("If-Match") {
		return !listed(r.Header.Values("If-Match"), v, StrongMatch)
	}
	date, ok := dateField(r, "If-Unmodified-Since")
	return ok && v.Modified.Truncate(time.Second).After(date)
}

// known takes steps 3 and 4: it reports whether the client already has the
// representation. The date counts for GET and HEAD only, and only without
// If-None-Match. RFC 9110, Sections 13.1.2 and 13.1.3.
func known(r *httpwire.Request, v Validators, safe bool) bool {
	if r.Header.Has("If-None-Match") {
		return listed(r.Header.Values("If-None-Match"), v, WeakMatch)
	}
	if !safe || v.Modified.IsZero() {
		return false
	}
	date, ok := dateField(r, "If-Modified-Since")
	return ok && !v.Modified.Truncate(time.Second).After(date)
}

// IfRange takes step 5: it reports whether the Range field of a request counts,
// because there is no If-Range or because the part that the client has is of
// this very representation. If not, the whole representation is sent. Weak
// validators never match.
//
//	If-Range = entity-tag / HTTP-date
//
// Whether there is a Range, and a GET, is for the caller to see.
// RFC 9110, Section 13.1.5.
func IfRange(r *httpwire.Request, v Validators) bool {
	if !r.Header.Has("If-Range") {
		return true
	}
	value, ok := single(r.Header, "If-Range")
	if !ok {
		return false
	}
	if strings.HasPrefix(value, `"`) {
		return StrongMatch(value, v.ETag)
	}
	date, ok := ParseDate(value, time.Now())
	return ok && v.StrongDate && date.Equal(v.Modified.Truncate(time.Second))
}

// dateField returns the HTTP-date of a field. A field that is missing, repeated
// or not a date is ignored, as Sections 13.1.3 and 13.1.4 of RFC 9110 demand.
func dateField(r *httpwire.Request, name string) (time.Time, bool) {
	value, ok := single(r.Header, name)
	if !ok {
		return time.Time{}, false
	}
	return ParseDate(value, time.Now())
}

// single returns the value of a field that has exactly one field line.
func single(h httpwire.Header, name string) (value string, ok bool) {
	if !h.Has(name) {
		return "", false // the usual case, without an allocation
	}
	lines := h.Values(name)
	return lines[0], len(lines) == 1
}
