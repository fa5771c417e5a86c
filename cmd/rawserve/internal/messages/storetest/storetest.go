// Package storetest checks that a store keeps what messages.Store promises.
//
//	storetest.go   the messages
//	feed.go        the order of changes, and those who follow them
package storetest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// Run tests a kind of store. open returns an empty one; every subtest asks for its
// own.
func Run(t *testing.T, open func(t *testing.T) messages.Store) {
	for _, c := range append(feedTests, messageTests...) {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

type storeTest struct {
	name string
	test func(t *testing.T, s messages.Store)
}

var messageTests = []storeTest{
	{"starts_empty", storeStartsEmpty},
	{"keeps_what_it_got", storeKeeps},
	{"lists_in_order", storeLists},
	{"replaces_at_a_revision", storeReplaces},
	{"deletes_at_a_revision", storeDeletes},
	{"never_reuses_a_number", storeNeverReuses},
	{"checks_texts", storeChecksTexts},
	{"obeys_its_context", storeObeysContext},
	{"returns_copies", storeReturnsCopies},
	{"one_of_many_writers_wins", storeOneWriterWins},
	{"numbers_concurrent_creates", storeConcurrentCreates},
	{"creates_all_or_none", storeCreatesAll},
	{"is_healthy", storeIsHealthy},
}

func storeStartsEmpty(t *testing.T, s messages.Store) {
	if page := list(t, s, 0, 10); len(page) != 0 {
		t.Errorf("List of an empty store: got %v", page)
	}
	_, err := s.Get(t.Context(), 1)
	wantError(t, "Get", err, messages.ErrNotFound)
	_, err = s.Replace(t.Context(), 1, "x", messages.Any)
	wantError(t, "Replace", err, messages.ErrNotFound)
	wantError(t, "Delete", s.Delete(t.Context(), 1, messages.Any), messages.ErrNotFound)
}

func storeKeeps(t *testing.T, s messages.Store) {
	for i, text := range []string{
		"hi", " ", "\n", "\x00", "</script>", "\u2028", "\ufffd", "e\u0301", "\u00e9", "🧵", "\U0010ffff",
		strings.Repeat("x", messages.MaxText),
	} {
		created := create(t, s, text)
		if created.ID != int64(i+1) || created.Text != text || created.Revision <= 0 {
			t.Errorf("Create(%.20q): got %d, %.20q, revision %d", text, created.ID, created.Text, created.Revision)
		}
		if got := get(t, s, created.ID); got != created {
			t.Errorf("Get after Create(%.20q): got %v, want %v", text, got, created)
		}
	}
}

func storeLists(t *testing.T, s messages.Store) {
	var all []messages.Message
	for range 5 {
		all = append(all, create(t, s, "x"))
	}
	if err := s.Delete(t.Context(), 3, messages.Any); err != nil {
		t.Fatal(err)
	}
	all = append(all[:2:2], all[3:]...) // 1 2 4 5
	for _, c := range []struct {
		after int64
		limit int
		want  []messages.Message
	}{
		{0, 100, all},
		{0, 2, all[:2]},
		{2, 2, all[2:]},
		{3, 1, all[2:3]}, // after a message that is gone
		{4, 100, all[3:]},
		{5, 100, nil},
		{1 << 62, 100, nil},
		{-1, 1, all[:1]},
		{0, 0, nil},
		{0, -1, nil},
	} {
		got := list(t, s, c.after, c.limit)
		if len(got) != len(c.want) || len(got) > 0 && !reflect.DeepEqual(got, c.want) {
			t.Errorf("List(%d, %d): got %v, want %v", c.after, c.limit, got, c.want)
		}
	}
}

func storeReplaces(t *testing.T, s messages.Store) {
	first := create(t, s, "one")
	second, err := s.Replace(t.Context(), first.ID, "two", first.Revision)
	if err != nil || second.ID != first.ID || second.Text != "two" || second.Revision <= first.Revision {
		t.Fatalf("Replace: got %v, %v after %v", second, err, first)
	}
	_, err = s.Replace(t.Context(), first.ID, "three", first.Revision)
	wantError(t, "Replace at an old revision", err, messages.ErrConflict)
	if got := get(t, s, first.ID); got != second {
		t.Errorf("after a conflict: got %v, want %v", got, second)
	}
	third, err := s.Replace(t.Context(), first.ID, "two", messages.Any)
	if err != nil || third.Revision <= second.Revision {
		t.Errorf("Replace by the same text: got %v, %v after %v", third, err, second)
	}
}

func storeDeletes(t *testing.T, s messages.Store) {
	m := create(t, s, "x")
	wantError(t, "Delete at another revision", s.Delete(t.Context(), m.ID, m.Revision+1), messages.ErrConflict)
	if err := s.Delete(t.Context(), m.ID, m.Revision); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	wantError(t, "second Delete", s.Delete(t.Context(), m.ID, m.Revision), messages.ErrNotFound)
	_, err := s.Get(t.Context(), m.ID)
	wantError(t, "Get after Delete", err, messages.ErrNotFound)
}

func storeNeverReuses(t *testing.T, s messages.Store) {
	first := create(t, s, "x")
	if err := s.Delete(t.Context(), first.ID, messages.Any); err != nil {
		t.Fatal(err)
	}
	if second := create(t, s, "x"); second.ID <= first.ID || second.Revision <= first.Revision {
		t.Errorf("Create after Delete: got %v after %v", second, first)
	}
}

func storeChecksTexts(t *testing.T, s messages.Store) {
	m := create(t, s, "x")
	for _, text := range []string{"", "\xff", "a\xc0\xaf", "\xed\xa0\x80", strings.Repeat("x", messages.MaxText+1)} {
		var bad *messages.TextError
		if _, err := s.Create(t.Context(), text); !errors.As(err, &bad) {
			t.Errorf("Create(%.20q): got %v, want a *TextError", text, err)
		}
		if _, err := s.Replace(t.Context(), m.ID, text, messages.Any); !errors.As(err, &bad) {
			t.Errorf("Replace(%.20q): got %v, want a *TextError", text, err)
		}
	}
	if got := list(t, s, 0, 10); len(got) != 1 || got[0] != m {
		t.Errorf("after refused texts: got %v, want %v alone", got, m)
	}
}

func storeObeysContext(t *testing.T, s messages.Store) {
	m := create(t, s, "x")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.List(gone, 0, 1)
	wantError(t, "List", err, context.Canceled)
	_, err = s.Create(gone, "y")
	wantError(t, "Create", err, context.Canceled)
	_, err = s.Get(gone, m.ID)
	wantError(t, "Get", err, context.Canceled)
	_, err = s.Replace(gone, m.ID, "y", messages.Any)
	wantError(t, "Replace", err, context.Canceled)
	wantError(t, "Delete", s.Delete(gone, m.ID, messages.Any), context.Canceled)
	if got := list(t, s, 0, 10); len(got) != 1 || got[0] != m {
		t.Errorf("after cancelled calls: got %v, want %v alone", got, m)
	}
}

func storeReturnsCopies(t *testing.T, s messages.Store) {
	m := create(t, s, "x")
	list(t, s, 0, 1)[0].Text = "scribbled over"
	if got := get(t, s, m.ID); got != m {
		t.Errorf("after writing to a page: got %v, want %v", got, m)
	}
}

// storeOneWriterWins lets many writers change the same revision: the one step
// from expectation to change must let exactly one of them through.
func storeOneWriterWins(t *testing.T, s messages.Store) {
	m := create(t, s, "start")
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			switch _, err := s.Replace(t.Context(), m.ID, "changed", m.Revision); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, messages.ErrConflict):
				lost.Add(1)
			default:
				t.Errorf("Replace: %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 31 {
		t.Errorf("got %d winners and %d losers, want 1 and 31", won.Load(), lost.Load())
	}
}

func storeConcurrentCreates(t *testing.T, s messages.Store) {
	const writers, each = 8, 50
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if _, err := s.Create(t.Context(), "x"); err != nil {
					t.Errorf("Create: %v", err)
				}
				if _, err := s.List(t.Context(), 0, 10); err != nil {
					t.Errorf("List: %v", err)
				}
			}
		})
	}
	wg.Wait()
	all := list(t, s, 0, writers*each+1)
	if len(all) != writers*each {
		t.Errorf("got %d messages, want %d", len(all), writers*each)
	}
	for i, m := range all {
		if m.ID != int64(i+1) {
			t.Fatalf("message %d has number %d", i, m.ID)
		}
	}
}

