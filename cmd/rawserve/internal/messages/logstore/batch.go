package logstore

import (
	"time"

	"rawserve/cmd/rawserve/internal/messages"
)

// batch is what is written and synced at once: the changes of all who waited.
// Nothing of it is visible before it is on the disk, but each change is judged by
// those before it.
type batch struct {
	state   *state // on the disk; not changed here
	most    messages.Size
	waiting []*operation

	lines   *lines
	seq     int64 // of the last record, on the disk or here
	changes []messages.Change
	pending map[int64]messages.Message // as they are after the changes; without text if deleted
	latest  int64                      // no revision up to it may be used again
	lastID  int64
	size    messages.Size
}

// newBatch returns a batch without changes.
func (s *Store) newBatch() *batch {
	s.log.lines.Reset()
	return &batch{
		state: s.state, most: messages.Size{Messages: s.options.MaxMessages, Octets: s.options.MaxOctets}, lines: s.log.lines, pending: make(map[int64]messages.Message),
		seq: s.state.seq, latest: max(s.state.latest.Revision, s.state.since), lastID: s.state.lastID, size: s.state.table.Size(),
	}
}

// create makes new messages.
func (b *batch) create(texts []string) ([]messages.Message, error) {
	var more messages.Size
	for _, text := range texts {
		more = more.Plus(messages.Growth("", text))
	}
	if err := b.size.Room(more, b.most); err != nil {
		return nil, err
	}
	r := record{Op: opCreated, ID: b.lastID + 1, Texts: texts}
	if len(texts) == 1 {
		r.Text, r.Texts = texts[0], nil
	}
	changes := b.add(&r)
	created := make([]messages.Message, len(changes))
	for i, c := range changes {
		created[i] = c.Message
	}
	return created, nil
}

// replace gives a message another text.
func (b *batch) replace(id int64, text string, expected int64) (messages.Message, error) {
	old, err := b.expect(id, expected)
	if err != nil {
		return messages.Message{}, err
	}
	if err := b.size.Room(messages.Growth(old.Text, text), b.most); err != nil {
		return messages.Message{}, err
	}
	return b.add(&record{Op: opReplaced, ID: id, Text: text})[0].Message, nil
}

// delete removes a message.
func (b *batch) delete(id, expected int64) error {
	if _, err := b.expect(id, expected); err != nil {
		return err
	}
	b.add(&record{Op: opDeleted, ID: id})
	return nil
}

// expect returns the message with this ID, provided that it exists and has the
// expected revision.
func (b *batch) expect(id, expected int64) (messages.Message, error) {
	m := b.find(id)
	switch {
	case m.Text == "":
		return m, messages.ErrNotFound
	case expected != messages.Any && expected != m.Revision:
		return m, messages.ErrConflict
	}
	return m, nil
}

// find returns the message with this ID; without text if there is none.
func (b *batch) find(id int64) messages.Message {
	if m, changed := b.pending[id]; changed {
		return m
	}
	m, _ := b.state.table.Get(id)
	return m
}

// add numbers a record, and adds its line and its changes.
func (b *batch) add(r *record) []messages.Change {
	b.seq++
	r.Seq, r.Rev, r.Joined = b.seq, b.nextRevision(), len(b.changes) > 0
	b.lines.add(r)
	changes, _ := r.changes()
	for _, c := range changes {
		b.size = b.size.Plus(messages.Growth(b.find(c.Message.ID).Text, c.Message.Text))
		b.pending[c.Message.ID] = c.Message
		b.lastID = max(b.lastID, c.Message.ID)
	}
	b.changes = append(b.changes, changes...)
	return changes
}

// nextRevision returns the revision of a change: the time, in microseconds, or one
// more than the last where changes come faster than that or the clock was set back.
// So no revision is one of a file that was removed or replaced by a copy from
// before, either.
func (b *batch) nextRevision() int64 {
	b.latest = max(b.latest+1, time.Now().UnixMicro())
	return b.latest
}
