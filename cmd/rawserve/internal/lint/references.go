package lint

import (
	"regexp"
	"strings"
)

// The parts of a URI-reference. RFC 3986, Section 4.1.
const (
	pctEncoded = `%[0-9A-Fa-f]{2}`
	regName    = `(?:[A-Za-z0-9._~!$&'()*+,;=-]|` + pctEncoded + `)*`
	pchars     = `(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|` + pctEncoded + `)*`
	queryChars = `(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|` + pctEncoded + `)*`
	userinfoAt = `(?:[A-Za-z0-9._~!$&'()*+,;=:-]|` + pctEncoded + `)*@`
	hostPort   = `(\[[0-9A-Fa-f:.vV]+[^\]\[/?#@]*\]|` + regName + `)(?::[0-9]*)?`
)

var uriReference = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:(//)(` + userinfoAt + `)?` + hostPort +
	`)?(` + pchars + `)` +
	`(?:\?` + queryChars + `)?(#` + queryChars + `)?$`)

// references checks Location and Content-Location. RFC 9110, Sections 4.2, 8.7 and
// 10.2.2.
func (c *check) references() {
	for _, name := range [...]string{"location", "content-location"} {
		for f := range c.header.all(name) {
			if r := reference(f.value, name == "location"); r != nil {
				c.reportValue(r, f)
			}
		}
	}
}

// reference returns the rule that a URI-reference breaks, nil if it breaks none.
func reference(value string, fragment bool) *rule {
	parts := uriReference.FindStringSubmatch(value)
	if parts == nil {
		return fieldSyntax
	}
	scheme, authority, user, host, path := strings.ToLower(parts[1]), parts[2] != "", parts[3], parts[4], parts[5]
	segment, _, _ := strings.Cut(path, "/")
	web := scheme == "http" || scheme == "https" || scheme == "" && authority
	switch {
	case parts[6] != "" && !fragment,
		authority && path != "" && path[0] != '/',
		scheme == "" && !authority && strings.Contains(segment, ":"),
		web && !authority:
		return fieldSyntax
	case web && user != "":
		return userinfo
	case web && host == "" && scheme == "https":
		return emptySecureHost
	case web && host == "":
		return emptyHost
	}
	return nil
}
