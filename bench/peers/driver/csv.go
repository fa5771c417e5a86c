package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// publish writes the raw data, where asked for, and what is made of it.
func (b *bench) publish() error {
	if b.out == "" {
		return nil
	}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return err
	}
	b.about = b.facts()
	err := errors.Join(b.writeRounds(filepath.Join(b.out, "rounds.csv")),
		b.writeMemory(filepath.Join(b.out, "memory.csv")), b.writeFacts(filepath.Join(b.out, "facts.csv")))
	if err != nil {
		return err
	}
	return b.present(b.out)
}

// present makes the plots and the report from the raw data in a folder.
func (b *bench) present(dir string) error {
	if err := b.readSaved(dir); err != nil {
		return err
	}
	if err := b.draw(dir); err != nil || b.report == "" {
		return err
	}
	return b.writeReport(b.report)
}

func (b *bench) writeFacts(path string) error {
	rows := [][]string{{"name", "value"}}
	for _, f := range b.about {
		rows = append(rows, []string{f.name, f.value})
	}
	return writeCSV(path, rows)
}

func (b *bench) writeRounds(path string) error {
	rows := [][]string{{"scenario", "server", "round", "position", "requests", "seconds", "requests_per_second",
		"cpu_us_per_request", "p50_us", "p99_us", "rss_kib", "others_share", "steal_share", "disturbed"}}
	for _, s := range b.samples {
		rows = append(rows, []string{s.scenario, s.server, fmt.Sprint(s.round), fmt.Sprint(s.position),
			fmt.Sprint(s.requests), fmt.Sprintf("%.6f", s.elapsed.Seconds()), fmt.Sprintf("%.1f", s.rate()),
			fmt.Sprintf("%.4f", s.perRequest()), fmt.Sprint(s.p50.Microseconds()), fmt.Sprint(s.p99.Microseconds()),
			fmt.Sprint(s.rss), fmt.Sprintf("%.3f", s.others), fmt.Sprintf("%.3f", s.steal), fmt.Sprint(s.disturbed)})
	}
	return writeCSV(path, rows)
}

func (b *bench) writeMemory(path string) error {
	rows := [][]string{{"server", "round", "connections", "before_kib", "silent_kib", "after_kib",
		"silent_octets_per_connection", "after_octets_per_connection"}}
	for _, m := range b.memory {
		rows = append(rows, []string{m.server, fmt.Sprint(m.round), fmt.Sprint(m.conns), fmt.Sprint(m.before),
			fmt.Sprint(m.silent), fmt.Sprint(m.after),
			fmt.Sprintf("%.0f", m.perConn(m.silent)), fmt.Sprintf("%.0f", m.perConn(m.after))})
	}
	return writeCSV(path, rows)
}

func writeCSV(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	w.WriteAll(rows)
	return w.Error()
}
