package etcdstore

import (
	"testing"
	"testing/synctest"
	"time"
)

// waited returns how long a process waits for the others before its next turn.
func waited(t *testing.T, turns *turns) time.Duration {
	begun := time.Now()
	turns.wait(t.Context())
	return time.Since(begun)
}

func TestTurns(t *testing.T) {
	const long = 40 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		turns.had(sequence{1, 10}, long)
		if got := waited(t, turns); got != 0 {
			t.Errorf("alone: waited %v", got)
		}
		turns.missed(sequence{5, 12})
		if got := waited(t, turns); got != 0 {
			t.Errorf("after a turn of another one: waited %v", got)
		}
		turns.had(sequence{6, 13}, long)
		if got := waited(t, turns); got != long {
			t.Errorf("after its own turn, with another one that has nothing to do: waited %v, want %v", got, long)
		}
		time.AfterFunc(time.Millisecond, func() { turns.learn(sequence{8, 14}) })
		if got := waited(t, turns); got != time.Millisecond || turns.latest() != (sequence{8, 14}) {
			t.Errorf("after its own turn, with another one: waited %v, knows %v", got, turns.latest())
		}
		turns.learn(sequence{7, 13})
		if turns.latest() != (sequence{8, 14}) {
			t.Errorf("after old news: knows %v", turns.latest())
		}
		for n := range int64(sharedTurns) {
			turns.had(sequence{9 + n, 15 + n}, long)
		}
		if got := waited(t, turns); got != 0 {
			t.Errorf("after %d turns alone: waited %v", sharedTurns, got)
		}
		turns.missed(sequence{}) // an etcd without its keys
		if turns.latest() != (sequence{}) {
			t.Errorf("knows %v of an empty etcd", turns.latest())
		}
	})
}
