package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

// memorySample is what idle connections cost a fresh process.
type memorySample struct {
	server        string
	round, conns  int
	before        int64 // resident KiB without a connection
	silent, after int64 // with all of them: before the first request, after one each
}

// perConn returns the growth in octets per connection.
func (m memorySample) perConn(kib int64) float64 {
	return float64(kib-m.before) * 1024 / float64(m.conns)
}

// settle is how long a server gets to free what it no longer needs.
const settle = 2500 * time.Millisecond

// Connections that are mostly idle are not opened all at once: a group of them
// connects and sends its requests, then comes a pause.
const (
	group = 500
	pause = time.Second
)

// idle measures resident memory per idle connection, each time in a fresh
// process, as the kernel sees it: garbage not yet returned counts.
func (b *bench) idle(scenario) error {
	for round := range max(1, b.rounds/5) {
		for i := range b.chosen {
			s := b.chosen[(i+round)%len(b.chosen)]
			m, err := b.idleOnce(s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			m.round = round
			b.memory = append(b.memory, m)
		}
	}
	b.idleSummary(os.Stdout)
	return nil
}

func (b *bench) idleOnce(s server) (memorySample, error) {
	m := memorySample{server: s.name, conns: b.conns}
	err := b.inFreshProcess(s, func(p *process) (err error) {
		m.before = residentKiB(p.cmd.Process.Pid)
		conns, err := dialMany(p.addr, b.conns)
		defer closeMany(conns)
		time.Sleep(settle)
		m.silent = residentKiB(p.cmd.Process.Pid)
		return err
	})
	if err != nil {
		return m, err
	}
	return m, b.inFreshProcess(s, func(p *process) error {
		for range b.conns / group {
			conns, err := dialMany(p.addr, group)
			defer closeMany(conns)
			if err != nil {
				return err
			}
			if _, err := onceEach(conns, 0); err != nil {
				return err
			}
			time.Sleep(pause)
		}
		time.Sleep(settle)
		m.after = residentKiB(p.cmd.Process.Pid)
		return nil
	})
}

// inFreshProcess starts a server, lets it settle, and ends it after f.
func (b *bench) inFreshProcess(s server, f func(p *process) error) error {
	p, err := b.start(s)
	if err != nil {
		return err
	}
	defer p.stop()
	time.Sleep(200 * time.Millisecond)
	return f(p)
}

// idleSummary prints the growth per connection for the terminal.
func (b *bench) idleSummary(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "octets per idle connection\tsilent\tafter a request\t\n")
	for _, s := range b.chosen {
		silent, after := b.memoryOf(s.name)
		fmt.Fprintf(t, "%s\t%.0f\t%.0f\t\n", s.name, silent, after)
	}
	t.Flush()
}

// memoryOf returns the median growth per connection; zero if not measured.
func (b *bench) memoryOf(server string) (silent, after float64) {
	var silents, afters []float64
	for _, m := range b.memory {
		if m.server == server {
			silents = append(silents, m.perConn(m.silent))
			afters = append(afters, m.perConn(m.after))
		}
	}
	return quartilesOf(silents).median, quartilesOf(afters).median
}
