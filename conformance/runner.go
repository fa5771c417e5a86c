package conformance

import (
	"cmp"
	"context"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Verdict is the outcome of one case on one server.
type Verdict string

// The verdicts.
const (
	Pass Verdict = "PASS" // all that the case describes was seen
	Fail Verdict = "FAIL" // what the RFC demands was not seen
	Warn Verdict = "WARN" // what it only recommends was not seen, or a permitted answer that few expect was
	Skip Verdict = "SKIP" // the server cannot be asked, or the run was ended
)

// Result is the outcome of one case on one server.
type Result struct {
	Case       *Case
	Verdict    Verdict
	Reason     string        // one line; empty for PASS
	Broken     []RuleRef     // the requirements that the difference breaks; may be empty
	Line       int           // of the file: what was not seen; zero for PASS and SKIP
	Transcript []Entry       // at most 200 entries; nil if the case was not played
	Duration   time.Duration // from opening the first connection to the verdict

	lost bool // nothing came, or a reset, and the case did not pass
}

// Report is the outcome of all cases on one server.
type Report struct {
	Server  *Server
	Results []*Result // in the order of the cases
}

// Count returns how many results have a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == v {
			n++
		}
	}
	return n
}

// defaultTimeout bounds the responses of a case that does not say otherwise.
const defaultTimeout = 3 * time.Second

// defaultParallel is how many cases are played at once.
const defaultParallel = 32

// Runner plays cases against a server. The zero value is ready. A Runner is good
// for one call of Run; use a new one for the next server.
type Runner struct {
	// Timeout is how long a server may take for all responses of one case, in
	// addition to the waits that the case itself asks for. Zero means 3 s. A case
	// with a @timeout of its own has that one; a case that runs curl has three
	// times as long.
	Timeout time.Duration

	// Parallel is how many cases are played at once. Zero means 32.
	Parallel int

	// Progress, if not nil, is called after each case, in the order in which they
	// end. It is called from several goroutines, but never twice at once, and the
	// run waits for it.
	Progress func(r *Result)

	files   files
	silence silence
}

// curls limits how many curls run at once: more would slow each other down.
var curls = make(chan struct{}, 4)

// silence notices a server that leaves most cases without an answer, so that the
// run need not wait the whole time for each of them.
type silence struct {
	played, silent atomic.Int64
}

// add counts one more case.
func (s *silence) add(m *mismatch) {
	s.played.Add(1)
	if m != nil && m.got == nothingInTime {
		s.silent.Add(1)
	}
}

// shorten returns how long the next case may wait: a third of the time, once
// half of at least 64 cases got no answer.
func (s *silence) shorten(timeout time.Duration) time.Duration {
	if played := s.played.Load(); played >= 64 && s.silent.Load() > played/2 {
		return timeout / 3
	}
	return timeout
}

// Run plays cases against one server, several at once, each on connections of its
// own, and returns when all have ended. Server.Probe must have been called before.
// A server that breaks a case, or does not answer, is no error of Run: the report
// says so. When ctx ends, cases not yet begun are SKIP, and those being played are
// judged by what they have seen so far. A case that did not pass because nothing came,
// or because of a reset, is played once more, alone, and the second verdict counts.
// Run does not change server or cases.
func (r *Runner) Run(ctx context.Context, server *Server, cases []*Case) *Report {
	defer r.files.close()
	report := &Report{Server: server, Results: make([]*Result, len(cases))}
	next := make(chan int)
	var mu sync.Mutex
	var lost []int
	var workers sync.WaitGroup
	for range cmp.Or(r.Parallel, defaultParallel) {
		workers.Go(func() {
			for i := range next {
				result := r.one(ctx, server, cases[i], cmp.Or(r.Timeout, defaultTimeout))
				mu.Lock()
				if report.Results[i] = result; result.lost {
					lost = append(lost, i)
				} else {
					r.progress(result)
				}
				mu.Unlock()
			}
		})
	}
	for _, i := range slowestFirst(cases) {
		next <- i
	}
	close(next)
	workers.Wait()
	r.again(ctx, report, lost)
	return report
}

