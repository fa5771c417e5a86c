package lint

import (
	"regexp"
	"strings"
)

// production is the grammar of a field value, or of a member if it is a list.
type production struct {
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
	entityTag    = `(?:W/)?"(?:[!#-~]|` + obsText + `)*"`
	languageTag  = `[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*`
	contentRange = token + ` (?:[0-9]+-[0-9]+/(?:[0-9]+|\*)|\*/[0-9]+)`
)

// grammar has the productions of the fields that a response can have, but for
// those that dates.go, references.go and challenges.go look at. They are those of
// RFC 9110, and of RFC 9111 for Age and Cache-Control.
var grammar = map[string]production{
	"accept-ranges":     {true, whole(token)},
	"age":               {false, whole(`[0-9]+`)},
	"allow":             {true, whole(token)},
	"cache-control":     {true, whole(token + `(?:=(?:` + token + `|` + quotedString + `))?`)},
	"connection":        {true, whole(token)},
	"content-encoding":  {true, whole(token)},
	"content-language":  {true, whole(languageTag)},
	"content-length":    {false, whole(`[0-9]+`)},
	"content-range":     {false, whole(contentRange)},
	"content-type":      {false, whole(token + `/` + token + parameters)},
	"etag":              {false, whole(entityTag)},
	"server":            {false, products},
	"trailer":           {true, whole(token)},
	"transfer-encoding": {true, whole(token + parameters)},
	"upgrade":           {true, whole(token + `(?:/` + token + `)?`)},
	"vary":              {true, whole(token)},
	"via":               {true, viaMember},
}

// whole returns a function that reports whether an expression matches a whole text.
func whole(expression string) func(string) bool {
	return regexp.MustCompile(`^(?:` + expression + `)$`).MatchString
}

var (
	productABNF = regexp.MustCompile(`^` + token + `(?:/` + token + `)?`)
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
