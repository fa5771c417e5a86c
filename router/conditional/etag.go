package conditional

import "strings"

// StrongMatch is the strong comparison of two entity tags, given as they are
// sent: they are equal, and neither is weak. RFC 9110, Section 8.8.3.2.
func StrongMatch(a, b string) bool { return a == b && !strings.HasPrefix(a, "W/") }

// WeakMatch is the weak comparison of two entity tags, given as they are sent:
// they are equal except for the "W/" of weakness. RFC 9110, Section 8.8.3.2.
func WeakMatch(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

// listed reports whether the field lines of If-Match or If-None-Match name the
// representation with these validators. "*" names any that exists.
//
//	If-Match = "*" / #entity-tag
//
// Lines that break the grammar, such as "*" together with other members, name
// nothing at all: that fails If-Match and passes If-None-Match, as step 3 of
// both evaluations has it in RFC 9110, Sections 13.1.1 and 13.1.2.
func listed(lines []string, v Validators, match func(a, b string) bool) bool {
	if len(lines) == 1 && lines[0] == "*" {
		return v.exist()
	}
	found := false
	for _, line := range lines {
		for rest := skipEmpty(line); rest != ""; rest = skipEmpty(rest) {
			tag, after, ok := cutEntityTag(rest)
			if !ok {
				return false
			}
			found = found || match(tag, v.ETag)
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
//	weak       = %s"W/"
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
