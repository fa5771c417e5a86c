package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// quartiles are the first, the second (the median) and the third.
type quartiles struct{ low, median, high float64 }

// quartilesOf interpolates between the values on both sides; zero for none.
func quartilesOf(values []float64) quartiles {
	if len(values) == 0 {
		return quartiles{}
	}
	sorted := slices.Sorted(slices.Values(values))
	at := func(share float64) float64 {
		position := share * float64(len(sorted)-1)
		i := int(position)
		if i+1 == len(sorted) {
			return sorted[i]
		}
		return sorted[i] + (position-float64(i))*(sorted[i+1]-sorted[i])
	}
	return quartiles{at(0.25), at(0.5), at(0.75)}
}

// of collects one figure of a server in a scenario over all rounds.
func (b *bench) of(scenario, server string, figure func(sample) float64) []float64 {
	var values []float64
	for _, s := range b.samples {
		if s.scenario == scenario && s.server == server {
			values = append(values, figure(s))
		}
	}
	return values
}

// ratio divides the CPU time per request of one server by another's, round by
// round: both sides of each ratio were measured within seconds of each other.
func (b *bench) ratio(scenario, server, to string) (quartiles, bool) {
	mine, theirs := b.of(scenario, server, sample.perRequest), b.of(scenario, to, sample.perRequest)
	if len(mine) == 0 || len(mine) != len(theirs) {
		return quartiles{}, false
	}
	for i := range mine {
		mine[i] /= theirs[i]
	}
	return quartilesOf(mine), true
}

// quietRatio divides the lower quartiles of CPU time per request. Whatever
// disturbs a slice only ever adds to it, so on a noisy machine this says more
// than the median does.
func (b *bench) quietRatio(scenario, server, to string) float64 {
	mine, theirs := b.of(scenario, server, sample.perRequest), b.of(scenario, to, sample.perRequest)
	return quartilesOf(mine).low / quartilesOf(theirs).low
}

// summary prints a scenario for the terminal, with the ratios of the first
// server to each other one.
func (b *bench) summary(w io.Writer, scenario string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\tCPU µs/req\tquartiles\t%s/it\tquartiles\tquiet\treq/s\tp50\tp99\tRSS MiB\t\n", scenario, b.chosen[0].name)
	list := b.measured(scenario)
	for _, name := range list {
		cpu := quartilesOf(b.of(scenario, name, sample.perRequest))
		r, _ := b.ratio(scenario, list[0], name)
		fmt.Fprintf(t, "%s\t%.2f\t%.2f–%.2f\t%.2f\t%.2f–%.2f\t%.2f\t%.0f\t%s\t%s\t%.1f\t\n",
			name, cpu.median, cpu.low, cpu.high, r.median, r.low, r.high, b.quietRatio(scenario, list[0], name),
			b.median(scenario, name, sample.rate), b.latency(scenario, name, sample.p50Micros), b.latency(scenario, name, sample.p99Micros),
			b.median(scenario, name, sample.rssMiB))
	}
	t.Flush()
}

func (b *bench) median(scenario, server string, figure func(sample) float64) float64 {
	return quartilesOf(b.of(scenario, server, figure)).median
}

// latency returns a median as text; the generator of the scaling scenario
// takes no latencies.
func (b *bench) latency(scenario, server string, figure func(sample) float64) string {
	m := b.median(scenario, server, figure)
	if m == 0 {
		return "–"
	}
	return time.Duration(m * float64(time.Microsecond)).Round(time.Microsecond).String()
}

// measured returns the servers with samples in a scenario, in catalog order.
func (b *bench) measured(scenario string) []string {
	var names []string
	for _, s := range b.samples {
		if s.scenario == scenario && s.round == 0 {
			names = append(names, s.server)
		}
	}
	return names
}
