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
	fmt.Fprint(w, "## Goals\n\nRatio of server CPU per request, median of the rounds, followed by the goal. "+
		"**Bold** is met. The peers' timeouts are off, except in the columns marked \"timeouts\".\n\n"+
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
	b.writeFurtherGoals(w)
}

// The goals that are not about one scenario.
const (
	idleGoal = 4500 // octets of resident memory per idle connection
	flatGoal = 1.15 // cost per request with many connections or routes to that with few
)

func (b *bench) writeFurtherGoals(w io.Writer) {
	if silent, after := b.memoryOf(ours); after > 0 {
		fmt.Fprintf(w, "- Memory per idle connection: %s silent, %s after a request.\n",
			against(silent, idleGoal, "%.0f"), against(after, idleGoal, "%.0f"))
	}
	if grown, ok := b.grownBeyondCeiling(); ok {
		fmt.Fprintf(w, "- Cost per request with the most connections, relative to that with 64, beyond what the ceiling loses: %s. "+
			"(With a single connection, waking up costs every server more than anything else.)\n", against(grown, flatGoal, "%.2f"))
	}
	if r, ok := b.ratio("routes", ours+"+1000", ours+"+1"); ok {
		fmt.Fprintf(w, "- Cost per request with 1,000 further routes, relative to that with one: %s.\n", against(r.median, flatGoal, "%.2f"))
	}
	fmt.Fprintln(w)
}

// grownBeyondCeiling returns how much more the cost of a request grows from 64
// connections to the most than the ceiling's does.
func (b *bench) grownBeyondCeiling() (float64, bool) {
	levels := b.scaleTo()
	few, ok := b.ratio("scale-64", ours, "ceiling")
	many, also := b.ratio(fmt.Sprintf("scale-%d", levels[len(levels)-1]), ours, "ceiling")
	return many.median / few.median, ok && also
}

// against returns a figure and its goal, bold when met.
func against(value, bound float64, format string) string {
	if value <= bound {
		return fmt.Sprintf("**"+format+"** ≤ "+format, value, bound)
	}
	return fmt.Sprintf(format+" > "+format, value, bound)
}

// judged returns a ratio and its goal as a cell of the table.
func (b *bench) judged(scenario, to string, bound float64) string {
	r, ok := b.ratio(scenario, ours, to)
	if !ok {
		return "–"
	}
	return against(r.median, bound, "%.2f")
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