func create(t *testing.T, s messages.Store, text string) messages.Message {
	t.Helper()
	m, err := s.Create(t.Context(), text)
	if err != nil {
		t.Fatalf("Create(%.20q): %v", text, err)
	}
	return m
}

func get(t *testing.T, s messages.Store, id int64) messages.Message {
	t.Helper()
	m, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get(%d): %v", id, err)
	}
	return m
}

func list(t *testing.T, s messages.Store, after int64, limit int) []messages.Message {
	t.Helper()
	page, err := s.List(t.Context(), after, limit)
	if err != nil {
		t.Fatalf("List(%d, %d): %v", after, limit, err)
	}
	return page
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func storeCreatesAll(t *testing.T, s messages.Store) {
	created := createAll(t, s, "a", "b", "a")
	for i, m := range created {
		if want := []string{"a", "b", "a"}[i]; m.ID != int64(i+1) || m.Text != want || m.Revision <= 0 {
			t.Errorf("message %d of CreateAll: got %v, want ID %d and text %q", i, m, i+1, want)
		}
	}
	if page := list(t, s, 0, 10); !reflect.DeepEqual(page, created) {
		t.Errorf("List after CreateAll: got %v, want %v", page, created)
	}
	if none := createAll(t, s); len(none) != 0 {
		t.Errorf("CreateAll of no texts: got %v", none)
	}
	var bad *messages.TextError
	if _, err := s.CreateAll(t.Context(), []string{"c", ""}); !errors.As(err, &bad) {
		t.Errorf("CreateAll with an empty text: got %v, want a *TextError", err)
	}
	if _, err := s.CreateAll(t.Context(), make([]string, messages.MaxTogether+1)); err == nil {
		t.Errorf("CreateAll of more than MaxTogether texts: no error")
	}
	if page := list(t, s, 0, 10); !reflect.DeepEqual(page, created) {
		t.Errorf("List after refused CreateAll: got %v, want %v", page, created)
	}
	most := make([]string, messages.MaxTogether)
	for i := range most {
		most[i] = "x"
	}
	if got := createAll(t, s, most...); len(got) != len(most) {
		t.Errorf("CreateAll of %d texts: got %d messages", len(most), len(got))
	}
}

func storeIsHealthy(t *testing.T, s messages.Store) {
	if err := s.Health(t.Context()); err != nil {
		t.Errorf("Health: %v", err)
	}
}

func createAll(t *testing.T, s messages.Store, texts ...string) []messages.Message {
	t.Helper()
	created, err := s.CreateAll(t.Context(), texts)
	if err != nil {
		t.Fatalf("CreateAll(%.20q): %v", texts, err)
	}
	return created
}
