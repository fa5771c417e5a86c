package lint

import (
	"regexp"
	"strings"
)

// production is the grammar of a field value, or of a member if it is a list.
type production struct {
	abnf    string
	list    bool
	matches func(string) bool
}

// Parts of the grammar as regular expressions: slow and obvious. Octets beyond
// ASCII are matched as what no ASCII character is. RFC 9110, Section 5.6.
const (
	token        = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
	obsText      = `[^\x00-\x7f]`
	quotedString = `"(?:[\t !#-\[\]-~]|` + obsText + `|\\(?:[\t -~]|` + obsText + `))*"`
	parameters   = `(?:[ \t]*;[ \t]*(?:` + token + `=(?:` + token + `|` + quotedString + `))?)*`
	directive    = token + `(?:=(?:` + token + `|` + quotedString + `))?`
	product      = token + `(?:/` + token + `)?`
	entityTag    = `(?:W/)?"(?:[!#-~]|` + obsText + `)*"`
	languageTag  = `[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*`
	contentRange = token + ` (?:[0-9]+-[0-9]+/(?:[0-9]+|\*)|\*/[0-9]+)`
)

// grammar has the productions of the fields that a response can have, but for
// those that dates.go, references.go and challenges.go look at. They are those of
// RFC 9110, and of RFC 9111 for Age and Cache-Control.
var grammar = map[string]production{
	"accept-ranges":     {`acceptable-ranges = range-unit *( OWS "," OWS range-unit )`, true, whole(token)},
	"age":               {`Age = delta-seconds`, false, whole(`[0-9]+`)},
	"allow":             {`Allow = #method`, true, whole(token)},
	"cache-control":     {`cache-directive = token [ "=" ( token / quoted-string ) ]`, true, whole(directive)},
	"connection":        {`Connection = #connection-option`, true, whole(token)},
	"content-encoding":  {`Content-Encoding = #content-coding`, true, whole(token)},
	"content-language":  {`Content-Language = #language-tag`, true, whole(languageTag)},
	"content-length":    {`Content-Length = 1*DIGIT`, false, whole(`[0-9]+`)},
	"content-range":     {`Content-Range = range-unit SP ( range-resp / unsatisfied-range )`, false, whole(contentRange)},
	"content-type":      {`Content-Type = type "/" subtype parameters`, false, whole(token + `/` + token + parameters)},
	"etag":              {`ETag = [ "W/" ] DQUOTE *etagc DQUOTE`, false, whole(entityTag)},
	"server":            {`Server = product *( RWS ( product / comment ) )`, false, products},
	"trailer":           {`Trailer = #field-name`, true, whole(token)},
	"transfer-encoding": {`Transfer-Encoding = #transfer-coding`, true, whole(token + parameters)},
	"upgrade":           {`Upgrade = #( protocol-name [ "/" protocol-version ] )`, true, whole(product)},
	"vary":              {`Vary = #( "*" / field-name )`, true, whole(token)},
	"via":               {`Via = #( received-protocol RWS received-by [ RWS comment ] )`, true, viaMember},
}

// abnf returns the production of a field.
func abnf(name string) string {
	switch name {
	case "date", "expires", "last-modified":
		return "HTTP-date, for example: Sun, 06 Nov 1994 08:49:37 GMT"
	case "retry-after":
		return "Retry-After = HTTP-date / delay-seconds"
	case "location":
		return "Location = URI-reference"
	case "content-location":
		return "Content-Location = absolute-URI / partial-URI"
	case "www-authenticate", "proxy-authenticate":
		return "challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]"
	}
	return grammar[name].abnf
}

// reportValue reports a value as a whole.
func (c *check) reportValue(r *rule, f *field) {
	if r == fieldSyntax {
		c.malformed(f, f.valueAt)
	} else {
		c.report(r, f.valueAt)
	}
}

// malformed reports a value, or a member of a list, that is not what the grammar says.
func (c *check) malformed(f *field, at int) {
	n := len(c.Findings)
	c.report(fieldSyntax, at)
	if n < len(c.Findings) {
		c.Findings[n].Hint = abnf(f.name)
	}
}

// whole returns a function that reports whether an expression matches a whole text.
func whole(expression string) func(string) bool {
	return regexp.MustCompile(`^(?:` + expression + `)$`).MatchString
}

var (
	productABNF = regexp.MustCompile(`^` + product)
	viaABNF     = regexp.MustCompile(`^(?:` + token + `/)?` + token + `[ \t]+` + token + `(?::[0-9]*)?`)
)

// products reports whether a text is a list of products and comments.
//
//	Server = product *( RWS ( product / comment ) )
//
// RFC 9110, Section 10.2.4.
func products(text string) bool {
	for first := true; ; first = false {
		n := len(productABNF.FindString(text))
		if n == 0 && !first {
			n = comment(text)
		}
		if n == 0 {
			return false
		}
		if text = text[n:]; text == "" {
			return true
		}
		rest := strings.TrimLeft(text, " \t")
		if rest == text {
			return false
		}
		text = rest
	}
}

// viaMember reports whether a text is a member of Via.
//
//	received-protocol RWS received-by [ RWS comment ]
//
// RFC 9110, Section 7.6.3.
func viaMember(text string) bool {
	n := len(viaABNF.FindString(text))
	if n == 0 || n == len(text) {
		return n > 0
	}
	rest := strings.TrimLeft(text[n:], " \t")
	return len(rest) < len(text)-n && comment(rest) == len(rest)
}

// comment returns the length of the comment that a text begins with, 0 if it does not.
//
//	comment = "(" *( ctext / quoted-pair / comment ) ")"
//
// RFC 9110, Section 5.6.5.
func comment(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '\\':
			i++
		}
		if depth == 0 && i < len(text) {
			if text[0] != '(' {
				return 0
			}
			return i + 1
		}
	}
	return 0
}
