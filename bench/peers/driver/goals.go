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

// writeGoals sets the ratios next to the goals.
func (b *bench) writeGoals(w io.Writer) {
	fmt.Fprint(w, "## Goals\n\nRatio of server CPU per request, median of the rounds, and in parentheses the goal for it, "+
		"which was set before anything was tuned. The peers' timeouts are off, except in the columns marked \"timeouts\".\n\n"+
		"| scenario | fasthttp | fasthttp, timeouts | net/http | net/http, timeouts | net.Conn ceiling |\n|---|---|---|---|---|---|\n")
	for _, g := range goals {
		for _, name := range g.scenarios {
			if len(b.of(name, ours, sample.perRequest)) == 0 {
				continue
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", titleOf(name),
				b.withGoal(name, "fasthttp", g.fasthttp), b.withGoal(name, "fasthttp-t", g.fasthttp),
				b.withGoal(name, "nethttp", g.nethttp), b.withGoal(name, "nethttp-t", g.nethttp),
				b.withGoal(name, "ceiling", g.ceiling))
		}
	}
	fmt.Fprintln(w)
	b.writeFurtherGoals(w)
}

// The goals that are not about one scenario.
const (
	idleGoal = 4500 // octets of resident memory per idle connection
	flatGoal = 1.15 // cost per request with many connections or routes to that with few
)

func (b *bench) writeFurtherGoals(w io.Writer) {
	if silent, after := b.memoryOf(ours); after > 0 {
		fmt.Fprintf(w, "- Memory per idle connection: measured %.0f octets silent, %.0f after a request; goal %d.\n", silent, after, idleGoal)
	}
	if grown, ok := b.grownBeyondCeiling(); ok {
		fmt.Fprintf(w, "- Cost per request with the most connections, relative to that with %d, beyond what the ceiling loses: measured %.2f; goal %.2f. "+
			"(With a single connection, waking up costs every server more than anything else.)\n", plaintextConns, grown, flatGoal)
	}
	if r, ok := b.ratio("routes", ours+"+1000", ours+"+1"); ok {
		fmt.Fprintf(w, "- Cost per request with 1,000 further routes, relative to that with one: measured %.2f; goal %.2f.\n", r.median, flatGoal)
	}
	fmt.Fprintln(w)
}

// grownBeyondCeiling returns how much more the cost of a request grows to the most
// connections than the ceiling's does.
func (b *bench) grownBeyondCeiling() (float64, bool) {
	levels := b.levels()
	if len(levels) < 2 {
		return 0, false
	}
	few, ok := b.ratio("plaintext", ours, "ceiling")
	many, also := b.ratio(levels[len(levels)-1].name, ours, "ceiling")
	return many.median / few.median, ok && also
}

// withGoal returns a ratio and its goal as a cell of the table.
func (b *bench) withGoal(scenario, to string, goal float64) string {
	r, ok := b.ratio(scenario, ours, to)
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f)", r.median, goal)
}

func titleOf(name string) string {
	for _, s := range scenarios {
		if s.name == name {
			return s.title
		}
	}
	if level, found := strings.CutPrefix(name, scalePrefix); found {
		return "plaintext, connections: " + level
	}
	return name
}
