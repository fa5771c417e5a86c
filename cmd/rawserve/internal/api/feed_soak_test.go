package api

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"rawserve/cmd/rawserve/internal/messages"
)

// Bounds of TestFeedOfMany.
const (
	soakFollowers = 200
	soakWriters   = 8
	soakChanges   = 25 // of each writer
)

// Many follow while many write. Some read at once, some only when all is written,
// some leave in the middle and come back, some leave for good. Each one that stays
// gets every change once, in order. That no goroutine is left is checked by the end
// of the bubble.
func TestFeedOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(messages.Memory)
		written := make(chan struct{})
		var followers, writers sync.WaitGroup
		got := make([][]told, soakFollowers)
		for i := range got {
			c := dial(t, store)
			followers.Go(func() { got[i] = followOne(c, store, i, written) })
		}
		for i := range soakWriters {
			writers.Go(func() { writeMuch(t, store, rand.New(rand.NewPCG(1, uint64(i)))) })
		}
		writers.Wait()
		close(written)
		followers.Wait()
		want := allChanges(t, store)
		for i := range got {
			if kind := i % 4; kind == 3 {
				continue // has left
			}
			if !slices.Equal(got[i], want) {
				t.Errorf("follower %d got %d events, want the %d changes in order", i, len(got[i]), len(want))
			}
		}
	})
}

// followOne follows the feed in one of four ways, and returns the changes told.
func followOne(c *client, store messages.Store, way int, written <-chan struct{}) []told {
	feed := c.follow("/messages/events", "Last-Event-ID: 0")
	switch all, some := soakWriters*soakChanges, 1+way/2; way % 4 {
	case 1: // slow
		<-written
		return feed.read(all)
	case 2: // away for a while
		first := feed.read(some)
		c.conn.Close()
		again := dial(c.t, store).follow("/messages/events", "Last-Event-ID: "+first[some-1].id)
		return append(first, again.read(all-some)...)
	case 3: // leaves
		feed.read(some)
		c.conn.Close()
		return nil
	default:
		return feed.read(all)
	}
}

// read returns the next n events.
func (s *stream) read(n int) (events []told) {
	for range n {
		events = append(events, s.next())
	}
	return events
}

// writeMuch makes changes of all kinds.
func writeMuch(t *testing.T, store messages.Store, random *rand.Rand) {
	var own []int64
	for i := range soakChanges {
		switch {
		case len(own) == 0 || random.IntN(2) == 0:
			m, err := store.Create(t.Context(), fmt.Sprint("text ", i))
			if err != nil {
				t.Error(err)
			}
			own = append(own, m.ID)
		case random.IntN(2) == 0:
			if _, err := store.Replace(t.Context(), own[0], fmt.Sprint("new ", i), messages.Any); err != nil {
				t.Error(err)
			}
		default:
			if err := store.Delete(t.Context(), own[0], messages.Any); err != nil {
				t.Error(err)
			}
			own = own[1:]
		}
	}
}

// allChanges returns the changes of the store as the feed should tell them.
func allChanges(t *testing.T, store messages.Store) (all []told) {
	changes, err := store.Changes(t.Context(), messages.Place{}, soakWriters*soakChanges)
	if err != nil || len(changes) != soakWriters*soakChanges {
		t.Fatalf("the store has %d changes, %v", len(changes), err)
	}
	for _, c := range changes {
		data := fmt.Sprintf(`{"id":%d,"text":%q}`, c.Message.ID, c.Message.Text)
		if c.Kind == messages.Deleted {
			data = fmt.Sprintf(`{"id":%d}`, c.Message.ID)
		}
		all = append(all, told{c.Place().String(), c.Kind.String(), data})
	}
	return all
}
