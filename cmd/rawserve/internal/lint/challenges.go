package lint

import (
	"regexp"
	"strings"
)

// challengeFields hold challenges. RFC 9110, Section 11.
var challengeFields = [...]string{"www-authenticate", "proxy-authenticate"}

// A member of a list of challenges is the beginning of one, or a parameter of the
// one that has begun. RFC 9110, Sections 11.2 and 11.3.
var (
	authParam  = regexp.MustCompile(`^(` + token + `)([ \t]*)=([ \t]*)(` + token + `|` + quotedString + `)$`)
	authScheme = regexp.MustCompile(`^(` + token + `)(?: +(.*))?$`)
	token68    = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
)

// challenges checks the challenges of 401 and 407.
//
//	challenge  = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//	auth-param = token BWS "=" BWS ( token / quoted-string )
func (c *check) challenges() {
	for _, name := range challengeFields {
		for f := range c.header.all(name) {
			c.challengeList(f)
		}
	}
}

// challengeList checks the challenges of one line.
func (c *check) challengeList(f *field) {
	var seen map[string]bool // parameters of the present challenge, nil before the first one
	for m := range f.members() {
		param := authParam.FindStringSubmatch(m.text)
		if param == nil {
			scheme := authScheme.FindStringSubmatch(m.text)
			if scheme == nil {
				c.malformed(f, m.at)
				return
			}
			seen = map[string]bool{}
			if scheme[2] == "" || token68.MatchString(scheme[2]) {
				continue
			}
			m.at += len(m.text) - len(scheme[2])
			param = authParam.FindStringSubmatch(scheme[2])
		}
		if param == nil || seen == nil {
			c.malformed(f, m.at)
			return
		}
		c.authParam(param, seen, m.at)
	}
}

// authParam checks one parameter of a challenge.
func (c *check) authParam(param []string, seen map[string]bool, at int) {
	name := strings.ToLower(param[1])
	if seen[name] {
		c.report(repeatedParameter, at)
	}
	seen[name] = true
	if param[2]+param[3] != "" {
		c.report(badWhitespace, at+len(param[1]))
	}
	if name == "realm" && param[4][0] != '"' {
		c.report(realmUnquoted, at)
	}
}
