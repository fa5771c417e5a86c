package live

import "time"

// The server never waits for a viewer. What viewers get is bounded three times:
// by the log that they read from, by the bursts per second that are recorded, and
// because recording stops when all of them lag.
const (
	burstsAtOnce    = 4096          // recorded at most in one go
	burstsPerSecond = 500           // recorded at most for long
	lagAtMost       = logEvents / 2 // events that a viewer may not have read yet for recording to go on
	viewersAtMost   = 8
)

// allowance says how many bursts may still be recorded.
type allowance struct {
	left float64
	last time.Duration
}

// take reports whether a burst may be recorded now.
func (a *allowance) take(now time.Duration) bool {
	a.left = min(burstsAtOnce, a.left+burstsPerSecond*(now-a.last).Seconds())
	a.last = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}

// viewer reads the log.
type viewer struct {
	next uint64        // number of the event it wants next
	wake chan struct{} // there may be something
}

// watch adds a viewer that wants the events after a number. It returns nil
// if there are too many.
func (r *Recorder) watch(after uint64) *viewer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.viewers) >= viewersAtMost {
		return nil
	}
	v := &viewer{next: min(after, r.log.last) + 1, wake: make(chan struct{}, 1)}
	if len(r.viewers) == 0 {
		r.reported = r.others.Load()
	}
	r.viewers[v] = struct{}{}
	r.updateRecording()
	return v
}

// leave takes a viewer away.
func (r *Recorder) leave(v *viewer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.viewers, v)
	r.updateRecording()
}

// updateRecording turns recording on while some viewer keeps up, and off otherwise.
func (r *Recorder) updateRecording() {
	wanted := false
	for v := range r.viewers {
		wanted = wanted || r.log.last+1-v.next < lagAtMost
	}
	switch {
	case wanted && !r.recording:
		r.demand.Add(1)
	case !wanted && r.recording:
		r.demand.Add(-1)
	}
	r.recording = wanted
}

// append adds an event to the log and wakes the viewers.
func (r *Recorder) append(e event) {
	if r.log.append(e)%64 == 0 {
		r.updateRecording()
	}
	for v := range r.viewers {
		select {
		case v.wake <- struct{}{}:
		default:
		}
	}
}

// next returns the next events for a viewer, and how many it has missed. If
// exchanges were not recorded, the last event says how many.
func (r *Recorder) next(v *viewer, most int) (events []event, lost uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v.next > r.log.last {
		r.reportMissed()
	}
	events, lost = r.log.since(v.next, most)
	v.next += lost + uint64(len(events))
	if !r.recording {
		r.updateRecording()
	}
	return events, lost
}

// reportMissed tells the log how many exchanges were not recorded.
func (r *Recorder) reportMissed() {
	if missed := r.others.Load() - r.reported; missed > 0 {
		r.reported += missed
		r.log.append(event{Kind: "gap", At: r.now().Microseconds(), Octets: missed, Value: "exchanges were not recorded"})
	}
}
