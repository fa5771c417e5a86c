package etcdstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

// When an endpoint does not answer, its transaction may have happened, or may still
// happen, and it is sent again. If it succeeds then, all is well: it cannot happen
// twice. If its comparison fails, the key has another revision; so it will not happen
// any more, but it may have happened. The functions of this file find out, by the
// token that it left in PREFIX/changed at its revision. etcd knows what that key held
// then, until it compacts.

var (
	errBusy = fmt.Errorf("%w: other changes took all the time there was", messages.ErrUnavailable)

	// errUnknown is the rest: somebody changed the message again since, and what
	// was in between cannot be seen any more.
	errUnknown = fmt.Errorf("%w: the answer to a change got lost, and other changes followed", messages.ErrUnavailable)
)

// maxBack is how many changes of one message are looked at, from the latest one back.
const maxBack = 16

// tokens makes a token for each transaction, none of them twice.
type tokens struct {
	process string
	count   *atomic.Int64
}

func newTokens() tokens { return tokens{rand.Text(), new(atomic.Int64)} }

func (t tokens) next() []byte {
	return strconv.AppendInt([]byte(t.process+"-"), t.count.Add(1), 10)
}

// leftBy reports whether the transaction of a revision left this token.
func (s *Store) leftBy(ctx context.Context, revision int64, token []byte) (bool, error) {
	kv, err := s.read(ctx, s.keys.changed(), revision)
	switch {
	case errors.Is(err, etcd.ErrCompacted):
		return false, errUnknown
	case err != nil:
		return false, err
	}
	return kv != nil && kv.ModRevision == revision && bytes.Equal(kv.Value, token), nil
}

// latest returns the revision of the latest change, as a failed transaction has found
// it, if it left this token; otherwise 0.
func latest(response *etcd.TxnResponse, token []byte) int64 {
	if kv := response.Found(1); kv != nil && bytes.Equal(kv.Value, token) {
		return kv.ModRevision
	}
	return 0
}

// settleCreate returns the revision of the transaction that left this token, or 0 if
// none did. Whoever made message id at last, the revision of that is kept with it, as
// long as it is not deleted.
func (s *Store) settleCreate(ctx context.Context, id int64, token []byte, response *etcd.TxnResponse) (int64, error) {
	if revision := latest(response, token); revision > 0 {
		return revision, nil
	}
	kv, err := s.read(ctx, s.keys.message(id), 0)
	switch {
	case err != nil:
		return 0, err
	case kv == nil:
		return 0, errUnknown
	}
	ours, err := s.leftBy(ctx, kv.CreateRevision, token)
	if err != nil || !ours {
		return 0, err
	}
	return kv.CreateRevision, nil
}

// settleChange returns the revision of the change that left this token, or why it
// was not made. It goes back from the latest change of the message to the one that
// followed the expected revision.
func (s *Store) settleChange(ctx context.Context, id, expected int64, op etcd.Op, token []byte, response *etcd.TxnResponse) (int64, error) {
	if revision := latest(response, token); revision > 0 {
		return revision, nil
	}
	kv := response.Found(0)
	switch {
	case kv == nil:
		return 0, errUnknown // deleted, by whom?
	case op.Delete != nil:
		return 0, messages.ErrConflict // no ID comes back, so it never was deleted
	}
	for range maxBack {
		ours, err := s.leftBy(ctx, kv.ModRevision, token)
		switch {
		case err != nil:
			return 0, err
		case ours:
			return kv.ModRevision, nil
		case kv.CreateRevision == kv.ModRevision:
			return 0, messages.ErrConflict // the expected revision never was one of this message
		}
		before, err := s.read(ctx, s.keys.message(id), kv.ModRevision-1)
		switch {
		case errors.Is(err, etcd.ErrCompacted):
			return 0, errUnknown
		case err != nil:
			return 0, err
		case before == nil || before.ModRevision <= expected:
			return 0, messages.ErrConflict
		}
		kv = before
	}
	return 0, errUnknown
}
