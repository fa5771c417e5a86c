package logstore

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/cmd/rawserve/internal/messages/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) messages.Store {
		return openFile(t, filepath.Join(t.TempDir(), "log"), Options{})
	})
}

// openFile opens a store that is closed when the test ends.
func openFile(t *testing.T, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// content is all that a client can know of a store.
type content struct {
	messages []messages.Message
	latest   messages.Place
}

func contentOf(t *testing.T, s *Store) content {
	t.Helper()
	all, err := s.List(t.Context(), 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	latest, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return content{all, latest}
}

func (c content) equal(d content) bool {
	return slices.Equal(c.messages, d.messages) && c.latest == d.latest
}

func is(got, want error) bool { return errors.Is(got, want) }
