package conformance

import "slices"

// Summary is a run over one or several servers, in the shape of a table: a row
// for each section, a column for each server.
type Summary struct {
	Servers  []*Server
	Sections []SectionSummary
	Total    []Tally // one for each server
	Verbose  bool    // the text format shows every failure with its transcript
}

// SectionSummary is one row, with the rows of its cases.
type SectionSummary struct {
	Name    string // of the file: "9112-5.1-field-lines"
	Tallies []Tally
	Cases   []CaseSummary
}

// CaseSummary is one case on all servers.
type CaseSummary struct {
	Case    *Case
	Results []*Result
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

// Worst returns the verdict that says most about a tally.
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

// Summarize lays reports on the same cases side by side.
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

// With returns the results of one server that have a verdict.
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