// Bounds of playing cases once more: in all, and how long a response is waited for at
// least, if the Runner waits that long.
const (
	againTime    = 10 * time.Second
	leastPatient = time.Second
)

// again plays lost cases once more, one after the other. A server that loses so
// many that the time is over does not do so by chance: what remains stands.
func (r *Runner) again(ctx context.Context, report *Report, lost []int) {
	began, patience := time.Now(), r.patience(report)
	for _, i := range lost {
		if time.Since(began) < againTime && ctx.Err() == nil {
			report.Results[i] = r.one(ctx, report.Server, report.Results[i].Case, patience)
		}
		r.progress(report.Results[i])
	}
}

// patience returns how long to wait for the responses of a case that is played once
// more: twice as long as the slowest case that passed took while the server had much
// more to do.
func (r *Runner) patience(report *Report) time.Duration {
	patience := leastPatient
	for _, result := range report.Results {
		if result.Verdict == Pass {
			patience = max(patience, 2*(result.Duration-result.Case.waits()))
		}
	}
	return min(patience, cmp.Or(r.Timeout, defaultTimeout))
}

// progress reports the outcome of one case.
func (r *Runner) progress(result *Result) {
	if r.Progress != nil {
		r.Progress(result)
	}
}

// slowestFirst returns the order in which cases are begun: those that wait longest
// first, so that none of them is left alone at the end of the run.
func slowestFirst(cases []*Case) []int {
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cases[b].waits(), cases[a].waits()) })
	return order
}

// waits returns how long the script itself waits.
func (c *Case) waits() time.Duration {
	var d time.Duration
	for _, s := range c.script {
		if s.action != nil {
			d += s.action.wait
		}
		for _, a := range s.await {
			for _, w := range a.wants {
				if w.event != nil && w.event.name == "quiet" {
					d += w.event.wait
				}
			}
		}
	}
	return d + c.Timeout/2 // a case with a time of its own is likely to need it
}

// one plays one case, whose responses may take a time, unless it has one of its own.
func (r *Runner) one(ctx context.Context, server *Server, c *Case, patience time.Duration) *Result {
	result := &Result{Case: c}
	if reason := server.cannot(c); reason != "" {
		result.Verdict, result.Reason = Skip, reason
		return result
	}
	if ctx.Err() != nil {
		result.Verdict, result.Reason = Skip, "the run was ended"
		return result
	}
	timeout := r.silence.shorten(cmp.Or(c.Timeout, patience)) + c.waits()
	if slices.Contains(c.Needs, "curl") {
		curls <- struct{}{}
		defer func() { <-curls }()
		timeout *= 3 // a process takes longer to start than a connection
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	log := &transcript{began: time.Now()}
	p := &player{c: c, env: server.environment(), addr: server.Addr, log: log, files: &r.files, strict: server.Strict, closes: server.lacks("keep-alive")}
	m := p.play(ctx)
	r.silence.add(m)
	result.Duration, result.Transcript = time.Since(log.began), log.all()
	result.grade(m, p.warned, server.Strict)
	return result
}

// haveCurl reports whether the curl command is installed.
var haveCurl = sync.OnceValue(func() bool {
	_, err := exec.LookPath("curl")
	return err == nil
})

// curlVersion returns the name and version of curl, or that there is none.
func curlVersion() string {
	out, err := exec.Command("curl", "--version").Output()
	words := strings.Fields(string(out))
	if err != nil || len(words) < 2 {
		return "no curl"
	}
	return visible(words[0] + " " + words[1])
}

// Select returns the cases of files for which match, called with the id and with
// the section of each, reports true at least once. The order is that of the files.
func Select(files []*File, match func(string) bool) []*Case {
	var cases []*Case
	for _, f := range files {
		for _, c := range f.Cases {
			if match(c.ID) || match(c.Section) {
				cases = append(cases, c)
			}
		}
	}
	return slices.Clip(cases)
}
