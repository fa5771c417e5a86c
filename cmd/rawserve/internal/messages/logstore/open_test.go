package logstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// What is no log is refused in a sentence, and stays as it is.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, octets string, mode os.FileMode) {
		if err := os.WriteFile(in(name), []byte(octets), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("empty", "", 0o600)
	write("notes.txt", "milk\nbread\n", 0o600)
	write("short", "{", 0o600)
	write("read-only", `{"rawserve":"messages",`, 0o400)
	for _, c := range []struct{ path, want string }{
		{dir, "is a folder"},
		{in("nowhere/log"), "there is no folder " + in("nowhere") + " for log (make it first)"},
		{in("notes.txt/log"), "not a directory"},
		{in("empty"), "is empty, which no log ever is"},
		{in("notes.txt"), "is not a log of messages"},
		{in("short"), "is not a log of messages"},
		{in("read-only"), "is read-only"},
		{os.DevNull, "is a device"},
	} {
		before, _ := os.ReadFile(c.path)
		s, err := Open(c.path, Options{})
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
		if after, _ := os.ReadFile(c.path); string(after) != string(before) {
			t.Errorf("%s has %q now", c.path, after)
		}
	}
	if locks, _ := filepath.Glob(in("*.lock")); len(locks) > 0 {
		t.Errorf("there are %v", locks)
	}
}

// Bounds are kept by what is acknowledged and what waits.
func TestStoreHoldsSoMuch(t *testing.T) {
	s := openFile(t, filepath.Join(t.TempDir(), "log"), Options{MaxMessages: 3, MaxOctets: 10})
	create := func(want error, texts ...string) {
		t.Helper()
		if _, err := s.CreateAll(t.Context(), texts); !is(err, want) {
			t.Errorf("CreateAll(%q): got %v, want %v", texts, err, want)
		}
	}
	create(messages.ErrFull, "a", "b", "c", "d")
	create(nil, "a", "b")
	create(messages.ErrFull, "123456789")
	create(nil, "12345678")
	create(messages.ErrFull, "c")
	if _, err := s.Replace(t.Context(), 1, "ab", messages.Any); !is(err, messages.ErrFull) {
		t.Errorf("Replace by a longer text: %v", err)
	}
	if _, err := s.Replace(t.Context(), 3, "1", messages.Any); err != nil {
		t.Errorf("Replace by a shorter text: %v", err)
	}
	if err := s.Delete(t.Context(), 1, messages.Any); err != nil {
		t.Error(err)
	}
	create(nil, "1234")
}

// Feeds go on where they were after a restart, and places of another store are
// refused.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := openFile(t, path, Options{})
	var places []messages.Place
	for range 5 {
		m, err := s.Create(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, messages.Place{Revision: m.Revision, ID: m.ID})
	}
	if err := s.Delete(t.Context(), 5, messages.Any); err != nil {
		t.Fatal(err)
	}
	want := contentOf(t, s)
	s.Close()
	if _, err := s.Create(t.Context(), "x"); !is(err, messages.ErrReadOnly) {
		t.Errorf("Create in a closed store: %v", err)
	}
	again := openFile(t, path, Options{})
	if got := contentOf(t, again); !got.equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i, place := range places {
		changes, err := again.Changes(t.Context(), place, 10)
		if err != nil || len(changes) != 5-i {
			t.Errorf("changes after %v: %v, %v", place, changes, err)
		}
	}
	if m, err := again.Create(t.Context(), "x"); err != nil || m.ID != 6 || m.Revision <= want.latest.Revision {
		t.Errorf("Create: got %v, %v after %v", m, err, want.latest)
	}
	other := openFile(t, filepath.Join(t.TempDir(), "log"), Options{})
	if _, err := other.Create(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Changes(t.Context(), places[0], 1); !is(err, messages.ErrCompacted) {
		t.Errorf("a place of another store: %v", err)
	}
}

// A link to a log stays a link when the log is compacted.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "log"), filepath.Join(dir, "link")
	openFile(t, path, Options{}).Close()
	if err := os.Symlink("log", link); err != nil {
		t.Skip(err)
	}
	s := openFile(t, link, Options{})
	if s.path == link {
		t.Errorf("the store writes %s", s.path)
	}
	if _, err := Open(path, Options{}); err == nil {
		t.Error("opened once more by its own name")
	}
}
