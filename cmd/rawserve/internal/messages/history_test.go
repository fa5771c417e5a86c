package messages

import (
	"context"
	"strings"
	"testing"
)

func change(revision int64, text string) Change {
	return Change{Created, Message{ID: revision, Text: text, Revision: revision}}
}

// Whoever is too far back is told so, and never gets a part.
func TestHistoryForgets(t *testing.T) {
	for _, c := range []struct {
		name string
		h    *History
		text string
	}{
		{"changes", &History{MaxChanges: 64}, "x"},
		{"octets", &History{MaxOctets: 64 << 10}, strings.Repeat("x", 1<<10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := c.h
			for revision := int64(1); revision <= 1000; revision++ {
				h.Add(change(revision, c.text))
				if len(h.changes) > 64 || h.octets > 64<<10 {
					t.Fatalf("after %d changes it holds %d of %d octets", revision, len(h.changes), h.octets)
				}
			}
			if len(h.changes) < 48 {
				t.Errorf("it holds %d changes only", len(h.changes))
			}
			known := 0
			for after := range int64(1000) {
				changes, err := h.Changes(t.Context(), Place{after, after}, 1)
				if err != nil {
					wantError(t, "Changes", err, ErrCompacted)
					continue
				}
				known++
				if changes[0] != change(after+1, c.text) {
					t.Fatalf("after %d: got %v", after, changes[0].Place())
				}
			}
			if known != len(h.changes) {
				t.Errorf("it holds %d changes and returned %d", len(h.changes), known)
			}
		})
	}
}

func TestHistoryBegins(t *testing.T) {
	var h History
	h.Add(change(1, "a"))
	ended := make(chan error)
	go func() {
		_, err := h.Changes(context.Background(), Place{1, 1}, 1)
		ended <- err
	}()
	h.Begin(AfterRevision(7))
	wantError(t, "Changes after a place before the beginning", <-ended, ErrCompacted)
	h.Add(change(8, "b"))
	if got, err := h.Changes(t.Context(), AfterRevision(7), 9); err != nil || len(got) != 1 || got[0] != change(8, "b") {
		t.Errorf("after the beginning: got %v, %v", got, err)
	}
}
