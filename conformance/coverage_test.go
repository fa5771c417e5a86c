package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

var update = flag.Bool("update", false, "write COVERAGE.md")

// excuse is one row of coverage.tsv: why no case shows that a requirement is
// met, or a row of the catalog reached, and what does instead.
type excuse struct {
	shownBy string // "httpwire.TestName", the id of a case, or "-" where there is nothing to show
	why     string
}

// coverage is all that is known about which requirement is shown by what.
type coverage struct {
	requirements []requirement
	excuses      map[string]excuse
	cases        []*Case
	byRule       map[string][]*Case // cases that name a requirement
	byCatalog    map[string][]*Case // cases whose octets break a rule, by its name
}

// TestCoverage checks that every requirement on an origin server is shown by a
// case of the corpus, or has a row in coverage.tsv that says why not, and that
// COVERAGE.md is up to date.
func TestCoverage(t *testing.T) {
	c := readCoverage(t)
	c.checkRules(t)
	for _, r := range c.requirements {
		c.checkRow(t, r.id, r.server, len(c.byRule[r.id]))
	}
	for _, rule := range httpwire.Rules() {
		c.checkRow(t, rule.Name, true, len(c.byCatalog[rule.Name]))
		if !slices.ContainsFunc(c.requirements, func(r requirement) bool { return r.id == rule.ID }) {
			t.Errorf("%s names %s, which requirements.tsv does not have", rule.Name, rule.ID)
		}
	}
	c.checkExcuses(t)
	got := c.markdown()
	if *update {
		if err := os.WriteFile("COVERAGE.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile("COVERAGE.md"); !t.Failed() && (err != nil || string(want) != got) {
		t.Errorf("COVERAGE.md is not up to date: run go test ./conformance -run TestCoverage -update")
	}
}

// readCoverage reads the two tables and the corpus.
func readCoverage(t *testing.T) *coverage {
	t.Helper()
	c := &coverage{excuses: map[string]excuse{}, byRule: map[string][]*Case{}, byCatalog: map[string][]*Case{}}
	for _, row := range table(t, "requirements.tsv", 6) {
		c.requirements = append(c.requirements, requirement{row[0], row[1], row[2], row[3], row[4] == "yes", row[5]})
	}
	for _, row := range table(t, "coverage.tsv", 3) {
		if _, twice := c.excuses[row[0]]; twice {
			t.Errorf("coverage.tsv: %s is there twice", row[0])
		}
		c.excuses[row[0]] = excuse{row[1], row[2]}
	}
	files, err := Corpus()
	if err != nil {
		t.Fatal(err)
	}
	c.cases = Select(files, func(string) bool { return true })
	for _, x := range c.cases {
		for _, r := range x.Rules {
			c.byRule[r.ID] = append(c.byRule[r.ID], x)
		}
		if rule := refusedBy(x); rule != "" {
			c.byCatalog[rule] = append(c.byCatalog[rule], x)
		}
	}
	return c
}

// refusedBy returns the name of the rule that the octets of a case break, if
// the case says by a "!" line that they break one.
func refusedBy(c *Case) string {
	if c.objections == nil {
		return ""
	}
	for _, sent := range c.Sent("localhost:3000") {
		if seen := converse(sent.Octets); seen.err != nil {
			return seen.err.Rule.Name
		}
	}
	return ""
}

// table reads a file of rows whose columns are divided by tabs. The first row
// holds the headings and is left out.
func table(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		row := strings.Split(line, "\t")
		if len(row) != columns || slices.Contains(row, "") {
			t.Fatalf("%s:%d: want %d columns divided by tabs, none of them empty", name, i+1, columns)
		}
		rows = append(rows, row)
	}
	return rows[1:]
}

// checkRules checks that cases name requirements that exist, bind a server, and
// are as strong as the case says.
func (c *coverage) checkRules(t *testing.T) {
	t.Helper()
	rows := map[string]requirement{}
	for _, r := range c.requirements {
		if _, twice := rows[r.id]; twice {
			t.Errorf("requirements.tsv: %s is there twice", r.id)
		}
		rows[r.id] = r
	}
	for _, x := range c.cases {
		for _, named := range x.Rules {
			r, known := rows[named.ID]
			switch {
			case !known:
				t.Errorf("%s: case %s names %s, which is no requirement", x.File, x.ID, named.ID)
			case !r.server:
				t.Errorf("%s: case %s names %s, which is about another role: %s", x.File, x.ID, named.ID, r.role)
			case levels[r.level] != named.Level:
				t.Errorf("%s: case %s calls %s a %s, it is a %s", x.File, x.ID, named.ID, named.Level, r.level)
			}
		}
	}
}

// checkRow checks that a requirement, or a row of the catalog, is either shown
// by cases or excused. One that does not bind a server is neither.
func (c *coverage) checkRow(t *testing.T, id string, binds bool, cases int) {
	t.Helper()
	_, excused := c.excuses[id]
	switch {
	case binds && cases == 0 && !excused:
		t.Errorf("%s is shown by no case of testdata, and coverage.tsv does not say why", id)
	case cases > 0 && excused:
		t.Errorf("%s is shown by a case: take it out of coverage.tsv", id)
	case !binds && excused:
		t.Errorf("%s does not bind a server: take it out of coverage.tsv", id)
	}
}

