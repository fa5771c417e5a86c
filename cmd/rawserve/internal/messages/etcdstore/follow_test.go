package etcdstore

import (
	"errors"
	"testing"

	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
	"rawserve/cmd/rawserve/internal/messages"
)

// A client that comes from another process may know a place that the feed here has
// not come to.
func TestPlaceOfAnotherProcess(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	p := newProxy(t, node.Address)
	p.held = make(chan struct{})
	ahead := open(t, node.Address)
	late := openAt(t, "etcd://"+p.address+prefixOf(ahead))
	seen := create(t, ahead, "seen")
	told := make(chan error)
	var next messages.Message
	go func() {
		changes, err := late.Changes(t.Context(), messages.Change{Message: seen}.Place(), 1)
		if err == nil {
			next = changes[0].Message
		}
		told <- err
	}()
	want := create(t, ahead, "next")
	close(p.held)
	if err := <-told; err != nil || next != want {
		t.Errorf("got %v, %v, want %v", next, err, want)
	}
}

// A process that is started goes on where another one stopped.
func TestFeedAfterRestart(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	before := open(t, node.Address)
	first := create(t, before, "one")
	create(t, before, "two")
	if err := before.Delete(t.Context(), first.ID, messages.Any); err != nil {
		t.Fatal(err)
	}
	after := openAt(t, "etcd://"+node.Address+prefixOf(before))
	changes := 0
	for place := (messages.Place{}); changes < 3; changes++ {
		got, err := after.Changes(t.Context(), place, 1)
		want, _ := before.Changes(t.Context(), place, 1)
		if err != nil || got[0] != want[0] {
			t.Fatalf("after %v: got %v, %v, want %v", place, got, err, want)
		}
		place = got[0].Place()
	}
}

// What etcd has compacted is a gap for a process that has not seen it, and for no
// other one.
func TestFeedAfterCompaction(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	old := open(t, node.Address)
	create(t, old, "one")
	deleted := create(t, old, "two")
	if err := old.Delete(t.Context(), deleted.ID, messages.Any); err != nil {
		t.Fatal(err)
	}
	latest, err := old.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compact(t, old, node.Address, latest.Revision)
	if changes, err := old.Changes(t.Context(), messages.Place{}, 9); err != nil || len(changes) != 3 {
		t.Errorf("who has seen them: got %v, %v", changes, err)
	}
	fresh := openAt(t, "etcd://"+node.Address+prefixOf(old))
	if place, err := fresh.Latest(t.Context()); err != nil || place.Revision != latest.Revision {
		t.Errorf("Latest: got %v, %v", place, err)
	}
	for _, place := range []messages.Place{{}, {Revision: latest.Revision - 1, ID: 1}} {
		if _, err := fresh.Changes(t.Context(), place, 9); !errors.Is(err, messages.ErrCompacted) {
			t.Errorf("after %v: got %v, want a gap", place, err)
		}
	}
	next := create(t, old, "three")
	changes, err := fresh.Changes(t.Context(), messages.AfterRevision(latest.Revision), 9)
	if err != nil || len(changes) != 1 || changes[0].Message != next {
		t.Errorf("after the compaction: got %v, %v", changes, err)
	}
}

// A node that is started again is followed again, with nothing missing and nothing
// twice.
func TestFeedGoesOn(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	s := open(t, node.Address)
	create(t, s, "one")
	node.Kill()
	if _, err := s.Create(t.Context(), "lost"); !errors.Is(err, messages.ErrUnavailable) {
		t.Errorf("Create without etcd: got %v", err)
	}
	if err := s.Health(t.Context()); err == nil {
		t.Error("healthy without etcd")
	}
	node.Start(t)
	for s.Health(t.Context()) != nil {
	}
	create(t, s, "two")
	for place := (messages.Place{}); ; {
		changes, err := s.Changes(t.Context(), place, 1)
		if err != nil || changes[0].Place().Compare(place) <= 0 {
			t.Fatalf("after %v: got %v, %v", place, changes, err)
		}
		if place = changes[0].Place(); changes[0].Message.Text == "two" {
			break
		}
	}
}
