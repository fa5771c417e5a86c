package lint

import (
	"iter"
	"slices"
	"strings"
)

// singletons are the fields of RFC 9110, RFC 9111 and RFC 9112 that a response can
// have and that are no lists.
var singletons = strings.Fields(`age content-length content-location content-range content-type date etag expires
	last-modified location retry-after server`)

// repeats checks that fields are sent once that are no lists. RFC 9110, Section 5.3.
func (c *check) repeats() {
	seen := map[string]bool{}
	for i := range c.header {
		f := &c.header[i]
		if seen[f.name] && slices.Contains(singletons, f.name) {
			c.report(repeatedField, f.at)
		}
		seen[f.name] = true
	}
}

// spacing checks the white space around field values: one space before it is
// "preferred" (RFC 9112, Section 5.1). RFC 9110, Section 5.6.3.
func (c *check) spacing() {
	for _, s := range [...]section{c.header, c.trailers} {
		for i := range s {
			f := &s[i]
			switch {
			case f.value != "" && f.before != " ":
				c.report(optionalSpace, f.valueAt-len(f.before))
			case f.after != "":
				c.report(optionalSpace, f.valueAt+len(f.value))
			}
		}
	}
}

// lists checks that lists have no empty members. An empty list is fine. RFC 9110,
// Section 5.6.1.1.
func (c *check) lists() {
	for i := range c.header {
		f := &c.header[i]
		if f.value == "" || !isList(f.name) {
			continue
		}
		for _, m := range f.parts() {
			if m.text == "" {
				c.report(emptyMember, m.at)
				break
			}
		}
	}
}

// isList reports whether a field is defined as a list.
func isList(name string) bool { return grammar[name].list || slices.Contains(challengeFields[:], name) }

// productions checks field values against their grammar. RFC 9110, Section 2.2.
func (c *check) productions() {
	for i := range c.header {
		f := &c.header[i]
		p, known := grammar[f.name]
		switch {
		case !known:
		case p.list:
			for m := range f.members() {
				if !p.matches(m.text) {
					c.malformed(f, m.at)
					break
				}
			}
		case !p.matches(f.value):
			c.malformed(f, f.valueAt)
		}
		if known || isList(f.name) {
			c.quotedPairs(f)
		}
		if at := wideSpace(f); at >= 0 {
			c.report(requiredSpace, f.valueAt+at)
		}
	}
	if f := c.header.first("content-encoding"); f != nil && c.header.lists("content-encoding", "identity") {
		c.report(identityCoding, f.valueAt)
	}
}

// wideSpace returns where products stand apart by other than one space, -1 if they
// do not. Comments can have any.
func wideSpace(f *field) int {
	products, _, _ := strings.Cut(f.value, "(")
	if !hasProducts(f.name) {
		return -1
	}
	tab, spaces := strings.IndexByte(products, '\t'), strings.Index(products, "  ")
	if tab >= 0 && (spaces < 0 || tab < spaces) {
		return tab
	}
	return spaces
}

// hasProducts reports whether a field has products and comments, with white space
// between them.
func hasProducts(name string) bool { return name == "server" || name == "via" }

// quotedPairs checks that only those octets are quoted that have to be. RFC 9110,
// Section 5.6.4.
func (c *check) quotedPairs(f *field) {
	quoted, comments, products := false, 0, hasProducts(f.name)
	for i := 0; i < len(f.value); i++ {
		octet := f.value[i]
		switch {
		case octet == '\\' && (quoted || comments > 0):
			i++
			needs, broken := `"\`, quotedPair
			if comments > 0 {
				needs, broken = `()\`, commentPair
			}
			if i < len(f.value) && strings.IndexByte(needs, f.value[i]) < 0 {
				c.report(broken, f.valueAt+i-1)
				return
			}
		case octet == '"' && !products:
			quoted = !quoted
		case octet == '(' && products:
			comments++
		case octet == ')' && comments > 0:
			comments--
		}
	}
}

// member is a member of a list on one field line.
type member struct {
	text string
	at   int // offset
}

// parts returns the members of a list without the white space around them, those
// too that are empty.
func (f *field) parts() (all []member) {
	for start := 0; start <= len(f.value); {
		end := start + firstComma(f.value[start:])
		text := strings.TrimLeft(f.value[start:end], " \t")
		all = append(all, member{strings.TrimRight(text, " \t"), f.valueAt + end - len(text)})
		start = end + 1
	}
	return all
}

// members yields the members that are not empty.
func (f *field) members() iter.Seq[member] {
	return func(yield func(member) bool) {
		for _, m := range f.parts() {
			if m.text != "" && !yield(m) {
				return
			}
		}
	}
}

// firstComma returns where the first comma stands that is in no quoted string, or
// the length of the list.
func firstComma(list string) int {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == '"':
			quoted = !quoted
		case quoted && list[i] == '\\':
			i++
		case !quoted && list[i] == ',':
			return i
		}
	}
	return len(list)
}
