// Package etcdstore keeps messages in etcd, so that any number of processes on any
// number of machines serve the same ones.
//
// # Keys
//
//	PREFIX/messages/0000000000000000017   the text of message 17
//	PREFIX/seq                            the latest ID, in decimal
//	PREFIX/changed                        a token of the latest transaction
//
// The revision of a message is the one at which etcd last changed its key. Every
// transaction changes PREFIX/changed, so the revision of that key is the one of the
// latest change of all; and its value tells whose it was.
//
// # One step
//
// A change is one transaction that is guarded by a comparison: of PREFIX/seq where
// messages are created, of the message where one is replaced or deleted. So it
// cannot happen twice, whoever repeats it, and of two changes at the same revision
// one fails, whichever process makes them.
//
//	store.go    the store; reading one message
//	keys.go     what is where in etcd
//	list.go     reading many
//	create.go   new messages; those that are wanted at the same time are made together
//	change.go   replace and delete
//	settle.go   was a change made whose answer got lost?
//	follow.go   the changes of all processes, as they happen
package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

// Store is a messages.Store in etcd. Open makes one.
type Store struct {
	client  *etcd.Client
	keys    keys
	tokens  tokens
	report  func(sentence string)
	queue   chan *creation
	history messages.History
	feed    feed

	stop    context.CancelFunc
	running sync.WaitGroup
}

var _ messages.Store = (*Store)(nil)

// Open returns a store of the messages that are kept in an etcd. It fails if etcd
// refuses to be asked, because of a wrong password for example. An etcd that cannot
// be reached is no error: the store is unavailable until it can. report is told what
// the one who operates it should know, a sentence at a time. Close ends the store.
func Open(client *etcd.Client, report func(sentence string)) (*Store, error) {
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{
		client: client,
		keys:   keys{client.Config.Prefix},
		tokens: newTokens(),
		report: report,
		queue:  make(chan *creation, maxWaiting),
		feed:   newFeed(),
		stop:   stop,
	}
	if _, err := s.state(ctx); err != nil && !errors.Is(err, messages.ErrUnavailable) {
		stop()
		return nil, err
	}
	s.running.Go(func() { s.create(ctx) })
	s.running.Go(func() { s.follow(ctx) })
	s.running.Go(func() { s.supervise(ctx) })
	return s, nil
}

// Close ends the store. Nobody may use it any more. It returns nil.
func (s *Store) Close() error {
	s.stop()
	s.running.Wait()
	s.client.Close()
	return nil
}

// Get returns the message with this ID.
func (s *Store) Get(ctx context.Context, id int64) (messages.Message, error) {
	if err := ctx.Err(); err != nil {
		return messages.Message{}, err
	}
	if id <= 0 {
		return messages.Message{}, messages.ErrNotFound
	}
	kv, err := s.read(ctx, s.keys.message(id), 0)
	switch {
	case err != nil:
		return messages.Message{}, err
	case kv == nil:
		return messages.Message{}, messages.ErrNotFound
	}
	return s.keys.parse(kv)
}

// Health returns nil if etcd can be read. An etcd that is full can: it is healthy,
// and changes fail with ErrFull.
func (s *Store) Health(ctx context.Context) error {
	_, err := s.state(ctx)
	return err
}

// read returns a key as it stands, or as it stood at a revision, or nil.
func (s *Store) read(ctx context.Context, key []byte, revision int64) (*etcd.KeyValue, error) {
	response, err := s.client.Range(ctx, etcd.RangeRequest{Key: key, Revision: revision})
	if err != nil || len(response.KeyValues) == 0 {
		return nil, translate(err)
	}
	return &response.KeyValues[0], nil
}

// within limits a change, with all that it asks etcd, to the time of one call.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, time.Now().Add(etcd.CallTimeout))
}

// translate returns an error of the client as one of messages.
func translate(err error) error {
	var unavailable *etcd.UnavailableError
	switch {
	case errors.As(err, &unavailable):
		return fmt.Errorf("%w: %w", messages.ErrUnavailable, err)
	case errors.Is(err, etcd.ErrNoSpace):
		return fmt.Errorf("%w: %w", messages.ErrFull, err)
	}
	return err
}
