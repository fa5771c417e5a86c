package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpuTime returns the CPU time a process and its children have used: the sum
// of the run times of their threads, which the scheduler counts in nanoseconds
// (utime and stime in /proc/PID/stat are the same time in steps of 10 ms).
func cpuTime(pid int) time.Duration {
	var sum time.Duration
	for _, pid := range family(pid) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, path := range threads {
			fields := fieldsOf(path)
			if len(fields) > 0 {
				ran, _ := strconv.ParseInt(fields[0], 10, 64)
				sum += time.Duration(ran)
			}
		}
	}
	return sum
}

// family returns a process and its children: nginx works in a child.
func family(pid int) []int {
	pids := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range lists {
		for _, child := range fieldsOf(path) {
			if n, err := strconv.Atoi(child); err == nil {
				pids = append(pids, family(n)...)
			}
		}
	}
	return pids
}

func fieldsOf(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return strings.Fields(string(text))
}

// residentKiB returns the resident memory of a process and its children.
func residentKiB(pid int) int64 {
	var sum int64
	for _, pid := range family(pid) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, _ := strings.Cut(string(text), "VmRSS:")
		if fields := strings.Fields(rest); len(fields) > 0 {
			n, _ := strconv.ParseInt(fields[0], 10, 64)
			sum += n
		}
	}
	return sum
}

// cpuClock is what /proc/stat tells of one CPU.
type cpuClock struct{ busy, steal time.Duration }

// readCPU reads the clock of a CPU, in steps of 10 ms.
func readCPU(cpu string) cpuClock {
	text, _ := os.ReadFile("/proc/stat")
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 9 || f[0] != "cpu"+cpu {
			continue
		}
		ticks := func(i int) time.Duration {
			n, _ := strconv.ParseInt(f[i], 10, 64)
			return time.Duration(n) * 10 * time.Millisecond
		}
		// user, nice, system, irq, softirq; not idle and iowait
		return cpuClock{busy: ticks(1) + ticks(2) + ticks(3) + ticks(6) + ticks(7), steal: ticks(8)}
	}
	return cpuClock{}
}
