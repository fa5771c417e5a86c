package static

import (
	"fmt"
	"math"
	"strings"

	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// maxRanges is how many ranges a request may list; with more, it is answered with
// the whole file.
const maxRanges = 100

// span is a range of octets of a file: the offsets of the first and the last one.
type span struct{ first, last int64 }

// length returns how many octets a span has.
func (s span) length() int64 { return s.last - s.first + 1 }

// contentRange returns the field value for a span out of size octets.
// RFC 9110, Section 14.4.
func (s span) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", s.first, s.last, size)
}

// touches reports whether two spans overlap, or one begins where the other ends.
func (s span) touches(t span) bool { return s.first <= t.last+1 && t.first <= s.last+1 }

// selection is the answer to a Range field: which octets to send.
type selection struct {
	kind  selectionKind
	spans []span // for partial only; no two of them touch
}

// selectionKind says how a Range field is answered.
type selectionKind uint8

const (
	whole         selectionKind = iota // 200: no Range, or one that is ignored
	partial                            // 206: the spans
	unsatisfiable                      // 416: no octet of it is there
)

// selected decides which part of a representation a request asks for. Range is
// defined for GET only and looked at last, when the answer would be a 200.
// RFC 9110, Sections 14.2 and 13.2.2, step 5.
func selected(r *httpwire.Request, v conditional.Validators, size int64) selection {
	if r.Method != "GET" || !r.Header.Has("Range") {
		return selection{}
	}
	lines := r.Header.Values("Range")
	if len(lines) != 1 || !conditional.IfRange(r, v) {
		return selection{}
	}
	return parseRanges(lines[0], size)
}

// parseRanges reads a Range field value for a representation of size octets:
//
//	ranges-specifier = "bytes" "=" 1#range-spec
//	range-spec       = int-range / suffix-range
//
// Another unit "MUST" be ignored. An invalid value, and any Range for an empty
// representation, may be ignored, and are; so are more than maxRanges ranges.
// Ranges that cannot be satisfied are left out, unless none can.
// RFC 9110, Sections 14.1.1, 14.1.2, 14.2 and 17.15.
func parseRanges(value string, size int64) selection {
	unit, set, ok := strings.Cut(value, "=")
	if !ok || !strings.EqualFold(unit, "bytes") || size == 0 {
		return selection{}
	}
	listed := 0
	var spans []span
	for member := range strings.SplitSeq(set, ",") {
		spec := strings.Trim(member, " \t")
		if spec == "" {
			continue // an empty member: RFC 9110, Section 5.6.1.2
		}
		s, satisfiable, valid := rangeSpec(spec, size)
		if listed++; !valid || listed > maxRanges {
			return selection{}
		}
		if satisfiable {
			spans = merge(spans, s)
		}
	}
	switch {
	case listed == 0:
		return selection{}
	case len(spans) == 0:
		return selection{kind: unsatisfiable}
	}
	return selection{partial, spans}
}

// merge adds a span. Those that it touches become one with it, in the place of the
// first of them: so the order is that of the request, and no octet is sent twice.
// RFC 9110, Section 15.3.7.2.
func merge(spans []span, s span) []span {
	kept, place := spans[:0], -1
	for _, t := range spans {
		if !s.touches(t) {
			kept = append(kept, t)
			continue
		}
		s = span{min(s.first, t.first), max(s.last, t.last)}
		if place < 0 {
			place = len(kept)
			kept = append(kept, s)
		}
	}
	if place < 0 {
		return append(kept, s)
	}
	kept[place] = s
	return kept
}

// rangeSpec reads one range. It reports whether the range is valid, and whether
// any octet of it is there.
//
//	int-range    = first-pos "-" [ last-pos ]
//	suffix-range = "-" suffix-length
func rangeSpec(spec string, size int64) (s span, satisfiable, valid bool) {
	first, last, ok := strings.Cut(spec, "-")
	if !ok || !digits(first) || !digits(last) || first+last == "" {
		return span{}, false, false
	}
	if first == "" { // the last octets: as many as there are, if more are asked for
		n := position(last)
		return span{max(0, size-n), size - 1}, n > 0, true
	}
	s = span{position(first), size - 1}
	if last != "" {
		if position(last) < s.first {
			return span{}, false, false // invalid, not unsatisfiable
		}
		s.last = min(s.last, position(last))
	}
	return s, s.first < size, true
}

// digits reports whether text is decimal digits only; none will do.
func digits(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}

// position returns the value of decimal digits. One too large for an int64 is
// as good as the largest, since no file reaches that far: numbers of any length
// "MUST" be expected. RFC 9110, Section 14.1.2.
func position(text string) int64 {
	var n int64
	for i := range len(text) {
		digit := int64(text[i] - '0')
		if n > (math.MaxInt64-digit)/10 {
			return math.MaxInt64
		}
		n = n*10 + digit
	}
	return n
}
