package logstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// A log is compacted again and again while others write and follow the feed: nobody
// notices. What a restart finds is what was there.
func TestCompactionUnderWriters(t *testing.T) {
	const writers, changes = 8, 400
	path := filepath.Join(t.TempDir(), "log")
	var failed []string
	s := openFile(t, path, Options{compactAtLeast: 20_000, historyChanges: 500, Report: func(sentence string) { failed = append(failed, sentence) }})
	told, stopTelling := context.WithCancel(t.Context())
	following := follow(told, s)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() { write(t, s, w, changes) })
	}
	wg.Wait()
	want := contentOf(t, s)
	stopTelling()
	checkFeed(t, want, <-following)
	if err := s.Close(); err != nil || len(failed) > 0 {
		t.Errorf("Close: %v; reports %q", err, failed)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 200_000 || info.Mode().Perm() != fileMode {
		t.Errorf("the log: %v, %v", info, err)
	}
	if files, _ := filepath.Glob(path + "*"); len(files) != 2 {
		t.Errorf("got files %v, want the log and its lock", files)
	}
	again := openFile(t, path, Options{})
	if got := contentOf(t, again); !got.equal(want) {
		t.Errorf("after a restart: %d messages, latest %v, want %d and %v", len(got.messages), got.latest, len(want.messages), want.latest)
	}
	start, kept := again.state.history.Kept()
	if len(kept) < 300 || start == (messages.Place{}) {
		t.Errorf("after a restart, %d changes are known, after %v", len(kept), start)
	}
}

// write makes changes of all kinds, to messages of this writer.
func write(t *testing.T, s *Store, writer, changes int) {
	random := rand.New(rand.NewPCG(1, uint64(writer)))
	var mine []int64
	for i := range changes {
		text := strings.Repeat(fmt.Sprint(writer, " ", i, " "), 10)
		var err error
		switch n := random.IntN(10); {
		case len(mine) < 3 || n == 0:
			var m messages.Message
			m, err = s.Create(t.Context(), text)
			mine = append(mine, m.ID)
		case n == 1:
			var all []messages.Message
			all, err = s.CreateAll(t.Context(), []string{text, "b", text})
			for _, m := range all {
				mine = append(mine, m.ID)
			}
		case n < 5:
			at := random.IntN(len(mine))
			err = s.Delete(t.Context(), mine[at], messages.Any)
			mine = slices.Delete(mine, at, at+1)
		default:
			_, err = s.Replace(t.Context(), mine[random.IntN(len(mine))], text, messages.Any)
		}
		if err != nil {
			t.Errorf("writer %d, change %d: %v", writer, i, err)
			return
		}
	}
}

// follow collects the changes of a store until ctx is done.
func follow(ctx context.Context, s *Store) <-chan []messages.Change {
	done := make(chan []messages.Change, 1)
	go func() {
		var all []messages.Change
		var after messages.Place
		for {
			some, err := s.Changes(ctx, after, 100)
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					all = nil
				}
				done <- all
				return
			}
			all = append(all, some...)
			after = some[len(some)-1].Place()
		}
	}()
	return done
}

// checkFeed checks that changes, made one after the other, give a content.
func checkFeed(t *testing.T, want content, changes []messages.Change) {
	t.Helper()
	var replayed state
	replayed.apply(changes)
	all := replayed.table.List(0, 1<<30)
	if !slices.Equal(all, want.messages) {
		// The follower may have been stopped before the last changes reached it.
		if last := len(changes) - 1; last < 0 || changes[last].Place() == want.latest {
			t.Errorf("%d changes give %d messages, want %d", len(changes), len(all), len(want.messages))
		}
	}
}

// A compaction that fails leaves the log in use, and is tried again when that has
// grown.
func TestFailedCompaction(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	var reports []string
	s := openFile(t, path, Options{compactAtLeast: 1000, Report: func(sentence string) { reports = append(reports, sentence) }})
	if err := os.Mkdir(compactingPath(path), 0o700); err != nil { // where the new log should be
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(compactingPath(path), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := s.Create(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if _, err := s.Replace(t.Context(), m.ID, strings.Repeat("x", 50), messages.Any); err != nil {
			t.Fatal(err)
		}
	}
	want := contentOf(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(reports); n < 1 || n > 8 || !strings.Contains(reports[0], "could not be compacted") {
		t.Errorf("reports %q", reports)
	}
	if err := os.RemoveAll(compactingPath(path)); err != nil {
		t.Fatal(err)
	}
	if got := contentOf(t, openFile(t, path, Options{})); !got.equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
