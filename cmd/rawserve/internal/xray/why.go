package xray

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"rawserve/httpwire/syntax"
)

// brokenRule describes a row of the server's catalog. Why it matters stands in
// reasons.go.
func brokenRule(r *syntax.Rule) *BrokenRule {
	known := examples()[r.Name]
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

// Sources returns what BrokenRule.Source can be: "httpwire/syntax/line.go:cutLine" is a
// function in a file.
func Sources() (all []string) {
	for _, rules := range [][]*syntax.Rule{syntax.Rules(), syntax.ResponseRules()} {
		for _, r := range rules {
			all = append(all, brokenRule(r).Source, brokenByResponse(r).Source)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// shortRef turns "RFC 9112, Section 5.1" into "9112 §5.1".
func shortRef(source string) string {
	return strings.ReplaceAll(strings.TrimPrefix(source, "RFC "), ", Section ", " §")
}

// example is a conformance case that breaks a rule.
type example struct {
	level   string // of the requirement: MUST, SHOULD or MAY; "" where the case does not say
	fixture string // id of the case
}

// exampleLines holds an example for each rule of the grammar, one on a line: name of
// the rule, level, case. A test says whether it is right, and writes it with -update.
//
//go:embed examples.tsv
var exampleLines string

// examples parses the embedded file once.
var examples = sync.OnceValue(func() map[string]example {
	byRule := map[string]example{}
	for line := range strings.Lines(exampleLines) {
		rule, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		level, fixture, _ := strings.Cut(rest, "\t")
		byRule[rule] = example{level, fixture}
	}
	return byRule
})
