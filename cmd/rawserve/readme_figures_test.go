package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the figures of the README anew")

// figureRows are the rows of the table in the README and those of RESULTS.md.
var figureRows = []struct{ readme, results string }{
	{"plaintext", "plaintext, keep-alive"},
	{"the head of a browser", "browser-sized head"},
	{"plaintext, pipelined 16 deep", "plaintext, pipelined 16 deep"},
	{"echo of 64 KiB, chunked", "chunked echo of 64 KiB"},
	{"1 MiB from a file", "1 MiB from a file"},
	{"a connection per request", "connection per request"},
}

// figureColumns are its columns.
var figureColumns = []struct{ readme, results string }{
	{"net/http", "nethttp"}, {"fasthttp", "fasthttp"}, {"fasthttp, timeouts", "fasthttp-t"}, {"ceiling", "ceiling"},
}

// TestReadmeFigures: every figure about speed and memory in the README is one of
// bench/RESULTS.md, which in turn is made from bench/results (bench/peers/driver).
// With -update it writes them.
func TestReadmeFigures(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- figures -->\n", "<!-- figures end -->\n"
	results, err := os.ReadFile("../../bench/RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the README has no %q and %q", begin, end)
	}
	want := readmeFigures(t, string(results))
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("the README has\n%s\nand RESULTS.md makes\n%s\nrun go test ./cmd/rawserve -run TestReadmeFigures -update", got, want)
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readmeFigures makes the part of the README from the report.
func readmeFigures(t *testing.T, results string) string {
	t.Helper()
	ratios, memory := table(t, results, "| scenario |"), table(t, results, "| server | silent |")
	var text strings.Builder
	text.WriteString("|")
	for _, column := range figureColumns {
		text.WriteString(" | " + column.readme)
	}
	text.WriteString(" |\n|---|" + strings.Repeat("---|", len(figureColumns)) + "\n")
	for _, row := range figureRows {
		text.WriteString("| " + row.readme)
		for _, column := range figureColumns {
			fmt.Fprintf(&text, " | %.2f", number(t, ratios[row.results][column.results]))
		}
		text.WriteString(" |\n")
	}
	better, of := 0, 0
	for _, row := range ratios {
		if cell := row["gnet"]; cell != "–" {
			of++
			if number(t, cell) > 1 {
				better++
			}
		}
	}
	fmt.Fprintf(&text, "\nAn idle connection takes %.1f KB of memory. gnet's event loop, which checks little and where no handler may block, needs\n"+
		"less CPU time in %d of %d scenarios.\n", number(t, memory["rawserve"]["silent"])/1000, better, of)
	return text.String()
}

// table returns the first table whose head begins so: rows by their first cell,
// then cells by the head of their column.
func table(t *testing.T, text, head string) map[string]map[string]string {
	t.Helper()
	_, rest, found := strings.Cut(text, head)
	if !found {
		t.Fatalf("RESULTS.md has no table that begins with %q", head)
	}
	rest, _, _ = strings.Cut(head+rest, "\n\n")
	lines := strings.Split(rest, "\n")
	columns := cells(lines[0])
	rows := map[string]map[string]string{}
	for _, line := range lines[2:] {
		row := map[string]string{}
		for i, cell := range cells(line) {
			row[columns[i]] = cell
		}
		rows[row[columns[0]]] = row
	}
	return rows
}

// cells returns the cells of a line, without the white space around them.
func cells(line string) []string {
	parts := strings.Split(strings.Trim(line, "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// number reads the figure that a cell begins with.
func number(t *testing.T, cell string) float64 {
	t.Helper()
	first, _, _ := strings.Cut(cell, " ")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatalf("RESULTS.md has %q where a figure should be", cell)
	}
	return n
}
