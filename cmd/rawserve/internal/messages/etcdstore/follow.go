package etcdstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

const (
	// startBack is how many revisions before the present one the feed begins, so
	// that those who followed another process, or this one before it was started
	// again, can go on here.
	startBack = messages.DefaultHistoryChanges

	superviseEvery = 2 * time.Second        // between two looks at the feed
	feedPause      = 100 * time.Millisecond // before a stream that broke is begun again
)

// feed is what there is to know about the stream of changes.
type feed struct {
	began chan struct{} // closed when the history has a beginning

	mu     sync.Mutex
	broken bool                    // as it was reported
	end    context.CancelCauseFunc // ends the stream in progress; nil if there is none
}

func newFeed() feed { return feed{began: make(chan struct{})} }

// errLate ends a stream that is not told what happens.
var errLate = errors.New("its watch is late")

// Latest returns the place of the latest change, once the feed has come to it.
func (s *Store) Latest(ctx context.Context) (messages.Place, error) {
	if err := ctx.Err(); err != nil {
		return messages.Place{}, err
	}
	caller := ctx
	ctx, cancel := within(ctx)
	defer cancel()
	state, err := s.state(ctx)
	if err != nil {
		return messages.Place{}, err
	}
	if err := s.reach(ctx, state.changed); err != nil {
		return messages.Place{}, cmp.Or(caller.Err(), fmt.Errorf("%w: the feed has not come to revision %d yet", messages.ErrUnavailable, state.changed))
	}
	if state.changed == 0 {
		return messages.Place{}, nil
	}
	return s.history.Latest(), nil
}

