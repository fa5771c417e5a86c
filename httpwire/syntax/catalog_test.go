package syntax

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every row of the catalog is broken by a row of a table.
func TestEveryRuleIsBroken(t *testing.T) {
	breaks := map[*Rule]string{
		ChunkOverhead: "TestChunkedOverhead",
	}
	for _, c := range allHeads() {
		breaks[c.want] = c.name
	}
	for _, c := range chunkedCases {
		breaks[c.want] = c.name
	}
	for _, c := range responseCases {
		breaks[c.want] = c.name
	}
	for _, rule := range slices.Concat(Rules(), ResponseRules()) {
		if breaks[rule] == "" {
			t.Errorf("no case of the tables here (fieldCases and others) breaks %s: %s", rule.Name, rule.Sentence)
		}
	}
}

// What only responses can break is no rule of requests.
func TestResponseRulesStandApart(t *testing.T) {
	for _, rule := range ResponseRules() {
		if slices.Contains(Rules(), rule) {
			t.Errorf("%s is a rule of requests", rule.Name)
		}
	}
}

// A row says everything that a refusal needs, and says it once.
func TestCatalog(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range slices.Concat(Rules(), ResponseRules()) {
		if seen[r.Name] || seen[r.Sentence] {
			t.Errorf("%s: its name or sentence stands in the catalog twice", r.Name)
		}
		seen[r.Name], seen[r.Sentence] = true, true
		if StatusText(r.Status) == "" || r.Status < 400 {
			t.Errorf("%s: status %d is not that of a refusal", r.Name, r.Status)
		}
		if !strings.HasPrefix(r.ID, "rfc9110-") && !strings.HasPrefix(r.ID, "rfc9112-") || strings.Count(r.ID, "-") != 2 {
			t.Errorf("%s: %q is not the id of a requirement", r.Name, r.ID)
		}
		if r.Hint == "" || strings.HasSuffix(r.Sentence, ".") || strings.HasSuffix(r.Hint, ".") {
			t.Errorf("%s: want a sentence and a hint without full stops: %q, %q", r.Name, r.Sentence, r.Hint)
		}
	}
}

// The cases are named after the section that they show: the tables are read
// next to the RFC.
func TestCaseNames(t *testing.T) {
	named, seen := regexp.MustCompile(`^[0-9]{4}_[0-9.]+_[a-z0-9_]+$`), map[string]bool{}
	check := func(name string) {
		if !named.MatchString(name) || seen[name] {
			t.Errorf("case %q: want a name that begins with a section and is used once", name)
		}
		seen[name] = true
	}
	for _, c := range allHeads() {
		check(c.name)
	}
	for _, c := range chunkedCases {
		check(c.name)
	}
	for _, c := range responseCases {
		check(c.name)
	}
}

func TestErrorText(t *testing.T) {
	var p HeadParser
	_, err := p.Parse([]byte("GET / HTTP/1.1\r\nHost : a\r\n\r\n"))
	const want = "400 at octet 20: white space between field name and colon (RFC 9112, Section 5.1)"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
	if !errors.Is(err, SpaceBeforeColon) || errors.Is(err, ObsFold) {
		t.Error("errors.Is does not tell the rule")
	}
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Rule.Status != 400 || refusal.Offset != 20 {
		t.Errorf("errors.As = %+v, want status 400 at offset 20", refusal)
	}
}
