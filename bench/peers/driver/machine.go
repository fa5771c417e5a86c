package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// fact is one row of the report's first table.
type fact struct{ name, value string }

// facts describes the machine and what was measured on it.
func (b *bench) facts() []fact {
	return []fact{
		{"date", time.Now().UTC().Format("2006-01-02 15:04 UTC")},
		{"commit", b.commit},
		{"machine", fmt.Sprintf("%s, %d CPUs, %s", cpuModel(), runtime.NumCPU()+countOthers(), memory())},
		{"system", firstLine("uname", "-sr")},
		{"pinning", fmt.Sprintf("servers on CPU %s, load and driver on CPU %s", b.serverCPU, b.loadCPU)},
		{"load", firstLine("wrk", "-v") + "; hey " + b.version("hey", "github.com/rakyll/hey")},
		{"Go", runtime.Version()},
		{"fasthttp", b.version("peers", "github.com/valyala/fasthttp")},
		{"gnet", b.version("peers", "github.com/panjf2000/gnet/v2")},
		{"node", firstLine("node", "--version")},
		{"nginx", firstLine("nginx", "-v")},
		{"rounds", fmt.Sprintf("%d per server and scenario, %v each, order rotated", b.rounds, b.slice)},
		{"quiet", b.quietness()},
		{"conformance of the same build", b.conformance},
	}
}

// countOthers returns how many CPUs there are besides those that this program may
// use.
func countOthers() int {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return max(0, strings.Count(string(text), "processor\t")-runtime.NumCPU())
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(text), "model name\t: ")
	model, _, _ := strings.Cut(rest, "\n")
	return model
}

func memory() string {
	fields := fieldsOf("/proc/meminfo")
	if len(fields) < 2 {
		return "memory unknown"
	}
	var kib int64
	fmt.Sscan(fields[1], &kib)
	return fmt.Sprintf("%d GiB", kib>>20)
}

// firstLine returns the first line a program prints; "not here" if it fails.
// wrk reports its version and fails, so only silence counts as failure.
func firstLine(program string, args ...string) string {
	out, _ := exec.Command(program, args...).CombinedOutput()
	line, _, _ := bytes.Cut(bytes.TrimSpace(out), []byte("\n"))
	if len(line) == 0 {
		return "not here"
	}
	return strings.TrimSuffix(string(line), " Copyright (C) 2012 Will Glozer")
}

// version reads from a built program which release of a module is in it.
func (b *bench) version(program, module string) string {
	info, err := buildinfo.ReadFile(filepath.Join(b.bin, program))
	if err != nil {
		return "unknown"
	}
	if info.Main.Path == module && info.Main.Version != "" {
		return info.Main.Version
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return "unknown"
}

// quietness says how disturbed the run was.
func (b *bench) quietness() string {
	disturbed, steal := 0, []float64(nil)
	for _, s := range b.samples {
		if s.disturbed {
			disturbed++
		}
		steal = append(steal, 100*s.steal)
	}
	q := quartilesOf(steal)
	return fmt.Sprintf("%d of %d slices stayed disturbed after %d repeats, %d were lost and taken again; the hypervisor took %.0f %% of the servers' CPU (quartiles %.0f–%.0f %%)",
		disturbed, len(b.samples), b.repeats, b.lost, q.median, q.low, q.high)
}
