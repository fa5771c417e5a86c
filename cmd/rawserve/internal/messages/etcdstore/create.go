package etcdstore

import (
	"cmp"
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

const (
	// maxWaiting is how many calls of Create and CreateAll wait for the transaction
	// before theirs; more wait for their turn to wait.
	maxWaiting = 1024

	// maxTogether is how many octets of text calls have that are joined. One call
	// may have more.
	maxTogether = 256 << 10
)

// creation is a call of Create or CreateAll that waits.
type creation struct {
	texts    []string
	deadline time.Time
	state    atomic.Int32 // waiting, taken or withdrawn
	done     chan created // has room for the result
}

type created struct {
	messages []messages.Message
	err      error
}

// States of a creation.
const (
	waiting   int32 = iota
	taken           // it is part of a transaction
	withdrawn       // its caller has given up: it will never be
)

// Create keeps a new message.
func (s *Store) Create(ctx context.Context, text string) (messages.Message, error) {
	created, err := s.CreateAll(ctx, []string{text})
	if err != nil {
		return messages.Message{}, err
	}
	return created[0], nil
}

// CreateAll keeps new messages, with the next IDs. What is wanted while a
// transaction is on its way is made by the next one, together.
func (s *Store) CreateAll(ctx context.Context, texts []string) ([]messages.Message, error) {
	if err := cmp.Or(ctx.Err(), messages.CheckTexts(texts)); err != nil || len(texts) == 0 {
		return nil, err
	}
	caller := ctx
	ctx, cancel := within(ctx)
	defer cancel()
	deadline, _ := ctx.Deadline()
	c := &creation{texts: texts, deadline: deadline, done: make(chan created, 1)}
	select {
	case s.queue <- c:
	case <-ctx.Done():
		return nil, cmp.Or(caller.Err(), errBusy)
	}
	select {
	case result := <-c.done:
		return result.messages, result.err
	case <-ctx.Done():
		if c.state.CompareAndSwap(waiting, withdrawn) {
			return nil, cmp.Or(caller.Err(), errBusy)
		}
		result := <-c.done // soon: its transaction has the same deadline, or an earlier one
		return result.messages, result.err
	}
}

// create makes what is wanted, a transaction after the other, until ctx is done.
func (s *Store) create(ctx context.Context) {
	numbers := &sequence{}
	var next *creation // the first one of the next transaction, if it is known
	for ctx.Err() == nil {
		var batch []*creation
		batch, next = s.gather(ctx, next)
		if len(batch) == 0 {
			continue
		}
		s.createTogether(ctx, numbers, batch)
	}
}

// gather waits for a creation, and takes all that wait as well, as far as they may be
// made together. It returns also the one that has no place.
func (s *Store) gather(ctx context.Context, first *creation) (batch []*creation, next *creation) {
	if first == nil {
		select {
		case first = <-s.queue:
		case <-ctx.Done():
			return nil, nil
		}
	}
	texts, octets := 0, 0
	for c := first; c != nil; {
		more := 0
		for _, text := range c.texts {
			more += len(text)
		}
		if texts+len(c.texts) > messages.MaxTogether || texts > 0 && octets+more > maxTogether {
			return batch, c
		}
		if c.state.CompareAndSwap(waiting, taken) {
			batch = append(batch, c)
			texts, octets = texts+len(c.texts), octets+more
		}
		select {
		case c = <-s.queue:
		default:
			c = nil
		}
	}
	return batch, nil
}

// createTogether makes the messages of a batch and tells everybody.
func (s *Store) createTogether(ctx context.Context, numbers *sequence, batch []*creation) {
	ctx, cancel := context.WithDeadline(ctx, batch[0].deadline) // the earliest
	defer cancel()
	var texts []string
	for _, c := range batch {
		texts = append(texts, c.texts...)
	}
	all, err := s.createAll(ctx, numbers, texts)
	for _, c := range batch {
		if err != nil {
			c.done <- created{err: err}
			continue
		}
		c.done <- created{messages: all[:len(c.texts):len(c.texts)]}
		all = all[len(c.texts):]
	}
}

// sequence is the key PREFIX/seq as it was seen last.
type sequence struct {
	last     int64 // the latest ID
	revision int64 // of the key; 0 if there is none
}

// createAll makes messages with the next IDs, after those that other processes make
// in the meantime.
func (s *Store) createAll(ctx context.Context, numbers *sequence, texts []string) ([]messages.Message, error) {
	for {
		token := s.tokens.next()
		response, err := s.client.Txn(ctx, s.creating(*numbers, token, texts))
		if err != nil {
			return nil, translate(err)
		}
		if response.Succeeded {
			made := numbered(*numbers, texts, response.Header.Revision)
			*numbers = sequence{numbers.last + int64(len(texts)), response.Header.Revision}
			return made, nil
		}
		tried := *numbers
		if *numbers, err = s.sequenceIn(response); err != nil {
			return nil, err
		}
		if !response.Doubt {
			continue
		}
		revision, err := s.settleCreate(ctx, tried.last+1, token, response)
		if err != nil {
			return nil, err
		}
		if revision > 0 {
			return numbered(tried, texts, revision), nil
		}
	}
}

// creating returns the transaction that makes messages. It is guarded by PREFIX/seq,
// which it changes.
func (s *Store) creating(numbers sequence, token []byte, texts []string) etcd.TxnRequest {
	last := numbers.last + int64(len(texts))
	t := etcd.TxnRequest{
		If:   []etcd.Compare{{Key: s.keys.seq(), ModRevision: numbers.revision}},
		Then: []etcd.Op{put(s.keys.seq(), strconv.AppendInt(nil, last, 10)), put(s.keys.changed(), token)},
		Else: []etcd.Op{get(s.keys.seq()), get(s.keys.changed())},
	}
	for i, text := range texts {
		t.Then = append(t.Then, put(s.keys.message(numbers.last+1+int64(i)), []byte(text)))
	}
	return t
}

// sequenceIn returns the sequence that a transaction of creating has found instead
// of the expected one.
func (s *Store) sequenceIn(response *etcd.TxnResponse) (sequence, error) {
	kv := response.Found(0)
	last, err := s.keys.parseSeq(kv)
	if kv == nil || err != nil {
		return sequence{}, err
	}
	return sequence{last, kv.ModRevision}, nil
}

// numbered returns the messages that were made after a sequence, at a revision.
func numbered(after sequence, texts []string, revision int64) []messages.Message {
	made := make([]messages.Message, len(texts))
	for i, text := range texts {
		made[i] = messages.Message{ID: after.last + 1 + int64(i), Text: text, Revision: revision}
	}
	return made
}
