package main

import (
	"fmt"
	"io"
	"strings"
)

// goal is an upper bound for the ratio of CPU time per request to another
// server's, as set before the server was tuned.
type goal struct {
	scenarios []string
	fasthttp  float64
	nethttp   float64
	ceiling   float64
}

var goals = []goal{
	{[]string{"plaintext", "json", "param", "echo1k"}, 0.92, 0.50, 1.08},
	{[]string{"pipeline"}, 0.65, 0.06, 1.20},
	{[]string{"browser"}, 0.87, 0.43, 1.12},
	{[]string{"echo64k", "chunked64k"}, 0.75, 0.50, 1.25},
	{[]string{"file"}, 1.05, 1.15, 1.05},
	{[]string{"close"}, 1.03, 0.96, 1.04},
}

// writeGoals compares the ratios with the goals.
func (b *bench) writeGoals(w io.Writer) {
	fmt.Fprint(w, "## Goals\n\nRatio of server CPU per request, median of the rounds, and the goal behind it. "+
		"**Bold** is met. The peers' timeouts are off and, in the columns marked so, on.\n\n"+
		"| scenario | fasthttp | fasthttp, timeouts | net/http | net/http, timeouts | net.Conn ceiling |\n|---|---|---|---|---|---|\n")
	for _, g := range goals {
		for _, name := range g.scenarios {
			if len(b.of(name, ours, sample.perRequest)) == 0 {
				continue
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", titleOf(name),
				b.judged(name, "fasthttp", g.fasthttp), b.judged(name, "fasthttp-t", g.fasthttp),
				b.judged(name, "nethttp", g.nethttp), b.judged(name, "nethttp-t", g.nethttp),
				b.judged(name, "ceiling", g.ceiling))
		}
	}
	fmt.Fprintln(w)
}

// judged returns a ratio and its goal as a cell of the table.
func (b *bench) judged(scenario, to string, bound float64) string {
	r, ok := b.ratio(scenario, ours, to)
	if !ok {
		return "–"
	}
	if r.median <= bound {
		return fmt.Sprintf("**%.2f** ≤ %.2f", r.median, bound)
	}
	return fmt.Sprintf("%.2f > %.2f", r.median, bound)
}

func titleOf(name string) string {
	for _, s := range scenarios {
		if s.name == name {
			return s.title
		}
	}
	if level, found := strings.CutPrefix(name, "scale-"); found {
		return "plaintext, connections: " + level
	}
	return name
}
