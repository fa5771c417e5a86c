package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// bench is one run.
type bench struct {
	plan
	dir       string // scratch
	large     string // path of the file served as /large
	commit    string // measured; asked for before the results make the tree dirty
	chosen    []server
	todo      []scenario
	processes []*process // running in the wrk scenarios, in catalog order
	samples   []sample
	memory    []memorySample
	plots     []drawn
	about     []fact // of the run, for the report
	lost      int    // slices that brought nothing and were taken again

	conformance string // the verdict on the same build, for the report

	mu      sync.Mutex
	started []*process // everything this run has to end
}

// sample is one slice of load on one server.
type sample struct {
	scenario, server string
	round, position  int
	figures
	cpu       time.Duration // CPU time of the server in the slice
	rss       int64         // in KiB, after the slice
	others    float64       // share of the server's CPU that others used
	steal     float64       // share of it that the hypervisor took
	disturbed bool
}

// perRequest is the CPU time per request, in microseconds.
func (s sample) perRequest() float64 {
	return float64(s.cpu) / float64(time.Microsecond) / float64(s.requests)
}

func (s sample) p50Micros() float64 { return float64(s.p50.Microseconds()) }
func (s sample) p99Micros() float64 { return float64(s.p99.Microseconds()) }
func (s sample) rssMiB() float64    { return float64(s.rss) / 1024 }

func (s sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// A slice with more than this share of the server's CPU gone to others is
// taken again. The kernel counts in ticks of 10 ms, so one of them is no sign.
const (
	tolerableOthers = 0.10
	tolerableSteal  = 0.05
	tick            = 10 * time.Millisecond
)

func newBench(p plan, dir, large string) (*bench, error) {
	chosen, err := choose(p.servers, p.also)
	if err != nil {
		return nil, err
	}
	todo, err := chooseScenarios(p.scenarios)
	if err != nil {
		return nil, err
	}
	commit := firstLine("git", "-C", p.root, "describe", "--always", "--dirty")
	return &bench{plan: p, dir: dir, large: large, commit: commit, chosen: chosen, todo: todo}, nil
}

func (b *bench) remember(p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started = append(b.started, p)
}

func (b *bench) stopAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.started {
		p.stop()
	}
}

// startAll starts and checks every server.
func (b *bench) startAll() error {
	for _, s := range b.chosen {
		p, err := b.start(s)
		if err != nil {
			return err
		}
		if err := b.check(p); err != nil {
			return fmt.Errorf("%s answers wrongly, so nothing is timed: %w", s.name, err)
		}
		b.processes = append(b.processes, p)
		if s.name == ours && b.plan.judge {
			b.judge(p)
		}
	}
	return nil
}

// measure runs the scenarios. One that fails is left out of the report, and the
// others go on.
func (b *bench) measure() error {
	var failed []error
	for _, s := range b.todo {
		began, known := time.Now(), len(b.samples)
		run := s.run
		if run == nil {
			run = (*bench).interleaved
		}
		if err := run(b, s); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.name, err))
			b.samples = b.samples[:known]
			continue
		}
		b.summarise(b.samples[known:])
		fmt.Printf("%s took %.0f s\n\n", s.title, time.Since(began).Seconds())
	}
	return errors.Join(failed...)
}

// summarise prints what a scenario has brought: scale brings several.
func (b *bench) summarise(fresh []sample) {
	printed := ""
	for _, s := range fresh {
		if s.scenario != printed {
			printed = s.scenario
			b.summary(os.Stdout, printed)
		}
	}
}

// interleaved runs the rounds of a scenario that an outside generator drives.
func (b *bench) interleaved(s scenario) error {
	load := func(p *process, slice time.Duration) (figures, error) { return b.wrk(p, s, slice) }
	if s.name == "hey" {
		load = func(p *process, slice time.Duration) (figures, error) { return b.hey(p, s, slice) }
	}
	return b.rotate(s.name, b.able(s), b.rounds, func(*process) (loader, func(), error) {
		return load, func() {}, nil
	})
}

// able returns the running servers that can do a scenario.
func (b *bench) able(s scenario) []*process {
	return slices.DeleteFunc(slices.Clone(b.processes), func(p *process) bool { return !p.server.does(s.name) })
}

// loader puts load on a server for one slice.
type loader func(p *process, slice time.Duration) (figures, error)

// opener prepares a slice, outside the time measured, and says how to undo it.
type opener func(p *process) (loader, func(), error)

// rotate takes the rounds, each beginning with another server. The first one
// warms everybody up and is thrown away.
func (b *bench) rotate(name string, processes []*process, rounds int, open opener) error {
	for round := -1; round < rounds; round++ {
		for i := range processes {
			p := processes[(i+max(round, 0))%len(processes)]
			s, err := b.take(p, open)
			if err != nil {
				return err
			}
			if round >= 0 {
				s.scenario, s.round, s.position = name, round, i
				b.samples = append(b.samples, s)
			}
		}
	}
	return nil
}

// losses is how often in a row a slice may bring nothing before its scenario is
// given up.
const losses = 5

// take measures one slice, again while it is disturbed, and keeps the quietest. One
// that brings nothing, which happens on a busy machine, is said to be lost and taken
// again, twice as long.
func (b *bench) take(p *process, open opener) (best sample, err error) {
	lost := 0
	for try := 0; try <= b.repeats+lost; try++ {
		s, err := b.takeOnce(p, open, b.slice<<lost)
		if err != nil {
			if lost++; lost == losses {
				return best, fmt.Errorf("%d slices in a row lost: %w", losses, err)
			}
			b.lost++
			fmt.Fprintf(os.Stderr, "driver: a slice is lost and taken again: %v\n", err)
			continue
		}
		if best.requests == 0 || s.others+s.steal < best.others+best.steal {
			best = s
		}
		if !best.disturbed {
			break
		}
	}
	return best, nil
}

func (b *bench) takeOnce(p *process, open opener, slice time.Duration) (sample, error) {
	load, undo, err := open(p)
	defer undo()
	if err != nil {
		return sample{}, err
	}
	pid := p.cmd.Process.Pid
	began, clock, cpu := time.Now(), readCPU(b.serverCPU), cpuTime(pid)
	f, err := load(p, slice)
	if err != nil {
		return sample{}, err
	}
	if f.requests == 0 || f.errors > 0 {
		return sample{}, fmt.Errorf("%s: %d answers, %d errors", p.server.name, f.requests, f.errors)
	}
	s := sample{server: p.server.name, figures: f, cpu: cpuTime(pid) - cpu - f.opening, rss: residentKiB(pid)}
	wall := time.Since(began).Seconds()
	now := readCPU(b.serverCPU)
	s.others = max(0, (now.busy-clock.busy-s.cpu-f.opening).Seconds()/wall)
	s.steal = (now.steal - clock.steal).Seconds() / wall
	unsure := tick.Seconds() / wall
	s.disturbed = s.others > tolerableOthers+unsure || s.steal > tolerableSteal+unsure
	return s, nil
}
