package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestAnswers builds the Go servers and asks each of them everything that the
// scenarios ask.
func TestAnswers(t *testing.T) {
	b := &bench{plan: plan{root: "../../..", bin: t.TempDir(), serverCPU: "0"}, dir: t.TempDir()}
	b.large = filepath.Join(b.dir, "large.txt")
	if err := os.WriteFile(b.large, largeBody(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Skip(err)
	}
	build(t, "..", filepath.Join(b.bin, "peers"), ".")
	build(t, b.root, filepath.Join(b.bin, "server"), "./bench/server")
	t.Cleanup(b.stopAll)
	for _, s := range catalog {
		if s.command[0] == "node" || s.command[0] == "nginx" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			s.only = nil // check it all
			p, err := b.start(s)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.check(p); err != nil {
				t.Error(err)
			}
		})
	}
}

func build(t *testing.T, dir, to, what string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", to, what)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestParseFigures(t *testing.T) {
	got, err := parseFigures("34735 1004514 1443 11942 0\n")
	want := figures{34735, 1004514 * time.Microsecond, 1443 * time.Microsecond, 11942 * time.Microsecond, 0, 0}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := parseFigures("1 2 x"); err == nil {
		t.Error("a broken line is accepted")
	}
}

func TestParseHey(t *testing.T) {
	got, err := parseHey("Summary:\n  Total:\t0.5020 secs\n\nLatency distribution:\n  50% in 0.0015 secs\n" +
		"  99%% in 0.0070 secs\n\nStatus code distribution:\n  [200]\t12642 responses\n")
	want := figures{12642, 502 * time.Millisecond, 1500 * time.Microsecond, 7 * time.Millisecond, 0, 0}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestQuartiles(t *testing.T) {
	tests := []struct {
		in   []float64
		want quartiles
	}{
		{nil, quartiles{}},
		{[]float64{7}, quartiles{7, 7, 7}},
		{[]float64{4, 1, 3, 2, 5}, quartiles{2, 3, 4}},
		{[]float64{1, 2, 3, 4}, quartiles{1.75, 2.5, 3.25}},
	}
	for _, test := range tests {
		if got := quartilesOf(test.in); got != test.want {
			t.Errorf("quartilesOf(%v) = %v, want %v", test.in, got, test.want)
		}
	}
}

func TestRatioPairsRounds(t *testing.T) {
	b := &bench{}
	add := func(server string, round int, micros, requests int64) {
		b.samples = append(b.samples, sample{scenario: "s", server: server, round: round,
			figures: figures{requests: requests}, cpu: time.Duration(micros) * time.Microsecond})
	}
	for round, noise := range []int64{1, 10, 3} { // a disturbed round disturbs both
		add("a", round, 80*noise, 100)
		add("b", round, 50*noise, 50)
	}
	r, ok := b.ratio("s", "a", "b")
	if want := (quartiles{0.8, 0.8, 0.8}); !ok || r != want {
		t.Errorf("ratio is %v, want %v", r, want)
	}
}

func TestAnswerSize(t *testing.T) {
	tests := []struct {
		in   string
		want int
	}{
		{"HTTP/1.1 200 OK\r\n", -1},
		{"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na", 41},
		{"HTTP/1.1 204 No Content\r\n\r\n", 27},
	}
	for _, test := range tests {
		if got := answerSize([]byte(test.in)); got != test.want {
			t.Errorf("answerSize(%q) = %d, want %d", test.in, got, test.want)
		}
	}
}

func TestCPUTime(t *testing.T) {
	before := cpuTime(os.Getpid())
	for began := time.Now(); time.Since(began) < 30*time.Millisecond; {
	}
	if spent := cpuTime(os.Getpid()) - before; spent <= 0 {
		t.Errorf("a busy loop used %v of CPU time", spent)
	}
	if residentKiB(os.Getpid()) == 0 {
		t.Error("no resident memory found")
	}
}

// TestReport makes the report anew: nothing stands in RESULTS.md that is not made
// from the files in results.
func TestReport(t *testing.T) {
	const results = "../../results"
	b := &bench{plan: plan{report: filepath.Join(t.TempDir(), "RESULTS.md")}}
	if err := b.readSaved(results); err != nil {
		t.Fatal(err)
	}
	for _, p := range []drawn{{"cpu.svg", "Server CPU"}, {"memory.svg", "Resident"}} {
		if _, err := os.Stat(filepath.Join(results, p.file)); err != nil {
			t.Error(err)
		}
	}
	if err := b.draw(t.TempDir()); err != nil { // it says which plots there are
		t.Fatal(err)
	}
	if err := b.writeReport(b.report); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(b.report)
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile("../../RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, there) {
		t.Error("RESULTS.md is not what results/ make: run bench/run.sh -report")
	}
}

// TestSaved writes figures and reads them back.
func TestSaved(t *testing.T) {
	b := &bench{plan: plan{out: t.TempDir()}}
	b.samples = []sample{{scenario: "plaintext", server: ours, round: 2, position: 1, cpu: 12300 * time.Microsecond, rss: 7, disturbed: true,
		figures: figures{requests: 1000, elapsed: 300 * time.Millisecond, p50: 5 * time.Microsecond, p99: 9 * time.Microsecond}}}
	b.memory = []memorySample{{server: "gnet", conns: 10, before: 1, silent: 2, after: 3}}
	if err := b.publish(); err != nil {
		t.Fatal(err)
	}
	again := &bench{}
	if err := again.readSaved(b.out); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.samples, b.samples) || !slices.Equal(again.memory, b.memory) || len(again.about) < 10 {
		t.Errorf("wrote %+v, %+v; read %+v, %+v, %d facts", b.samples, b.memory, again.samples, again.memory, len(again.about))
	}
	if names(again.chosen) != "rawserve,gnet" {
		t.Errorf("servers %s", names(again.chosen))
	}
}

// TestLostSlices: a slice that brings nothing is taken again, twice as long, and a
// scenario with too many of them is given up.
func TestLostSlices(t *testing.T) {
	p := &process{server: server{name: "a"}, cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	for failing := range losses + 1 {
		b := &bench{plan: plan{slice: time.Millisecond, repeats: 0, serverCPU: "0"}}
		var slices []time.Duration
		open := func(*process) (loader, func(), error) {
			return func(_ *process, slice time.Duration) (figures, error) {
				if slices = append(slices, slice); len(slices) <= failing {
					return figures{}, errSilent
				}
				return figures{requests: 1}, nil
			}, func() {}, nil
		}
		s, err := b.take(p, open)
		if gone := failing == losses; gone != (err != nil) || !gone && (s.requests != 1 || b.lost != failing) {
			t.Errorf("%d lost: %+v, %v, %d counted", failing, s, err, b.lost)
		}
		if last := slices[len(slices)-1]; last != time.Millisecond<<(len(slices)-1) {
			t.Errorf("%d lost: the last slice took %v", failing, last)
		}
	}
}
