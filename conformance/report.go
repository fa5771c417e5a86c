package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// writers lists the formats of -format.
var writers = map[string]func(io.Writer, *Summary) error{
	"text":     writeText,
	"tap":      writeTAP,
	"json":     writeJSON,
	"markdown": writeMarkdown,
	"html":     writeHTML,
}

// name returns the name a report calls a server by.
func (s *Server) name() string {
	if s.Name == "" {
		return s.Addr
	}
	return s.Name
}

// fewFailures is how many failures the text shows with their transcripts
// without being asked for them.
const fewFailures = 10

// writeText writes what failed, then the totals.
func writeText(w io.Writer, s *Summary) error {
	var b strings.Builder
	for i, server := range s.Servers {
		writeFailures(&b, s, i, server)
	}
	if len(s.Servers) > 1 {
		writeGrid(&b, s)
	}
	for i, server := range s.Servers {
		t := s.Total[i]
		fmt.Fprintf(&b, "%s: %d passed, %d failed, %d warned, %d skipped\n",
			server.name(), t.Passed, t.Failed, t.Warned, t.Skipped)
		writeSkipped(&b, s.With(i, Skip))
		if server.note != "" {
			fmt.Fprintf(&b, "  note: %s\n", server.note)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFailures writes what failed on one server: a line for each, and if they
// are few or asked for, what happened.
func writeFailures(b *strings.Builder, s *Summary, i int, server *Server) {
	results := append(s.With(i, Warn), s.With(i, Fail)...)
	if s.Verbose || len(results) <= fewFailures {
		for _, r := range results {
			b.WriteString(r.Describe(server))
		}
		return
	}
	for _, r := range results {
		title := r.Case.Title
		if title != "" {
			title += ": "
		}
		fmt.Fprintf(b, "%s %s on %s: %s%s (%s; %s)\n", r.Verdict, r.Case.ID, server.name(), title, r.difference(), r.breaks(), r.at())
		writeSentences(b, "    ", r.blamed())
	}
	fmt.Fprintf(b, "-v, or -run with the name of a case, shows what was sent and received\n\n")
}

// writeSkipped writes why cases were skipped, the most frequent reasons first.
func writeSkipped(b *strings.Builder, skipped []*Result) {
	for _, s := range countReasons(skipped) {
		fmt.Fprintf(b, "  %d skipped: %s\n", s.Count, s.Reason)
	}
}

// skipReason is a reason for which cases were skipped.
type skipReason struct {
	Reason string
	Count  int
}

// skipReasons returns why cases were skipped on one server.
func skipReasons(s *Summary, server int) []skipReason { return countReasons(s.With(server, Skip)) }

// countReasons returns the reasons of results, the most frequent first.
func countReasons(results []*Result) []skipReason {
	count := map[string]int{}
	for _, r := range results {
		count[r.Reason]++
	}
	var reasons []skipReason
	for reason, n := range count {
		reasons = append(reasons, skipReason{reason, n})
	}
	slices.SortFunc(reasons, func(x, y skipReason) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), strings.Compare(x.Reason, y.Reason))
	})
	return reasons
}

// blamed returns the requirements that a report names with a result: those that the
// difference breaks, or where it breaks none, those that the case is about.
func (r *Result) blamed() []RuleRef {
	if r.Broken == nil {
		return r.Case.Rules
	}
	return r.Broken
}

// breaks names the requirements of a result in one line.
func (r *Result) breaks() string {
	switch {
	case len(r.Case.Rules) == 0:
		return "no requirement of the RFCs"
	case r.Broken == nil:
		return "about " + ruleNames(r.Case.Rules)
	}
	return "breaks " + ruleNames(r.Broken)
}

// difference returns the reason without the place in the file.
func (r *Result) difference() string {
	_, difference, found := strings.Cut(r.Reason, ": ")
	if r.Line == 0 || !found {
		return r.Reason
	}
	return difference
}

// at returns the place in the file of what was not seen.
func (r *Result) at() string { return fmt.Sprintf("%s, line %d", r.Case.File, r.Line) }

// writeSentences writes requirements with the sentences of the RFC, if they are known.
func writeSentences(b *strings.Builder, indent string, rules []RuleRef) {
	for _, rule := range rules {
		for i, line := range wrap(strings.TrimSuffix(rule.String()+": "+rule.Sentence(), ": "), maxSentenceColumns) {
			fmt.Fprintf(b, "%s%s%s\n", indent, strings.Repeat("  ", min(i, 1)), line)
		}
	}
}

// maxSentenceColumns is where the lines of a sentence of an RFC are broken.
const maxSentenceColumns = 100

