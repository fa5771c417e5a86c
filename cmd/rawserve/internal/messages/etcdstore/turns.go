package etcdstore

import (
	"context"
	"sync"
	"time"
)

// sequence is the key PREFIX/seq, as it is after some transaction.
type sequence struct {
	last     int64 // the latest ID
	revision int64 // of the key; 0 if there is none
}

// turns knows the sequence, and lets processes that all create messages take turns.
// Each transaction expects the sequence that the one before it has left, so of those
// that are sent at the same time one succeeds. If nobody waited, it would often be
// one of the process that succeeded before, because that knows the sequence first: it
// would make few messages at a time, and the others none.
type turns struct {
	mu     sync.Mutex
	known  sequence
	own    int64         // revision of the latest transaction of this process
	took   time.Duration // how long that took
	shared int           // turns until this process believes that it is alone
	moved  chan struct{} // closed when somebody else has had a turn
}

// sharedTurns is for how many turns it is remembered that others create messages too.
const sharedTurns = 16

func newTurns() *turns { return &turns{moved: make(chan struct{})} }

// latest returns the sequence.
func (t *turns) latest() sequence {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known
}

// learn is told what the sequence was at some time.
func (t *turns) learn(s sequence) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(s)
}

func (t *turns) advance(s sequence) {
	if s.revision <= t.known.revision {
		return
	}
	t.known = s
	if s.revision > t.own {
		close(t.moved)
		t.moved = make(chan struct{})
	}
}

// had is told of a turn of this process: what it has left, and how long it took.
func (t *turns) had(s sequence, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own, t.took = s.revision, took
	t.advance(s)
	t.shared = max(0, t.shared-1)
}

// missed is told that somebody else was faster, and what that one has left. An older
// sequence is taken too: etcd may have lost its keys; where the watch was only faster
// than the answer, the next transaction misses once more.
func (t *turns) missed(s sequence) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shared = sharedTurns
	if s.revision < t.known.revision {
		t.known = s
	}
	t.advance(s)
}

// wait gives others a turn, if there are any: until one has had it, or could have.
func (t *turns) wait(ctx context.Context) {
	t.mu.Lock()
	waits := t.shared > 0 && t.known.revision == t.own
	moved, most := t.moved, t.took
	t.mu.Unlock()
	if !waits {
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-moved:
	case <-timer.C:
	case <-ctx.Done():
	}
}
