package xray

import (
	"strings"
	"sync"

	"rawserve/conformance"
	"rawserve/httpwire"
)

// brokenRule describes a row of the server's catalog.
func brokenRule(r *httpwire.Rule) *BrokenRule {
	known := ruleIndex()[r.Name]
	return &BrokenRule{
		Name: r.Name, ID: r.ID, Ref: shortRef(r.Source()), Sentence: r.Sentence, Hint: r.Hint,
		Why: reasons[r.Name].why, Source: "httpwire/" + reasons[r.Name].source,
		Level: known.level, Fixture: known.fixture,
	}
}

// shortRef turns "RFC 9112, Section 5.1" into "9112 §5.1".
func shortRef(source string) string {
	return strings.ReplaceAll(strings.TrimPrefix(source, "RFC "), ", Section ", " §")
}

// indexed is what the conformance cases know about a rule.
type indexed struct{ level, fixture string }

// ruleIndex finds a conformance case for each rule, by running the parser over
// those in which one is to be refused.
var ruleIndex = sync.OnceValue(func() map[string]indexed {
	index := map[string]indexed{}
	files, err := conformance.Corpus()
	if err != nil {
		return index
	}
	for _, file := range files {
		for _, c := range file.Cases {
			indexCase(index, c)
		}
	}
	return index
})

// indexCase adds a case to the index if it is the first for its rule, or the
// first that is about this rule and not about another.
func indexCase(index map[string]indexed, c *conformance.Case) {
	for _, sent := range c.Sent("localhost") {
		if len(sent.Objections) == 0 {
			continue
		}
		rule := refusedBy(sent.Octets)
		if rule == nil {
			continue
		}
		found := indexed{fixture: c.ID}
		for _, r := range c.Rules {
			if r.ID == rule.ID {
				found.level = r.Level.String()
			}
		}
		if known := index[rule.Name]; known.fixture == "" || known.level == "" && found.level != "" {
			index[rule.Name] = found
		}
	}
}
