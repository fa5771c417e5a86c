package lint

import (
	"os"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// table reads a file of rows whose columns are divided by tabs, but for its
// headings.
func table(t *testing.T, name string, columns int) (rows [][]string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\r\n", "\n")) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != columns || slices.Contains(row, "") {
			t.Fatalf("%s: %q has not %d columns, none of them empty", name, line, columns)
		}
		rows = append(rows, row)
	}
	return rows[1:]
}

// TestCoverage: of each MUST and SHOULD on servers, origin servers, senders and
// recipients it is known which rule finds it broken, or testdata/coverage.tsv says
// why octets do not show it. Permissions cannot be broken.
func TestCoverage(t *testing.T) {
	levels := map[string]string{}
	excused := map[string]bool{}
	for _, row := range table(t, "testdata/coverage.tsv", 3) {
		excused[row[0]] = true
		checkShownBy(t, row[0], row[1])
	}
	for _, row := range table(t, "../../../../conformance/requirements.tsv", 6) {
		id, level, server := row[0], row[2], row[4] == "yes"
		levels[id] = level
		found := slices.ContainsFunc(rules, func(r *rule) bool { return r.id == id })
		switch {
		case found && excused[id]:
			t.Errorf("%s has a rule, and a row that says why not", id)
		case server && level != "MAY" && !found && !excused[id]:
			t.Errorf("%s has no rule, and no row: %s", id, row[5])
		}
		delete(excused, id)
	}
	for id := range excused {
		t.Errorf("coverage.tsv has %s, which is no requirement", id)
	}
	for _, r := range rules {
		if levels[r.id] != r.level && r.level != invalid {
			t.Errorf("%s calls %s a %s, it is a %q", r.name, r.id, r.level, levels[r.id])
		}
	}
}

// checkShownBy checks that what a row names is a rule of this package or of the parser.
func checkShownBy(t *testing.T, id, by string) {
	t.Helper()
	name, ofParser := strings.CutPrefix(by, "parser:")
	parser := slices.ContainsFunc(syntax.Rules(), func(r *syntax.Rule) bool { return r.Name == name })
	name, ofLint := strings.CutPrefix(name, "lint:")
	lint := slices.ContainsFunc(rules, func(r *rule) bool { return r.name == name })
	if by != "-" && !(ofParser && parser) && !(ofLint && lint) {
		t.Errorf("coverage.tsv: %s is shown by %q, which is nothing", id, by)
	}
}

// TestFinding: a finding has all that explains it.
func TestFinding(t *testing.T) {
	for _, r := range rules {
		f := r.finding(7)
		if f.Offset != 7 || f.Says == "" || f.Sentence == "" || f.Hint == "" || !strings.HasPrefix(f.Ref, "911") {
			t.Errorf("got %+v", f)
		}
	}
}
