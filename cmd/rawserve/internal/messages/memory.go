package messages

import (
	"cmp"
	"context"
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
	table    Table
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
	return m.table.List(after, limit), nil
}

// Create keeps a new message, with the next ID.
func (m *Memory) Create(ctx context.Context, text string) (Message, error) {
	if err := cmp.Or(ctx.Err(), CheckText(text)); err != nil {
		return Message{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.room(Growth("", text)); err != nil {
		return Message{}, err
	}
	return m.create(text), nil
}

// CreateAll keeps new messages, with the next IDs.
func (m *Memory) CreateAll(ctx context.Context, texts []string) ([]Message, error) {
	if err := cmp.Or(ctx.Err(), CheckTexts(texts)); err != nil {
		return nil, err
	}
	var all Size
	for _, text := range texts {
		all = all.Plus(Growth("", text))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.room(all); err != nil {
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
	m.table.Put(created)
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
	return m.expect(id, Any)
}

// Replace gives the message with this ID a new text.
func (m *Memory) Replace(ctx context.Context, id int64, text string, expected int64) (Message, error) {
	if err := cmp.Or(ctx.Err(), CheckText(text)); err != nil {
		return Message{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := m.expect(id, expected)
	if err != nil {
		return Message{}, err
	}
	if err := m.room(Growth(old.Text, text)); err != nil {
		return Message{}, err
	}
	replaced := Message{ID: id, Text: text, Revision: m.nextRevision()}
	m.table.Put(replaced)
	m.history.Add(Change{Replaced, replaced})
	return replaced, nil
}

// Delete removes the message with this ID.
func (m *Memory) Delete(ctx context.Context, id int64, expected int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.expect(id, expected); err != nil {
		return err
	}
	m.table.Delete(id)
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

// expect returns the message with this ID, provided that it exists and has the
// expected revision.
func (m *Memory) expect(id, expected int64) (Message, error) {
	found, ok := m.table.Get(id)
	if !ok {
		return Message{}, ErrNotFound
	}
	if expected != Any && expected != found.Revision {
		return Message{}, ErrConflict
	}
	return found, nil
}

// room fails with ErrFull if there is none for more.
func (m *Memory) room(more Size) error {
	return m.table.Size().Room(more, Size{cmp.Or(m.MaxMessages, DefaultMaxMessages), cmp.Or(m.MaxOctets, DefaultMaxOctets)})
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
