// Package accept chooses the representation that a client prefers.
// RFC 9110, Section 12.5.1.
//
//	switch accept.Prefer(r, "text/plain", "text/html") {
//	case "text/html":
//		…
//	}
//
// Whoever chooses this way answers with "Vary: Accept", whatever is chosen.
package accept

import (
	"strconv"
	"strings"

	"rawserve/httpwire"
)

// Prefer returns the one of the offered media types, which have no parameters, that
// the client accepts with the highest weight; of several the one that is offered
// first. If it accepts none, or says nothing, that is the first one too: an answer it
// did not ask for is of more use than a 406 (RFC 9110, Section 12.4.1).
func Prefer(r *httpwire.Request, offered ...string) string {
	best, highest := offered[0], -1.0
	for _, mediaType := range offered {
		if w := weight(r, mediaType); w > highest {
			best, highest = mediaType, w
		}
	}
	return best
}

// weight returns how much the client wants a media type, from 0 to 1. The most
// specific range that matches decides.
func weight(r *httpwire.Request, mediaType string) float64 {
	if !r.Header.Has("Accept") {
		return 1
	}
	weight, specific := 0.0, 0
	for member := range r.Header.List("Accept") {
		mediaRange, q, ok := parseRange(member)
		if s := specificity(mediaRange, mediaType); ok && s > specific {
			weight, specific = q, s
		}
	}
	return weight
}

// parseRange returns the range of a member of Accept, and its weight. Other
// parameters are ignored: the types that are offered have none. It reports false if
// the weight is none.
//
//	Accept = #( media-range [ weight ] )
//	weight = OWS ";" OWS "q=" qvalue
func parseRange(member string) (mediaRange string, q float64, ok bool) {
	mediaRange, parameters, _ := strings.Cut(member, ";")
	q = 1
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.Trim(parameter, " \t"), "=")
		if strings.EqualFold(name, "q") {
			if q, ok = qvalue(value); !ok {
				return "", 0, false
			}
		}
	}
	return strings.Trim(mediaRange, " \t"), q, true
}

// qvalue reads a weight.
//
//	qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
func qvalue(s string) (float64, bool) {
	if s == "" || len(s) > len("0.123") || strings.Trim(s, "0123456789.") != "" || len(s) > 1 && s[1] != '.' {
		return 0, false
	}
	q, err := strconv.ParseFloat(s, 64)
	return q, err == nil && q <= 1
}

// specificity returns how precisely a range names a media type: 3 if it is the type
// itself, 0 if it does not match.
//
//	media-range = ( "*/*" / ( type "/" "*" ) / ( type "/" subtype ) ) parameters
func specificity(mediaRange, mediaType string) int {
	group, _, _ := strings.Cut(mediaType, "/")
	switch {
	case strings.EqualFold(mediaRange, mediaType):
		return 3
	case strings.EqualFold(mediaRange, group+"/*"):
		return 2
	case mediaRange == "*/*":
		return 1
	}
	return 0
}
