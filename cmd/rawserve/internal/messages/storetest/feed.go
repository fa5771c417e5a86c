package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

var feedTests = []storeTest{
	{"tells_changes_in_order", feedInOrder},
	{"tells_a_change_that_comes_later", feedWaits},
	{"names_every_change", feedResumesAnywhere},
	{"knows_no_place_of_another_store", feedOfAnotherStore},
	{"tells_everybody_everything", feedOfManyWriters},
	{"stops_waiting_with_its_context", feedObeysContext},
}

func feedInOrder(t *testing.T, s messages.Store) {
	if latest := latest(t, s); latest != (messages.Place{}) {
		t.Errorf("Latest of an empty store: got %v, want 0", latest)
	}
	one := create(t, s, "one")
	both := createAll(t, s, "two", "three")
	replaced, err := s.Replace(t.Context(), one.ID, "uno", one.Revision)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), both[0].ID, messages.Any); err != nil {
		t.Fatal(err)
	}
	// What is refused is no change.
	_, err = s.Replace(t.Context(), one.ID, "two", one.Revision)
	wantError(t, "Replace at an old revision", err, messages.ErrConflict)
	last := create(t, s, "four")

	got := changes(t, s, messages.Place{}, 6)
	deletion := got[4].Message
	if deletion.ID != both[0].ID || deletion.Text != "" || deletion.Revision <= replaced.Revision {
		t.Errorf("the deletion is told as %v", deletion)
	}
	for i, want := range []messages.Change{
		{Kind: messages.Created, Message: one},
		{Kind: messages.Created, Message: both[0]},
		{Kind: messages.Created, Message: both[1]},
		{Kind: messages.Replaced, Message: replaced},
		{Kind: messages.Deleted, Message: deletion},
		{Kind: messages.Created, Message: last},
	} {
		if got[i] != want {
			t.Errorf("change %d: got %v, want %v", i, got[i], want)
		}
	}
	if latest := latest(t, s); latest != got[5].Place() {
		t.Errorf("Latest: got %v, want %v", latest, got[5].Place())
	}
}

func feedWaits(t *testing.T, s messages.Store) {
	create(t, s, "before")
	after := latest(t, s)
	told := make(chan messages.Change)
	go func() { told <- changes(t, s, after, 1)[0] }()
	m := create(t, s, "now")
	if got := <-told; got != (messages.Change{Kind: messages.Created, Message: m}) {
		t.Errorf("got %v, want the creation of %v", got, m)
	}
}

// feedResumesAnywhere: whoever was cut off after any change, also between two that
// were made together, misses none and gets none again.
func feedResumesAnywhere(t *testing.T, s messages.Store) {
	createAll(t, s, "a", "b", "c")
	createAll(t, s, "d", "e")
	if err := s.Delete(t.Context(), 2, messages.Any); err != nil {
		t.Fatal(err)
	}
	all := changes(t, s, messages.Place{}, 6)
	for i, c := range all[:5] {
		if all[i+1].Place().Compare(c.Place()) <= 0 {
			t.Errorf("change %d has the place %v, change %d %v", i, c.Place(), i+1, all[i+1].Place())
		}
		rest := changes(t, s, c.Place(), 5-i)
		for j, got := range rest {
			if got != all[i+1+j] {
				t.Errorf("after %v: got %v, want %v", c.Place(), got, all[i+1+j])
			}
		}
	}
	revision := all[0].Message.Revision
	first, err := s.Changes(t.Context(), messages.AfterRevision(revision), 1)
	if err != nil || first[0].Message.Revision <= revision {
		t.Errorf("after revision %d: got %v, %v", revision, first, err)
	}
}

func feedOfAnotherStore(t *testing.T, s messages.Store) {
	elsewhere := messages.Place{Revision: 1 << 62, ID: 1}
	_, err := s.Changes(t.Context(), elsewhere, 1)
	wantError(t, "Changes of an empty store after a place of another", err, messages.ErrCompacted)
	create(t, s, "x")
	_, err = s.Changes(t.Context(), elsewhere, 1)
	wantError(t, "Changes after a place of another store", err, messages.ErrCompacted)
}

func feedOfManyWriters(t *testing.T, s messages.Store) {
	const writers, each, readers = 8, 20, 4
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			seen := make(map[int64]bool)
			for _, c := range changes(t, s, messages.Place{}, writers*each) {
				if c.Kind != messages.Created || seen[c.Message.ID] {
					t.Errorf("got %v, seen before: %v", c, seen[c.Message.ID])
				}
				seen[c.Message.ID] = true
			}
		})
	}
	for range writers {
		wg.Go(func() {
			for range each {
				if _, err := s.Create(t.Context(), "x"); err != nil {
					t.Errorf("Create: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func feedObeysContext(t *testing.T, s messages.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := s.Changes(ctx, messages.Place{}, 1)
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Changes after its context: got %v", err)
	}
}

// changes returns the next n changes after a place.
func changes(t *testing.T, s messages.Store, after messages.Place, n int) []messages.Change {
	t.Helper()
	var all []messages.Change
	for len(all) < n {
		some, err := s.Changes(t.Context(), after, n-len(all))
		if err != nil || len(some) == 0 || len(some) > n-len(all) {
			t.Errorf("Changes(%v, %d): got %v, %v", after, n-len(all), some, err)
			return append(all, make([]messages.Change, n-len(all))...)
		}
		all = append(all, some...)
		after = some[len(some)-1].Place()
	}
	return all
}

func latest(t *testing.T, s messages.Store) messages.Place {
	t.Helper()
	place, err := s.Latest(t.Context())
	if err != nil {
		t.Fatalf("Latest: %v", err)
	}
	return place
}
