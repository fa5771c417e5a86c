package xray

import (
	"strings"
	"sync"

	"rawserve/conformance"
	"rawserve/httpwire/syntax"
)

// brokenRule describes a row of the server's catalog.
func brokenRule(r *syntax.Rule) *BrokenRule {
	known := ruleIndex()[r.Name]
	return &BrokenRule{
		Name: r.Name, ID: r.ID, Ref: shortRef(r.Source()), Sentence: r.Sentence, Hint: r.Hint,
		Why: reasons[r.Name].why, Source: "httpwire/" + reasons[r.Name].source,
		Level: known.level, Fixture: known.fixture,
	}
}

// brokenByResponse describes a rule that a response breaks. What the conformance
// cases know is about requests.
func brokenByResponse(r *syntax.Rule) *BrokenRule {
	why := reasons[r.Name]
	if r == syntax.RepeatedLength {
		why.source = "syntax/framing.go:repeatableLength" // equal ones are accepted
	}
	return &BrokenRule{Name: r.Name, ID: r.ID, Ref: shortRef(r.Source()), Sentence: r.Sentence, Hint: r.Hint,
		Why: why.why, Source: "httpwire/" + why.source}
}

// shortRef turns "RFC 9112, Section 5.1" into "9112 §5.1".
func shortRef(source string) string {
	return strings.ReplaceAll(strings.TrimPrefix(source, "RFC "), ", Section ", " §")
}

// indexed is what the conformance cases know about a rule.
type indexed struct {
	level, fixture string
	fits           int // how well the case fits the rule
}

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

// indexCase adds a case to the index if it fits its rule better than those
// before it.
func indexCase(index map[string]indexed, c *conformance.Case) {
	for _, sent := range c.Sent("localhost") {
		if len(sent.Objections) == 0 {
			continue
		}
		rule := refusedBy(sent.Octets)
		if rule == nil {
			continue
		}
		found := indexed{fixture: c.ID, fits: 1}
		for _, r := range c.Rules {
			if r.ID == rule.ID {
				found.level = r.Level.String()
				found.fits += 2
			}
		}
		if strings.HasPrefix(c.Section, sectionOf(rule)) {
			found.fits++
		}
		if found.fits > index[rule.Name].fits {
			index[rule.Name] = found
		}
	}
}

// sectionOf returns how the names of the case files about a rule begin:
// "9112-5" for a rule from RFC 9112, Section 5.1.
func sectionOf(rule *syntax.Rule) string {
	section, _, _ := strings.Cut(shortRef(rule.Source()), ".")
	return strings.ReplaceAll(section, " §", "-")
}