// Changes returns the changes after a place. A place that the feed of this process
// has not come to yet may have been shown by another one: it is known if etcd has had
// its revision.
func (s *Store) Changes(ctx context.Context, after messages.Place, limit int) ([]messages.Change, error) {
	select {
	case <-s.feed.began:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if after.Revision > s.history.Latest().Revision {
		state, err := s.state(ctx)
		switch {
		case err != nil:
			return nil, err
		case after.Revision > state.revision:
			return nil, messages.ErrCompacted
		}
	}
	return s.history.Changes(ctx, after, limit)
}

// state is what etcd says about all messages.
type state struct {
	revision int64 // of etcd
	changed  int64 // of the latest change; 0 if there was none
	created  int64 // of the first change; 0 if there was none
}

// state asks etcd.
func (s *Store) state(ctx context.Context) (state, error) {
	response, err := s.client.Txn(ctx, etcd.TxnRequest{Then: []etcd.Op{get(s.keys.changed()), get(s.keys.seq())}})
	if err != nil {
		return state{}, translate(err)
	}
	found := state{revision: response.Header.Revision}
	if kv := response.Found(0); kv != nil {
		found.changed = kv.ModRevision
	}
	if kv := response.Found(1); kv != nil {
		found.created = kv.CreateRevision
		found.changed = max(found.changed, kv.ModRevision)
	}
	return found, nil
}

// reach waits until the feed has come to the change of a revision.
func (s *Store) reach(ctx context.Context, revision int64) error {
	select {
	case <-s.feed.began:
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.history.Latest().Revision >= revision {
		return nil
	}
	_, err := s.history.Changes(ctx, messages.AfterRevision(revision-1), 1)
	if errors.Is(err, messages.ErrCompacted) {
		return nil // it has begun after that
	}
	return err
}

// follow hands the changes of all processes to the history, until ctx is done.
func (s *Store) follow(ctx context.Context) {
	from := int64(0)
	for ctx.Err() == nil {
		if err := s.followOnce(ctx, &from); err != nil && ctx.Err() == nil {
			s.noteFeed(err)
			s.client.WatchElsewhere()
			select {
			case <-time.After(feedPause):
			case <-ctx.Done():
			}
		}
	}
}

// followOnce follows with one stream, from a revision on, which it moves forward.
func (s *Store) followOnce(ctx context.Context, from *int64) error {
	now, err := s.state(ctx)
	if err != nil {
		return err
	}
	if *from == 0 || now.revision < *from {
		*from = s.begin(now)
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	s.feed.set(end)
	defer s.feed.set(nil)
	// The stream begins with the revision that is known already. A compaction up to
	// the next one may have removed the deletions of that one, and etcd would say
	// nothing if that was asked for.
	first, rangeEnd := s.keys.after(0)
	request := etcd.WatchRequest{Key: first, RangeEnd: rangeEnd, StartRevision: *from}
	err = s.client.Watch(ctx, request, func(string) { s.noteFeed(nil) }, func(events []etcd.Event) {
		s.add(events)
		*from = max(*from, events[len(events)-1].KeyValue.ModRevision)
	})
	var compacted *etcd.CompactedError
	if errors.As(err, &compacted) {
		s.report(compacted.Error() + " before they were seen here: who follows them has to list the messages again")
		s.history.Begin(messages.AfterRevision(compacted.Revision))
		*from = compacted.Revision
		return nil
	}
	return cmp.Or(context.Cause(ctx), err)
}

// begin begins the history, and returns the revision to follow from. It goes back to
// the first change if that is near, so that the history has all there were.
func (s *Store) begin(now state) (from int64) {
	first := max(1, now.revision-startBack)
	switch {
	case now.created == 0:
		s.history.Begin(messages.Place{})
		from = now.revision
	case now.created >= first:
		s.history.Begin(messages.Place{})
		from = now.created
	default:
		s.history.Begin(messages.AfterRevision(first))
		from = first
	}
	select {
	case <-s.feed.began:
	default:
		close(s.feed.began)
	}
	return from
}

// add adds the changes that events tell and that are not known yet.
func (s *Store) add(events []etcd.Event) {
	latest := s.history.Latest()
	var changes []messages.Change
	for i := range events {
		c, err := s.changeOf(&events[i])
		if err != nil {
			s.report(err.Error())
			continue
		}
		if c.Place().Compare(latest) > 0 {
			changes = append(changes, c)
		}
	}
	slices.SortStableFunc(changes, func(a, b messages.Change) int { return a.Place().Compare(b.Place()) })
	s.history.Add(changes...)
}

// changeOf returns the change that an event tells.
func (s *Store) changeOf(e *etcd.Event) (messages.Change, error) {
	kv := &e.KeyValue
	if e.Deleted() {
		id, err := s.keys.id(kv.Key)
		return messages.Change{Kind: messages.Deleted, Message: messages.Message{ID: id, Revision: kv.ModRevision}}, err
	}
	m, err := s.keys.parse(kv)
	kind := messages.Replaced
	if kv.CreateRevision == kv.ModRevision {
		kind = messages.Created
	}
	return messages.Change{Kind: kind, Message: m}, err
}

// supervise ends a stream that is not told what happens: its endpoint may have
// stopped without closing a connection, or may be cut off from the others. It also
// asks whether endpoints that failed answer again.
func (s *Store) supervise(ctx context.Context) {
	for {
		select {
		case <-time.After(superviseEvery):
		case <-ctx.Done():
			return
		}
		s.client.Probe(ctx)
		s.checkFeed(ctx)
	}
}

// checkFeed ends the stream if there are changes, and it tells of none; or if etcd
// has gone back to a time before: then it is another one.
func (s *Store) checkFeed(ctx context.Context) {
	ctx, cancel := within(ctx)
	defer cancel()
	known := s.history.Latest()
	now, err := s.state(ctx)
	if err != nil {
		return
	}
	late := s.reach(ctx, now.changed) != nil && s.history.Latest() == known
	if late || now.revision < known.Revision {
		s.feed.stop(errLate)
	}
}

// set remembers how to end the stream in progress.
func (f *feed) set(end context.CancelCauseFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end = end
}

// stop ends the stream in progress.
func (f *feed) stop(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end != nil {
		f.end(cause)
	}
}

// noteFeed reports when the feed breaks, and when it goes on.
func (s *Store) noteFeed(err error) {
	s.feed.mu.Lock()
	changed := s.feed.broken != (err != nil)
	s.feed.broken = err != nil
	s.feed.mu.Unlock()
	switch {
	case changed && err != nil:
		s.report("the feed of changes stands still: " + err.Error())
	case changed:
		s.report("the feed of changes goes on")
	}
}
