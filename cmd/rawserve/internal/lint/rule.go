package lint

import (
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/conformance"
)

// rule is one way in which a response can be other than the RFC asks.
type rule struct {
	name     string // the Go name of the row, with a capital
	id       string // of the requirement, or of the section if it has no key word
	level    string
	says     string // the sentence of the RFC, if it is no requirement of the table
	sentence string // what is wrong with the response, in plain words
	hint     string // what the server can do about it
}

// The levels of rules.
const (
	must      = "MUST"
	mustNot   = "MUST NOT"
	should    = "SHOULD"
	shouldNot = "SHOULD NOT"
	invalid   = "invalid" // the RFC says what is valid without a key word: as strong as MUST
)

// rules collects the rows of catalog.go while the package's variables are
// initialised; nothing changes it afterwards.
var rules []*rule

// requires makes a row for a requirement of conformance/requirements.tsv, which has
// the sentence of the RFC.
func requires(name, id, level, sentence, hint string) *rule {
	r := &rule{name: name, id: id, level: level, sentence: sentence, hint: hint}
	rules = append(rules, r)
	return r
}

// states makes a row for what a section of the RFC says without a key word.
func states(name, section, says, sentence, hint string) *rule {
	r := &rule{name: name, id: section, level: invalid, says: says, sentence: sentence, hint: hint}
	rules = append(rules, r)
	return r
}

// finding returns the finding for the rule at an offset of the input.
func (r *rule) finding(at int) xray.Finding {
	document, rest, _ := strings.Cut(strings.TrimPrefix(r.id, "rfc"), "-")
	section, _, _ := strings.Cut(rest, "-")
	says := r.says
	if says == "" {
		says = conformance.RuleRef{ID: r.id}.Sentence()
	}
	return xray.Finding{Name: r.name, Offset: at, ID: r.id, Level: r.level, Ref: document + " §" + section,
		Sentence: r.sentence, Says: says, Hint: r.hint}
}
