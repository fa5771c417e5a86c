package logstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"rawserve/cmd/rawserve/internal/messages"
)

// Bounds of a store whose Options set none. All messages are in memory: each takes
// the octets of its text and about 64 more.
const (
	DefaultMaxMessages = 2_000_000
	DefaultMaxOctets   = 512 << 20
)

// queueLength is how many changes may wait for the disk. Who makes another one
// waits until there is room.
const queueLength = 1024

// Options of a store. The zero value is ready to use.
type Options struct {
	// Report is told, in a sentence without a line feed, what those who operate the
	// store should know: that reading takes long, that something was cut off, that
	// the disk is full or broken. It must not block for long. Nil means nobody.
	Report func(sentence string)

	// MaxMessages and MaxOctets are how many messages there may be, and how long all
	// their texts together, in octets. Zero means the default; negative means no
	// limit.
	MaxMessages int
	MaxOctets   int64

	compactAtLeast int64 // zero means compactAtLeast
	historyChanges int   // zero means messages.DefaultHistoryChanges
}

// Store is a messages.Store that keeps its messages in a file. Open returns one.
type Store struct {
	path    string // of the log
	files   files
	options Options // with the defaults resolved
	lock    io.Closer

	mu    sync.RWMutex
	state *state // changed by the committer only, with mu

	broken  atomic.Pointer[error] // why there are no more changes
	queue   chan *operation
	closing chan struct{} // closed when there shall be no more changes
	stopped chan struct{} // closed when the committer has ended
	close   sync.Once
	closed  error // what Close returned

	log log // of the committer
}

var _ messages.Store = (*Store)(nil)

// operation is a change that waits for the disk. Its result is there when done is
// closed.
type operation struct {
	make func(*batch) error
	done chan struct{}
	err  error
}

// submit lets the committer make a change, and waits until it is on the disk. Once
// it has begun the change is made, whatever becomes of ctx.
func (s *Store) submit(ctx context.Context, change func(*batch) error) error {
	op := &operation{make: change, done: make(chan struct{})}
	select {
	case s.queue <- op:
	case <-s.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-op.done:
		return op.err
	case <-s.stopped:
	}
	select {
	case <-op.done: // the last thing that the committer did
		return op.err
	default:
		return errClosed
	}
}

var errClosed = fmt.Errorf("%w: it was closed", messages.ErrReadOnly)

// Create keeps a new message, with the next ID.
func (s *Store) Create(ctx context.Context, text string) (messages.Message, error) {
	created, err := s.CreateAll(ctx, []string{text})
	if err != nil {
		return messages.Message{}, err
	}
	return created[0], nil
}

// CreateAll keeps new messages, with the next IDs and one revision.
func (s *Store) CreateAll(ctx context.Context, texts []string) ([]messages.Message, error) {
	if err := cmp.Or(ctx.Err(), messages.CheckTexts(texts)); err != nil || len(texts) == 0 {
		return nil, err
	}
	var created []messages.Message
	err := s.submit(ctx, func(b *batch) (err error) {
		created, err = b.create(texts)
		return err
	})
	if err != nil {
		return nil, err
	}
	return created, nil
}

// Replace gives the message with this ID a new text.
func (s *Store) Replace(ctx context.Context, id int64, text string, expected int64) (messages.Message, error) {
	if err := cmp.Or(ctx.Err(), messages.CheckText(text)); err != nil {
		return messages.Message{}, err
	}
	var replaced messages.Message
	err := s.submit(ctx, func(b *batch) (err error) {
		replaced, err = b.replace(id, text, expected)
		return err
	})
	if err != nil {
		return messages.Message{}, err
	}
	return replaced, nil
}

// Delete removes the message with this ID.
func (s *Store) Delete(ctx context.Context, id int64, expected int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.submit(ctx, func(b *batch) error { return b.delete(id, expected) })
}

// List returns at most limit messages with an ID above after.
func (s *Store) List(ctx context.Context, after int64, limit int) ([]messages.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.table.List(after, limit), nil
}

// Get returns the message with this ID.
func (s *Store) Get(ctx context.Context, id int64) (messages.Message, error) {
	if err := ctx.Err(); err != nil {
		return messages.Message{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, found := s.state.table.Get(id)
	if !found {
		return messages.Message{}, messages.ErrNotFound
	}
	return m, nil
}

// Latest returns the place of the latest change.
func (s *Store) Latest(ctx context.Context) (messages.Place, error) {
	if err := ctx.Err(); err != nil {
		return messages.Place{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.latest, nil
}

// Changes returns the changes after a place, of which the latest ones are kept.
func (s *Store) Changes(ctx context.Context, after messages.Place, limit int) ([]messages.Change, error) {
	if after != (messages.Place{}) && !s.had(after) {
		return nil, cmp.Or(ctx.Err(), messages.ErrCompacted)
	}
	return s.state.history.Changes(ctx, after, limit)
}

// had reports whether a place is one of this store, and not of another one that had
// the same name.
func (s *Store) had(place messages.Place) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.since < place.Revision && place.Revision <= s.state.latest.Revision
}

// Health returns nil unless the store is read-only. One that is full is not ill:
// the next change may find room again.
func (s *Store) Health(ctx context.Context) error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// Close waits until the changes that have begun are on the disk, and closes the
// file. From then on every change fails.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closing)
		<-s.stopped
		s.closed = errors.Join(s.log.file.Close(), s.lock.Close())
	})
	return s.closed
}
