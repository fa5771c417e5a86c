package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// figures is what a load generator counted in one slice.
type figures struct {
	requests int64
	elapsed  time.Duration
	p50, p99 time.Duration
	errors   int64
	opening  time.Duration // CPU time of the server that is not to be counted
}

// errSilent says that wrk had hardly begun when the slice was over, which a busy
// machine brings about.
var errSilent = errors.New("wrk reported nothing")

// wrk loads a server for one slice. It counts in whole seconds, so it is
// interrupted at the end of the slice, which makes it report at once.
func (b *bench) wrk(p *process, s scenario, slice time.Duration) (figures, error) {
	args := []string{"-c", b.loadCPU, "wrk", "-t1", "-c" + strconv.Itoa(s.conns), "-d60s", "--timeout", "10s",
		"-s", filepath.Join(b.root, "bench/scenarios/load.lua"), "http://" + p.addr + s.path, "--", s.script}
	ctx, cancel := context.WithTimeout(context.Background(), slice)
	defer cancel()
	cmd := exec.CommandContext(ctx, "taskset", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() == nil {
		return figures{}, fmt.Errorf("wrk against %s: %v\n%s", p.server.name, err, out)
	}
	_, line, found := strings.Cut(string(out), "figures ")
	if !found {
		return figures{}, fmt.Errorf("%s: %w %s", p.server.name, errSilent, out)
	}
	f, err := parseFigures(line)
	if err == nil && f.requests == 0 {
		err = errSilent
	}
	return f, err
}

// parseFigures reads the line that load.lua prints; times are microseconds.
func parseFigures(line string) (figures, error) {
	var n, micros, p50, p99, errors int64
	if _, err := fmt.Sscan(line, &n, &micros, &p50, &p99, &errors); err != nil {
		return figures{}, fmt.Errorf("cannot read %q: %w", line, err)
	}
	return figures{
		requests: n,
		elapsed:  time.Duration(micros) * time.Microsecond,
		p50:      time.Duration(p50) * time.Microsecond,
		p99:      time.Duration(p99) * time.Microsecond,
		errors:   errors,
	}, nil
}
