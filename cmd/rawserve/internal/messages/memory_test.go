package messages

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMemoryHoldsSoManyMessages(t *testing.T) {
	s := &Memory{MaxMessages: 2}
	create(t, s, "a")
	create(t, s, "b")
	_, err := s.Create(t.Context(), "c")
	wantError(t, "third Create", err, ErrFull)
	if err := s.Delete(t.Context(), 1, Any); err != nil {
		t.Fatal(err)
	}
	if m := create(t, s, "c"); m.ID != 3 {
		t.Errorf("Create after making room: got number %d, want 3", m.ID)
	}
}

func TestMemoryHoldsSoManyOctets(t *testing.T) {
	s := &Memory{MaxOctets: 10}
	long := create(t, s, "12345678")
	_, err := s.Create(t.Context(), "abc")
	wantError(t, "Create beyond the octets", err, ErrFull)
	short := create(t, s, "ab")
	_, err = s.Replace(t.Context(), short.ID, "abc", Any)
	wantError(t, "Replace beyond the octets", err, ErrFull)
	if _, err = s.Replace(t.Context(), long.ID, "1234567", Any); err != nil {
		t.Errorf("Replace by a shorter text in a full store: %v", err)
	}
	if _, err = s.Replace(t.Context(), short.ID, "abc", Any); err != nil {
		t.Errorf("Replace after making room: %v", err)
	}
	if err := s.Delete(t.Context(), long.ID, Any); err != nil {
		t.Fatal(err)
	}
	create(t, s, "7654321")
}

func TestMemoryWithoutLimits(t *testing.T) {
	s := &Memory{MaxMessages: -1, MaxOctets: -1}
	s.table.size = Size{DefaultMaxMessages, DefaultMaxOctets}
	create(t, s, strings.Repeat("x", MaxText))
}

// A client may remember a revision from before a restart, where the IDs started
// over: it must not match a message of the new store.
func TestMemoryRevisionsSurviveRestart(t *testing.T) {
	before := create(t, new(Memory), "before")
	for time.Now().UnixMicro() <= before.Revision {
		// A restart takes longer than this.
	}
	s := new(Memory)
	after := create(t, s, "after")
	if after.ID != before.ID {
		t.Fatalf("got number %d, want %d again", after.ID, before.ID)
	}
	if after.Revision <= before.Revision {
		t.Errorf("revision %d after a restart is not above %d", after.Revision, before.Revision)
	}
	s.revision += 1 << 40 // the clock was set back since
	if next := create(t, s, "next"); next.Revision != s.revision || next.Revision <= after.Revision+1<<40 {
		t.Errorf("got revision %d after %d", next.Revision, after.Revision+1<<40)
	}
}

// The feed of a store that ended with its process does not go on in the next one.
func TestMemoryFeedAfterRestart(t *testing.T) {
	before := new(Memory)
	create(t, before, "before")
	place, _ := before.Latest(t.Context())
	s := new(Memory)
	_, err := s.Changes(t.Context(), place, 1)
	wantError(t, "Changes of an empty store", err, ErrCompacted)
	for time.Now().UnixMicro() <= place.Revision {
		// A restart takes longer than this.
	}
	create(t, s, "after")
	_, err = s.Changes(t.Context(), place, 1)
	wantError(t, "Changes", err, ErrCompacted)
}

func create(t *testing.T, s Store, text string) Message {
	t.Helper()
	m, err := s.Create(t.Context(), text)
	if err != nil {
		t.Fatalf("Create(%.20q): %v", text, err)
	}
	return m
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func ExampleMemory() {
	ctx := context.Background()
	s := new(Memory)
	m, _ := s.Create(ctx, "hi")
	_, err := s.Replace(ctx, m.ID, "hello", m.Revision-1)
	fmt.Println(err)
	m, _ = s.Replace(ctx, m.ID, "hello", m.Revision)
	fmt.Println(m.ID, m.Text)
	// Output:
	// messages: the message has another revision now
	// 1 hello
}
