package messages

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Bounds of a History that sets none. A change is counted with the octets of its
// text and changeOverhead.
const (
	DefaultHistoryChanges = 16 << 10
	DefaultHistoryOctets  = 16 << 20

	changeOverhead = 64
)

// History keeps the latest changes of a store, for all who follow them: they share
// it, and each has nothing of its own but a place. So one who is slow costs
// nothing, and never holds up a change; one who falls too far back is told. The
// zero value knows no change, and is ready to use. Its methods may be called from
// many goroutines at the same time.
type History struct {
	// MaxChanges and MaxOctets bound what is kept. Zero means the default.
	MaxChanges int
	MaxOctets  int

	mu      sync.Mutex
	changes []Change // in order
	octets  int
	start   Place         // all changes after it are kept
	latest  Place         // of the newest change, kept or not
	arrived chan struct{} // closed when a change is added; nil if nobody waits
}

// Begin says that all changes up to a place are unknown, and that the next one
// comes after it. What was kept is forgotten. Those who wait are told.
func (h *History) Begin(at Place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changes, h.octets = nil, 0
	h.start, h.latest = at, at
	h.wake()
}

// Add adds changes, which must be in order and after all others.
func (h *History) Add(changes ...Change) {
	if len(changes) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range changes {
		h.changes = append(h.changes, c)
		h.octets += cost(c)
		h.latest = c.Place()
	}
	h.forget()
	h.wake()
}

// Latest returns the place of the newest change.
func (h *History) Latest() Place {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.latest
}

// Kept returns all changes that are kept, and the place that they come after.
func (h *History) Kept() (start Place, changes []Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.start, slices.Clone(h.changes)
}

// Changes returns changes as Store.Changes does, except that it waits for a place
// that no change has been at yet: only the store knows whether one will.
func (h *History) Changes(ctx context.Context, after Place, limit int) ([]Change, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		changes, arrived, err := h.after(after, limit)
		if len(changes) > 0 || err != nil {
			return changes, err
		}
		select {
		case <-arrived:
		case <-ctx.Done():
		}
	}
}

// after returns the changes after a place; if there is none, a channel that is
// closed when there may be.
func (h *History) after(place Place, limit int) ([]Change, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if place.Compare(h.start) < 0 {
		return nil, nil, ErrCompacted
	}
	first, found := slices.BinarySearchFunc(h.changes, place, func(c Change, p Place) int {
		return c.Place().Compare(p)
	})
	if found {
		first++
	}
	if first < len(h.changes) {
		found := h.changes[first:]
		return slices.Clone(found[:min(limit, len(found))]), nil, nil
	}
	if h.arrived == nil {
		h.arrived = make(chan struct{})
	}
	return nil, h.arrived, nil
}

// forget drops the oldest changes until the rest is within the bounds. It keeps a
// part of them only, so that changes are moved seldom.
func (h *History) forget() {
	most, octets := cmp.Or(h.MaxChanges, DefaultHistoryChanges), cmp.Or(h.MaxOctets, DefaultHistoryOctets)
	if len(h.changes) <= most && h.octets <= octets {
		return
	}
	drop := 0
	for drop < len(h.changes) && (len(h.changes)-drop > most-most/8 || h.octets > octets-octets/8) {
		h.octets -= cost(h.changes[drop])
		h.start = h.changes[drop].Place()
		drop++
	}
	h.changes = slices.Delete(h.changes, 0, drop)
}

// wake tells those who wait that there is something new.
func (h *History) wake() {
	if h.arrived != nil {
		close(h.arrived)
		h.arrived = nil
	}
}

func cost(c Change) int { return len(c.Message.Text) + changeOverhead }
