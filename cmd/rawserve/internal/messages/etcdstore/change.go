package etcdstore

import (
	"cmp"
	"context"
	"errors"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

// Replace gives the message with this ID a new text.
func (s *Store) Replace(ctx context.Context, id int64, text string, expected int64) (messages.Message, error) {
	if err := cmp.Or(ctx.Err(), messages.CheckText(text)); err != nil {
		return messages.Message{}, err
	}
	revision, err := s.change(ctx, id, expected, put(s.keys.message(id), []byte(text)))
	if err != nil {
		return messages.Message{}, err
	}
	return messages.Message{ID: id, Text: text, Revision: revision}, nil
}

// Delete removes the message with this ID.
func (s *Store) Delete(ctx context.Context, id int64, expected int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := s.change(ctx, id, expected, remove(s.keys.message(id)))
	return err
}

// change carries out an operation on the key of a message, if that has the expected
// revision, and returns the revision of the change. Where any will do, it expects the
// present one, and begins again if it is gone: without a revision to compare with, the
// change could happen twice.
func (s *Store) change(ctx context.Context, id, expected int64, op etcd.Op) (int64, error) {
	if id <= 0 {
		return 0, messages.ErrNotFound
	}
	ctx, cancel := within(ctx)
	defer cancel()
	if expected != messages.Any {
		return s.changeAt(ctx, id, expected, op)
	}
	for {
		kv, err := s.read(ctx, s.keys.message(id), 0)
		switch {
		case err != nil:
			return 0, err
		case kv == nil:
			return 0, messages.ErrNotFound
		}
		revision, err := s.changeAt(ctx, id, kv.ModRevision, op)
		if !errors.Is(err, messages.ErrConflict) {
			return revision, err
		}
	}
}

// changeAt is change at one revision.
func (s *Store) changeAt(ctx context.Context, id, expected int64, op etcd.Op) (int64, error) {
	token := s.tokens.next()
	response, err := s.client.Txn(ctx, s.changing(id, expected, op, put(s.keys.changed(), token)))
	if op.Delete != nil && errors.Is(err, etcd.ErrNoSpace) {
		// A full etcd takes no key, but lets go of one: without the token, and so
		// without saying whose change it was.
		response, err = s.client.Txn(ctx, s.changing(id, expected, op))
	}
	switch {
	case err != nil:
		return 0, translate(err)
	case response.Succeeded:
		return response.Header.Revision, nil
	case response.Doubt:
		return s.settleChange(ctx, id, expected, op, token, response)
	case response.Found(0) == nil:
		return 0, messages.ErrNotFound
	}
	return 0, messages.ErrConflict
}

// changing returns the transaction that carries out operations, guarded by the
// revision of the message, whose key the first of them changes.
func (s *Store) changing(id, expected int64, ops ...etcd.Op) etcd.TxnRequest {
	key := s.keys.message(id)
	return etcd.TxnRequest{
		If:   []etcd.Compare{{Key: key, ModRevision: expected}},
		Then: ops,
		Else: []etcd.Op{get(key), get(s.keys.changed())},
	}
}
