package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// hey loads a server with another generator, so that no figure depends on how
// wrk works.
func (b *bench) hey(p *process, s scenario, slice time.Duration) (figures, error) {
	out, err := exec.Command("taskset", "-c", b.loadCPU, filepath.Join(b.bin, "hey"),
		"-z", slice.String(), "-c", strconv.Itoa(s.conns), "http://"+p.addr+s.path).CombinedOutput()
	if err != nil {
		return figures{}, fmt.Errorf("hey: %w\n%s", err, out)
	}
	return parseHey(string(out))
}

var (
	heyTotal    = regexp.MustCompile(`Total:\s+([0-9.]+) secs`)
	heyAnswers  = regexp.MustCompile(`\[200\]\s+([0-9]+) responses`)
	heyQuantile = regexp.MustCompile(`(50|99)%+ in ([0-9.]+) secs`)
)

// parseHey reads hey's summary.
func parseHey(out string) (figures, error) {
	total, answers := heyTotal.FindStringSubmatch(out), heyAnswers.FindStringSubmatch(out)
	if total == nil || answers == nil {
		return figures{}, fmt.Errorf("cannot read hey's summary:\n%s", out)
	}
	var f figures
	f.elapsed = seconds(total[1])
	f.requests, _ = strconv.ParseInt(answers[1], 10, 64)
	for _, q := range heyQuantile.FindAllStringSubmatch(out, -1) {
		if q[1] == "50" {
			f.p50 = seconds(q[2])
		} else {
			f.p99 = seconds(q[2])
		}
	}
	return f, nil
}

func seconds(text string) time.Duration {
	f, _ := strconv.ParseFloat(text, 64)
	return time.Duration(f * float64(time.Second))
}
