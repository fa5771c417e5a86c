package conformance

import "slices"

// Summary is a run over one or several servers, in the shape of a table: a row
// for each section, a column for each server.
type Summary struct {
	Servers  []*Server        // in the order of the reports
	Sections []SectionSummary // in the order of their first cases
	Total    []Tally          // one for each server
	Verbose  bool             // the text format shows every failure with its transcript
	Made     string           // when, by which program and command line; for the HTML format
}

// SectionSummary is one row, with the rows of its cases.
type SectionSummary struct {
	Name    string  // of the file: "9112-5.1-field-lines"
	Tallies []Tally // one for each server
	Cases   []CaseSummary
}

// CaseSummary is one case on all servers.
type CaseSummary struct {
	Case    *Case
	Results []*Result // one for each server
}

// Tally counts verdicts.
type Tally struct{ Passed, Failed, Warned, Skipped int }

// add counts one more verdict.
func (t *Tally) add(v Verdict) {
	switch v {
	case Pass:
		t.Passed++
	case Fail:
		t.Failed++
	case Warn:
		t.Warned++
	default:
		t.Skipped++
	}
}

// Parts returns the counts that are not zero, in words, the worst first.
func (t Tally) Parts() []TallyPart {
	parts := []TallyPart{{Fail, t.Failed, "failed"}, {Warn, t.Warned, "warned"}, {Pass, t.Passed, "passed"}, {Skip, t.Skipped, "skipped"}}
	return slices.DeleteFunc(parts, func(p TallyPart) bool { return p.Count == 0 })
}

// TallyPart is one count of a Tally: "3 failed".
type TallyPart struct {
	Verdict Verdict
	Count   int
	Word    string
}

// Worst returns FAIL if anything failed, else WARN if anything warned, else PASS
// if anything passed, else SKIP.
func (t Tally) Worst() Verdict {
	switch {
	case t.Failed > 0:
		return Fail
	case t.Warned > 0:
		return Warn
	case t.Passed > 0:
		return Pass
	}
	return Skip
}

// Summarize puts reports side by side. All must be about the same cases, in the
// same order. It keeps the results, and does not copy them.
func Summarize(reports []*Report) *Summary {
	s := &Summary{Total: make([]Tally, len(reports))}
	for _, r := range reports {
		s.Servers = append(s.Servers, r.Server)
	}
	if len(reports) == 0 {
		return s
	}
	for i, first := range reports[0].Results {
		row := CaseSummary{Case: first.Case}
		for _, r := range reports {
			row.Results = append(row.Results, r.Results[i])
		}
		s.section(first.Case.Section).add(row, s.Total)
	}
	return s
}

// section returns the row of a section, which it makes if need be.
func (s *Summary) section(name string) *SectionSummary {
	i := slices.IndexFunc(s.Sections, func(section SectionSummary) bool { return section.Name == name })
	if i < 0 {
		i = len(s.Sections)
		s.Sections = append(s.Sections, SectionSummary{Name: name, Tallies: make([]Tally, len(s.Total))})
	}
	return &s.Sections[i]
}

// add appends a case to a section and counts its verdicts.
func (s *SectionSummary) add(row CaseSummary, total []Tally) {
	s.Cases = append(s.Cases, row)
	for i, result := range row.Results {
		s.Tallies[i].add(result.Verdict)
		total[i].add(result.Verdict)
	}
}

// With returns the results that have a verdict, in the order of the cases. The
// server is an index into Servers.
func (s *Summary) With(server int, v Verdict) []*Result {
	var results []*Result
	for _, section := range s.Sections {
		for _, row := range section.Cases {
			if row.Results[server].Verdict == v {
				results = append(results, row.Results[server])
			}
		}
	}
	return results
}
