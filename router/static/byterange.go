package static

import (
	"fmt"
	"math"
	"strings"

	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// part is the answer to a Range field: which octets to send.
type part struct {
	kind        partKind
	first, last int64 // offsets, both included; for partial only
}

// partKind says how a Range field is answered.
type partKind uint8

const (
	whole         partKind = iota // 200: no Range, or one that is ignored
	partial                       // 206: first to last
	unsatisfiable                 // 416: no octet of it is there
)

// length returns how many octets a partial answer has.
func (p part) length() int64 { return p.last - p.first + 1 }

// contentRange returns the field value for an answer out of size octets.
// RFC 9110, Section 14.4.
func (p part) contentRange(size int64) string {
	if p.kind == unsatisfiable {
		return fmt.Sprintf("bytes */%d", size)
	}
	return fmt.Sprintf("bytes %d-%d/%d", p.first, p.last, size)
}

// ranged decides which part of a representation a request asks for. Range is
// defined for GET only and looked at last, when the answer would be a 200.
// RFC 9110, Sections 14.2 and 13.2.2, step 5.
func ranged(r *httpwire.Request, v conditional.Validators, size int64) part {
	if r.Method != "GET" || !r.Header.Has("Range") {
		return part{}
	}
	lines := r.Header.Values("Range")
	if len(lines) != 1 || !conditional.IfRange(r, v) {
		return part{}
	}
	return parseRange(lines[0], size)
}

// parseRange reads a Range field value for a representation of size octets:
//
//	ranges-specifier = "bytes" "=" 1#range-spec
//	range-spec       = int-range / suffix-range
//	int-range        = first-pos "-" [ last-pos ]
//	suffix-range     = "-" suffix-length
//
// Another unit "MUST" be ignored. An invalid value, and any Range for an empty
// representation, may be ignored, and are. So are several ranges: hardly any
// client asks for them, each has to accept the whole representation instead, and
// ranges that overlap or are tiny would make the server send many times the
// octets of the file.
// RFC 9110, Sections 14.1.1, 14.1.2, 14.2 and 17.15.
func parseRange(value string, size int64) part {
	unit, set, ok := strings.Cut(value, "=")
	spec := strings.Trim(set, ", \t")
	if !ok || !strings.EqualFold(unit, "bytes") || strings.Contains(spec, ",") || size == 0 {
		return part{}
	}
	first, last, ok := strings.Cut(spec, "-")
	if !ok || !digits(first) || !digits(last) || first+last == "" {
		return part{}
	}
	if first == "" {
		return suffix(position(last), size)
	}
	return interval(position(first), last, size)
}

// suffix answers "-n", the last n octets; as many as there are, if n is more.
func suffix(n, size int64) part {
	if n == 0 {
		return part{kind: unsatisfiable}
	}
	return part{partial, max(0, size-n), size - 1}
}

// interval answers "first-" and "first-last".
func interval(first int64, lastDigits string, size int64) part {
	last := size - 1
	if lastDigits != "" {
		last = min(last, position(lastDigits))
		if position(lastDigits) < first {
			return part{} // invalid, not unsatisfiable
		}
	}
	if first >= size {
		return part{kind: unsatisfiable}
	}
	return part{partial, first, last}
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
