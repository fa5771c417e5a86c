package conformance

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// writeMarkdown writes the table of sections, and for each server what it
// fails, a line each.
func writeMarkdown(w io.Writer, s *Summary) error {
	var b strings.Builder
	b.WriteString("Each cell: passed / failed / warned / skipped.\n\n| section |")
	for _, server := range s.Servers {
		fmt.Fprintf(&b, " %s |", markdownText(server.name()))
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(s.Servers)) + "\n")
	for _, section := range s.Sections {
		markdownRow(&b, section.Name, section.Tallies)
	}
	markdownRow(&b, "**total**", s.Total)
	for i, server := range s.Servers {
		failures := s.With(i, Fail)
		fmt.Fprintf(&b, "\n## %s: %d failed\n\n", markdownText(server.name()), len(failures))
		markdownFailures(&b, failures)
		if len(failures) == 0 {
			b.WriteString("Nothing.\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// timeOfDay matches the dates that servers put into answers.
var timeOfDay = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9. :GMT]*`)

// steady takes out of a reason what is different in each run, so that a table
// under version control changes only when a server does.
func steady(reason string) string { return timeOfDay.ReplaceAllString(reason, "...") }

// markdownRow writes one row of the table.
func markdownRow(b *strings.Builder, name string, tallies []Tally) {
	fmt.Fprintf(b, "| %s |", name)
	for _, t := range tallies {
		failed := fmt.Sprint(t.Failed)
		if t.Failed > 0 {
			failed = "**" + failed + "**"
		}
		fmt.Fprintf(b, " %d / %s / %d / %d |", t.Passed, failed, t.Warned, t.Skipped)
	}
	b.WriteString("\n")
}

// markdownFailures writes failures under the requirements that they break, with the
// sentences of the RFC.
func markdownFailures(b *strings.Builder, failures []*Result) {
	groups := map[string][]*Result{}
	var order []string
	for _, r := range failures {
		key := r.breaks()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], r)
	}
	for _, key := range order {
		fmt.Fprintf(b, "- %s\n", key)
		for _, rule := range groups[key][0].blamed() {
			if sentence := rule.Sentence(); sentence != "" {
				fmt.Fprintf(b, "  > %s\n\n", markdownText(sentence))
			}
		}
		for _, r := range groups[key] {
			fmt.Fprintf(b, "  - `%s`: %s: %s\n", r.Case.ID, markdownText(r.Case.Title), markdownText(steady(r.difference())))
		}
	}
}

// markdownText keeps text from meaning anything to Markdown: a backslash before each
// ASCII sign, except where a sign alone means nothing, and a reference for those that
// HTML or links begin with.
func markdownText(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '<' || c == '>' || c == '&' || c == '@':
			fmt.Fprintf(&b, "&#%d;", c)
		case strings.ContainsRune("\\`*_{}[]()#+!|~$:", c):
			b.WriteString("\\" + string(c))
		case c < ' ' || c >= 0x7f:
			b.WriteString(visible(string(c)))
		default:
			b.WriteRune(c)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", `www\.`)
}
