package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// The report and the plots are made from the CSV files, after a run as at any later
// time: so what stands in them is what was measured.

// readSaved takes the samples, the memory and the facts of a run from its folder.
func (b *bench) readSaved(dir string) error {
	b.samples, b.memory, b.about = nil, nil, nil
	for name, take := range map[string]func(row) error{
		"rounds.csv": b.takeRound, "memory.csv": b.takeMemory, "facts.csv": b.takeFact,
	} {
		rows, err := readCSV(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		for i, r := range rows {
			if err := take(r); err != nil {
				return fmt.Errorf("%s, line %d: %w", name, i+2, err)
			}
		}
	}
	b.chosen = slices.DeleteFunc(slices.Clone(catalog), func(s server) bool { return !b.took(s.name) })
	return nil
}

// took reports whether a server has figures.
func (b *bench) took(server string) bool {
	return slices.ContainsFunc(b.samples, func(s sample) bool { return s.server == server }) ||
		slices.ContainsFunc(b.memory, func(m memorySample) bool { return m.server == server })
}

func (b *bench) takeRound(r row) error {
	requests, perRequest := r.number("requests"), r.number("cpu_us_per_request")
	b.samples = append(b.samples, sample{
		scenario: r.text("scenario"), server: r.text("server"), round: int(r.number("round")), position: int(r.number("position")),
		figures: figures{requests: int64(requests), elapsed: time.Duration(r.number("seconds") * float64(time.Second)),
			p50: time.Duration(r.number("p50_us")) * time.Microsecond, p99: time.Duration(r.number("p99_us")) * time.Microsecond},
		cpu: time.Duration(perRequest * requests * float64(time.Microsecond)), rss: int64(r.number("rss_kib")),
		others: r.number("others_share"), steal: r.number("steal_share"), disturbed: r.text("disturbed") == "true",
	})
	return r.err
}

func (b *bench) takeMemory(r row) error {
	m := memorySample{server: r.text("server"), round: int(r.number("round")), conns: int(r.number("connections")),
		before: int64(r.number("before_kib")), silent: int64(r.number("silent_kib")), after: int64(r.number("after_kib"))}
	b.memory = append(b.memory, m)
	return r.err
}

func (b *bench) takeFact(r row) error {
	b.about = append(b.about, fact{r.text("name"), r.text("value")})
	return r.err
}

// row is a line of a CSV file. The first column that is missing or no number stays
// in err.
type row struct {
	columns map[string]string
	err     error
}

func (r *row) text(name string) string {
	value, found := r.columns[name]
	if !found && r.err == nil {
		r.err = fmt.Errorf("no column %s", name)
	}
	return value
}

func (r *row) number(name string) float64 {
	n, err := strconv.ParseFloat(r.text(name), 64)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("column %s: %w", name, err)
	}
	return n
}

// readCSV reads a file whose first line names the columns.
func readCSV(path string) (rows []row, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, fmt.Errorf("%s: no table: %v", path, err)
	}
	for _, line := range lines[1:] {
		columns := map[string]string{}
		for i, name := range lines[0] {
			columns[name] = line[i]
		}
		rows = append(rows, row{columns: columns})
	}
	return rows, nil
}