// checkExcuses checks that excuses are about something, and that the tests they
// name exist.
func (c *coverage) checkExcuses(t *testing.T) {
	t.Helper()
	for id, e := range c.excuses {
		known := slices.ContainsFunc(c.requirements, func(r requirement) bool { return r.id == id }) ||
			slices.ContainsFunc(httpwire.Rules(), func(r *syntax.Rule) bool { return r.Name == id })
		if !known {
			t.Errorf("coverage.tsv: %s is neither a requirement nor a row of the catalog", id)
		}
		if e.shownBy != "-" && c.caseNamed(e.shownBy) == nil && !testExists(e.shownBy) {
			t.Errorf("coverage.tsv: %s: there is no test and no case %s", id, e.shownBy)
		}
	}
}

// caseNamed returns the case with an id, or nil.
func (c *coverage) caseNamed(id string) *Case {
	if i := slices.IndexFunc(c.cases, func(x *Case) bool { return x.ID == id }); i >= 0 {
		return c.cases[i]
	}
	return nil
}

// testExists reports whether the package of a name such as "httpwire.TestLine"
// has that test.
func testExists(name string) bool {
	dir, test, _ := strings.Cut(name, ".")
	files, _ := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*_test.go"))
	declaration := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(`)
	return slices.ContainsFunc(files, func(file string) bool {
		data, err := os.ReadFile(file)
		return err == nil && declaration.Match(data)
	})
}

// coverageHead begins COVERAGE.md.
const coverageHead = `# What the corpus covers

Every sentence of RFC 9110 and RFC 9112 that requires, recommends or permits something of an origin server, with the
cases that show it. Where no case can show it, the reason is given instead, with the unit test that does.
Written by ` + "`go test ./conformance -run TestCoverage -update`" + ` from requirements.tsv, coverage.tsv and the
@rule lines of the cases. Do not edit.

`

// markdown returns the text of COVERAGE.md.
func (c *coverage) markdown() string {
	var b strings.Builder
	b.WriteString(coverageHead)
	c.writeSummary(&b)
	last := ""
	for _, r := range c.requirements {
		if !r.server {
			continue
		}
		if chapter := chapterOf(r); chapter != last {
			fmt.Fprintf(&b, "\n## %s\n\n| requirement | | what it says | shown by |\n|---|---|---|---|\n", chapter)
			last = chapter
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.id, r.level, plainText(r.text), c.shownBy(r.id, c.byRule[r.id]))
	}
	b.WriteString("\n## The catalog of refusals\n\n| rule | | requirement | reached by |\n|---|---|---|---|\n")
	for _, rule := range httpwire.Rules() {
		fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", rule.Name, rule.Status, rule.ID, c.shownBy(rule.Name, c.byCatalog[rule.Name]))
	}
	return b.String()
}

// writeSummary writes how many requirements are shown by what.
func (c *coverage) writeSummary(b *strings.Builder) {
	b.WriteString("| | sentences | about a server | shown by cases | by a unit test | nothing to show |\n|---|---|---|---|---|---|\n")
	for _, document := range []string{"rfc9110", "rfc9112"} {
		var all, server, cases, unit, none int
		for _, r := range c.requirements {
			if !strings.HasPrefix(r.id, document) {
				continue
			}
			all++
			switch e := c.excuses[r.id]; {
			case !r.server:
				continue
			case len(c.byRule[r.id]) > 0:
				cases++
			case e.shownBy != "-":
				unit++
			default:
				none++
			}
			server++
		}
		fmt.Fprintf(b, "| RFC %s | %d | %d | %d | %d | %d |\n", document[3:], all, server, cases, unit, none)
	}
	fmt.Fprintf(b, "\nThe corpus has %d cases.\n", len(c.cases))
}

// chapterOf returns the heading of the section that a requirement belongs to.
func chapterOf(r requirement) string {
	chapter, _, _ := strings.Cut(r.section, ".")
	return fmt.Sprintf("RFC %s, Section %s", r.id[3:7], chapter)
}

// shownBy returns the cell that says what shows a requirement.
func (c *coverage) shownBy(id string, cases []*Case) string {
	const most = 6
	var links []string
	for _, x := range cases[:min(most, len(cases))] {
		links = append(links, fmt.Sprintf("[%s](testdata/%s)", x.ID, x.File))
	}
	if len(cases) > most {
		links = append(links, fmt.Sprintf("and %d more", len(cases)-most))
	}
	if links != nil {
		return strings.Join(links, ", ")
	}
	e := c.excuses[id]
	if e.shownBy == "-" {
		return plainText(e.why)
	}
	if x := c.caseNamed(e.shownBy); x != nil {
		return fmt.Sprintf("[%s](testdata/%s): %s", x.ID, x.File, plainText(e.why))
	}
	return "`" + e.shownBy + "`: " + plainText(e.why)
}

// plainText keeps text from being taken for Markdown.
func plainText(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`").Replace(text)
}