// Describe returns a result in lines of text, as the text format shows a failure:
// the verdict, the name of the server, the case, what the RFC says and the
// transcript.
func (r *Result) Describe(server *Server) string {
	var b strings.Builder
	c := r.Case
	fmt.Fprintf(&b, "%s %s on %s\n", r.Verdict, c.ID, server.name())
	if c.Title != "" {
		fmt.Fprintf(&b, "    %s\n", c.Title)
	}
	fmt.Fprintf(&b, "    %s (%s)\n", r.difference(), r.at())
	fmt.Fprintf(&b, "    %s:\n", r.breaks())
	writeSentences(&b, "      ", r.blamed())
	b.WriteString("\n")
	writeSource(&b, c, r.Line)
	b.WriteString("    what happened:\n")
	for _, e := range r.Transcript {
		for _, line := range e.shortLines() {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// writeSource writes the lines of a case, with the one that went wrong marked.
func writeSource(b *strings.Builder, c *Case, marked int) {
	for _, l := range c.Lines {
		if l.Sign == "@" || l.Sign == "" || l.Sign == "#" {
			continue
		}
		mark := " "
		if l.Number == marked {
			mark = "→"
		}
		fmt.Fprintf(b, "  %s %4d  %s\n", mark, l.Number, l)
	}
}

// writeGrid writes one row for each section, the verdicts counted.
func writeGrid(b *strings.Builder, s *Summary) {
	width := len("total")
	for _, section := range s.Sections {
		width = max(width, len(section.Name))
	}
	fmt.Fprintf(b, "%-*s", width, "pass/fail/warn/skip")
	for _, server := range s.Servers {
		fmt.Fprintf(b, "  %16s", server.name())
	}
	b.WriteString("\n")
	for _, section := range s.Sections {
		writeRow(b, width, section.Name, section.Tallies)
	}
	writeRow(b, width, "total", s.Total)
	b.WriteString("\n")
}

// writeRow writes one row of the grid.
func writeRow(b *strings.Builder, width int, name string, tallies []Tally) {
	fmt.Fprintf(b, "%-*s", width, name)
	for _, t := range tallies {
		fmt.Fprintf(b, "  %16s", fmt.Sprintf("%d/%d/%d/%d", t.Passed, t.Failed, t.Warned, t.Skipped))
	}
	b.WriteString("\n")
}

// writeTAP writes the Test Anything Protocol, version 13. A WARN is
// "not ok" with a TODO directive: it must not break a build, but be seen.
func writeTAP(w io.Writer, s *Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(s.Servers)*s.cases())
	number := 0
	for i, server := range s.Servers {
		for _, section := range s.Sections {
			for _, row := range section.Cases {
				number++
				writePoint(&b, number, server, row.Results[i])
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cases returns how many cases were run.
func (s *Summary) cases() int {
	n := 0
	for _, section := range s.Sections {
		n += len(section.Cases)
	}
	return n
}

// writePoint writes one test point.
func writePoint(b *strings.Builder, number int, server *Server, r *Result) {
	name := fmt.Sprintf("%d - %s %s", number, server.name(), r.Case.ID)
	reason := strings.ReplaceAll(r.Reason, "#", `\#`)
	switch r.Verdict {
	case Pass:
		fmt.Fprintf(b, "ok %s\n", name)
	case Skip:
		fmt.Fprintf(b, "ok %s # SKIP %s\n", name, reason)
	case Warn:
		fmt.Fprintf(b, "not ok %s # TODO %s\n", name, reason)
		r.writeYAML(b)
	default:
		fmt.Fprintf(b, "not ok %s\n", name)
		r.writeYAML(b)
	}
}

// writeYAML writes what is known about a test point that is not ok. A quoted string of
// Go is one of YAML, too.
func (r *Result) writeYAML(b *strings.Builder) {
	fmt.Fprintf(b, "  ---\n  message: %q\n  at: %q\n", r.difference(), r.at())
	if rules := r.blamed(); len(rules) > 0 {
		fmt.Fprintf(b, "  %s:\n", strings.Fields(r.breaks())[0])
		for _, rule := range rules {
			fmt.Fprintf(b, "    - %q\n", rule.String()+": "+rule.Sentence())
		}
	}
	b.WriteString("  ...\n")
}

// jsonResult is one result in the JSON format.
type jsonResult struct {
	Server       string   `json:"server"`
	Section      string   `json:"section"`
	ID           string   `json:"id"`
	Title        string   `json:"title,omitempty"`
	Level        string   `json:"level"`
	Rules        []string `json:"rules,omitempty"`
	RFC          []string `json:"rfc,omitempty"`    // the sentences of these rules, in their order; unless the case passed
	Broken       []string `json:"broken,omitempty"` // those of the rules that the difference breaks, and others
	Verdict      Verdict  `json:"verdict"`
	Reason       string   `json:"reason,omitempty"`
	File         string   `json:"file"`
	Line         int      `json:"line,omitempty"`
	Milliseconds float64  `json:"milliseconds"`
	Transcript   []string `json:"transcript,omitempty"`
}

// writeJSON writes one object on one line for each result.
func writeJSON(w io.Writer, s *Summary) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for i, server := range s.Servers {
		for _, section := range s.Sections {
			for _, row := range section.Cases {
				if err := encoder.Encode(newJSONResult(server, row.Results[i])); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// newJSONResult returns a result in the JSON format.
func newJSONResult(server *Server, r *Result) jsonResult {
	c := r.Case
	out := jsonResult{
		Server: server.name(), Section: c.Section, ID: c.ID, Title: c.Title, Level: c.Level().String(),
		Verdict: r.Verdict, Reason: r.Reason, File: c.File, Line: r.Line,
		Milliseconds: float64(r.Duration.Round(10*time.Microsecond)) / float64(time.Millisecond),
	}
	for _, rule := range c.Rules {
		out.Rules = append(out.Rules, rule.ID)
		if r.Verdict == Fail || r.Verdict == Warn {
			out.RFC = append(out.RFC, rule.Sentence())
		}
	}
	for _, rule := range r.Broken {
		out.Broken = append(out.Broken, rule.String()+": "+rule.Sentence())
	}
	for _, e := range r.Transcript {
		out.Transcript = append(out.Transcript, e.Lines()...)
	}
	return out
}
