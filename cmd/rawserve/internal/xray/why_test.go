package xray

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rawserve/conformance"
	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

var update = flag.Bool("update", false, "write examples.tsv anew")

// TestExamples: examples.tsv names for each rule the conformance case that fits it
// best, found by running the parser over all in which something is to be refused.
func TestExamples(t *testing.T) {
	best := map[string]candidate{}
	for _, c := range allCases(t) {
		for _, sent := range c.Sent("localhost") {
			rule := refusedBy(sent.Octets)
			if rule == nil || len(sent.Objections) == 0 {
				continue
			}
			if found := fit(c, rule); found.fits > best[rule.Name].fits {
				best[rule.Name] = found
			}
		}
	}
	var want strings.Builder
	for _, rule := range httpwire.Rules() {
		if found, ok := best[rule.Name]; ok {
			fmt.Fprintf(&want, "%s\t%s\t%s\n", rule.Name, found.level, found.fixture)
		}
	}
	if *update {
		if err := os.WriteFile("examples.tsv", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got := strings.ReplaceAll(exampleLines, "\r\n", "\n"); got != want.String() {
		t.Error("examples.tsv is not up to date: run go test ./cmd/rawserve/internal/xray -run TestExamples -update")
	}
}

// candidate is an example, and how well it fits its rule.
type candidate struct {
	example
	fits int
}

// fit says how well a case fits the rule that it breaks.
func fit(c *conformance.Case, rule *syntax.Rule) candidate {
	found := candidate{example{fixture: c.ID}, 1}
	for _, r := range c.Rules {
		if r.ID == rule.ID {
			found.level = r.Level.String()
			found.fits += 2
		}
	}
	// The file of a case begins with its section: "9112-5" for RFC 9112, Section 5.1.
	section, _, _ := strings.Cut(shortRef(rule.Source()), ".")
	if strings.HasPrefix(c.Section, strings.ReplaceAll(section, " §", "-")) {
		found.fits++
	}
	return found
}

// refusedBy returns the rule that a stream of requests breaks, or nil.
func refusedBy(octets []byte) *syntax.Rule {
	d := newDissection(octets, Options{})
	for at := 0; at < len(octets); {
		b := d.watch(at)
		if b.m.Verdict.Outcome != Accept {
			return b.rule
		}
		at = b.m.End()
	}
	return nil
}

// allCases returns the conformance cases.
func allCases(t testing.TB) (cases []*conformance.Case) {
	t.Helper()
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		cases = append(cases, f.Cases...)
	}
	return cases
}

// TestReasons: every rule has a reason in plain words, and says where in the source
// it is decided.
func TestReasons(t *testing.T) {
	cases := map[string]bool{}
	for _, c := range allCases(t) {
		cases[c.ID] = true
	}
	for _, rule := range slices.Concat(httpwire.Rules(), syntax.ResponseRules()) {
		for _, b := range []*BrokenRule{brokenRule(rule), brokenByResponse(rule)} {
			if len(b.Why) < 40 {
				t.Errorf("%s has no row in reasons.go, or a reason of fewer than 40 octets", b.Name)
				break
			}
			checkSource(t, b)
			if b.Fixture != "" && !cases[b.Fixture] {
				t.Errorf("%s: there is no case %s", b.Name, b.Fixture)
			}
		}
	}
}

// checkSource fails unless the function that is said to decide a rule names it.
func checkSource(t *testing.T, b *BrokenRule) {
	t.Helper()
	file, function, _ := strings.Cut(strings.TrimPrefix(b.Source, "httpwire/"), ":")
	text, err := os.ReadFile(filepath.Join("../../../../httpwire", file))
	if err != nil {
		t.Errorf("%s: %v", b.Name, err)
		return
	}
	body := regexp.MustCompile(`(?ms)^func (\([^)]*\) )?`+function+`(\[[^\n]*\])?\(.*?^}`).FindAll(text, -1)
	if !bytes.Contains(bytes.Join(body, nil), []byte(b.Name)) {
		t.Errorf("reasons.go says that %s is decided in %s, which does not name it", b.Name, b.Source)
	}
}
