package messages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Bounds of a Memory store that sets none: one for many short texts, one for few
// long ones. Octets are those of the texts.
const (
	DefaultMaxMessages = 100_000
	DefaultMaxOctets   = 64 << 20
)

// Memory is a Store that keeps messages until the process ends. The zero value is
// an empty store, ready to use. Its fields must not be changed once it is in use.
type Memory struct {
	// MaxMessages is how many messages are kept at most. Zero means
	// DefaultMaxMessages; negative means no limit.
	MaxMessages int

	// MaxOctets is how long all texts together may be, in octets. Zero means
	// DefaultMaxOctets; negative means no limit.
	MaxOctets int64

	mu       sync.RWMutex
	messages []Message // in ascending order of ID
	octets   int64     // length of all texts
	lastID   int64
	revision int64 // of the latest change
	first    int64 // revision of the first change
	history  History
}

// List returns at most limit messages with an ID above after.
func (m *Memory) List(ctx context.Context, after int64, limit int) ([]Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	first, found := m.find(after)
	if found {
		first++
	}
	page := m.messages[first:]
	return slices.Clone(page[:max(0, min(limit, len(page)))]), nil
}

// Create keeps a new message, with the next ID.
func (m *Memory) Create(ctx context.Context, text string) (Message, error) {
	if err := cmp.Or(ctx.Err(), CheckText(text)); err != nil {
		return Message{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.room(1, len(text)); err != nil {
		return Message{}, err
	}
	return m.create(text), nil
}

// CreateAll keeps new messages, with the next IDs.
func (m *Memory) CreateAll(ctx context.Context, texts []string) ([]Message, error) {
	if err := cmp.Or(ctx.Err(), CheckTexts(texts)); err != nil {
		return nil, err
	}
	octets := 0
	for _, text := range texts {
		octets += len(text)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.room(len(texts), octets); err != nil {
		return nil, err
	}
	created := make([]Message, len(texts))
	for i, text := range texts {
		created[i] = m.create(text)
	}
	return created, nil
}

// create keeps a message for which there is room.
func (m *Memory) create(text string) Message {
	m.lastID++
	created := Message{ID: m.lastID, Text: text, Revision: m.nextRevision()}
	m.messages = append(m.messages, created)
	m.history.Add(Change{Created, created})
	return created
}

// Get returns the message with this ID.
func (m *Memory) Get(ctx context.Context, id int64) (Message, error) {
	if err := ctx.Err(); err != nil {
		return Message{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, err := m.expect(id, Any)
	if err != nil {
		return Message{}, err
	}
	return m.messages[i], nil
}

// Replace gives the message with this ID a new text.
func (m *Memory) Replace(ctx context.Context, id int64, text string, expected int64) (Message, error) {
	if err := cmp.Or(ctx.Err(), CheckText(text)); err != nil {
		return Message{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.expect(id, expected)
	if err != nil {
		return Message{}, err
	}
	if err := m.grow(len(text) - len(m.messages[i].Text)); err != nil {
		return Message{}, err
	}
	m.messages[i].Text = text
	m.messages[i].Revision = m.nextRevision()
	m.history.Add(Change{Replaced, m.messages[i]})
	return m.messages[i], nil
}

// Delete removes the message with this ID.
func (m *Memory) Delete(ctx context.Context, id int64, expected int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.expect(id, expected)
	if err != nil {
		return err
	}
	m.octets -= int64(len(m.messages[i].Text))
	m.messages = slices.Delete(m.messages, i, i+1)
	m.history.Add(Change{Deleted, Message{ID: id, Revision: m.nextRevision()}})
	return nil
}

// Latest returns the place of the latest change.
func (m *Memory) Latest(ctx context.Context) (Place, error) {
	return m.history.Latest(), ctx.Err()
}

// Changes returns the changes after a place, of which the latest ones are kept.
func (m *Memory) Changes(ctx context.Context, after Place, limit int) ([]Change, error) {
	if after != (Place{}) && !m.had(after) {
		return nil, cmp.Or(ctx.Err(), ErrCompacted)
	}
	return m.history.Changes(ctx, after, limit)
}

// had reports whether a place is one of this store: not one of a store of the same
// messages that ended with its process.
func (m *Memory) had(place Place) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.first <= place.Revision && place.Revision <= m.revision
}

// Health returns nil: memory is always there.
func (m *Memory) Health(ctx context.Context) error { return ctx.Err() }

// find returns the index of the message with this ID, or where it would be, and
// reports whether it exists.
func (m *Memory) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(m.messages, id, func(a Message, id int64) int {
		return cmp.Compare(a.ID, id)
	})
}

// expect returns the index of the message with this ID, provided that it exists
// and has the expected revision.
func (m *Memory) expect(id, expected int64) (int, error) {
	i, found := m.find(id)
	if !found {
		return 0, ErrNotFound
	}
	if expected != Any && expected != m.messages[i].Revision {
		return 0, ErrConflict
	}
	return i, nil
}

// room counts the octets of so many new messages, or fails with ErrFull.
func (m *Memory) room(messages, octets int) error {
	if limit := cmp.Or(m.MaxMessages, DefaultMaxMessages); limit >= 0 && len(m.messages)+messages > limit {
		return fmt.Errorf("%w: it holds %d messages", ErrFull, len(m.messages))
	}
	return m.grow(octets)
}

// grow counts n more octets of text, or fails with ErrFull. A text that does not
// get longer always fits.
func (m *Memory) grow(n int) error {
	limit := cmp.Or(m.MaxOctets, DefaultMaxOctets)
	if n > 0 && limit >= 0 && m.octets+int64(n) > limit {
		return fmt.Errorf("%w: its texts have %d octets, and %d more are too many", ErrFull, m.octets, n)
	}
	m.octets += int64(n)
	return nil
}

// nextRevision returns the revision of a change. IDs start over when the process
// does; revisions must not, or a client that remembers one from before a restart
// would take another message for the one it knows. So a revision is the time, in
// microseconds, or one more than the last where changes come faster than that or
// the clock was set back.
func (m *Memory) nextRevision() int64 {
	m.revision = max(m.revision+1, time.Now().UnixMicro())
	if m.first == 0 {
		m.first = m.revision
	}
	return m.revision
}
