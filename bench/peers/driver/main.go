// Command driver compares rawserve with its peers and the machine's ceilings.
// bench/run.sh builds everything and starts it; bench/README.md explains the
// figures.
//
// In each scenario every server gets one warm-up slice and then many short
// slices of load. The rounds are interleaved and their order is rotated, so
// whatever disturbs the machine disturbs everyone. The figure to compare is
// server CPU time per request; ratios are taken within a round.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// plan is what one run measures, as chosen on the command line.
type plan struct {
	root      string // of the repository
	bin       string // folder with the built servers
	out       string // folder for the CSV files
	report    string // Markdown to write; empty for none
	from      string // folder with the CSV files of an earlier run, to report on that
	servers   string
	scenarios string
	also      string
	rounds    int
	slice     time.Duration
	conns     int // of the idle and the scaling scenario
	serverCPU string
	loadCPU   string
	repeats   int // how often a disturbed round is taken again
	judge     bool
}

func flags() plan {
	var p plan
	flag.StringVar(&p.root, "root", ".", "root of the repository")
	flag.StringVar(&p.bin, "bin", "", "folder with the built servers")
	flag.StringVar(&p.out, "out", "", "folder for the CSV files and the plots; empty for none")
	flag.StringVar(&p.report, "report", "", "Markdown file to write from them; empty for none")
	flag.StringVar(&p.from, "from", "", "folder with the CSV files of an earlier run: measure nothing, make its plots and its report anew")
	flag.StringVar(&p.servers, "servers", "all", "servers to measure, or all: "+names(catalog))
	flag.StringVar(&p.scenarios, "scenarios", "all", "scenarios to run, or all: "+strings.Join(scenarioNames(), ","))
	flag.StringVar(&p.also, "also", "", "other builds of bench/server to measure as well: name=path,...")
	flag.IntVar(&p.rounds, "rounds", 15, "rounds per scenario")
	flag.DurationVar(&p.slice, "slice", 500*time.Millisecond, "length of one slice of load")
	flag.IntVar(&p.conns, "conns", 10_000, "connections of the idle and the scaling scenario, a multiple of 500")
	flag.StringVar(&p.serverCPU, "server-cpu", "0", "CPU the servers are pinned to")
	flag.StringVar(&p.loadCPU, "load-cpu", "1", "CPU the load is pinned to")
	flag.IntVar(&p.repeats, "repeats", 1, "how often a disturbed slice is taken again")
	flag.BoolVar(&p.judge, "judge", true, "put the conformance cases to rawserve before it is timed")
	flag.Parse()
	return p
}

func main() {
	if err := run(flags()); err != nil {
		fmt.Fprintln(os.Stderr, "driver:", err)
		os.Exit(1)
	}
}

func run(p plan) error {
	if p.from != "" {
		return (&bench{plan: p}).present(p.from)
	}
	if err := raiseFileLimit(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rawserve-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	large := filepath.Join(dir, "large.txt")
	if err := os.WriteFile(large, largeBody(), 0o644); err != nil {
		return err
	}
	b, err := newBench(p, dir, large)
	if err != nil {
		return err
	}
	defer b.stopAll()
	b.stopOnSignal()
	if err := b.startAll(); err != nil {
		return err
	}
	return errors.Join(b.measure(), b.publish())
}

// raiseFileLimit asks for as many descriptors as the machine grants: the idle
// scenario holds ten thousand, and a server inherits the limit.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// stopOnSignal ends the servers when the run is interrupted.
func (b *bench) stopOnSignal() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		b.stopAll()
		os.Exit(130)
	}()
}
