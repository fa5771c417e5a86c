package logstore

import (
	"fmt"

	"rawserve/cmd/rawserve/internal/messages"
)

// state is what the records of a log add up to.
type state struct {
	table   messages.Table
	history messages.History
	since   int64          // all revisions are above it
	after   messages.Place // all changes after it are in the log
	latest  messages.Place // of the last change
	lastID  int64
	seq     int64 // of the last record
	whole   bool  // the record that says so was read
}

// begin takes over what a header says, or returns what is wrong with it.
func (s *state) begin(h header) (wrong string) {
	after, err := messages.ParsePlace(h.After)
	if err != nil || h.ID < 0 || h.Since < 0 {
		return "the header makes no sense"
	}
	s.since, s.after, s.latest, s.lastID = h.Since, after, after, h.ID
	s.history.Begin(after)
	return ""
}

// add takes over what a record says, or returns why it cannot follow those before.
func (s *state) add(r *record) (wrong string) {
	switch {
	case r.Seq > s.seq+1:
		return fmt.Sprintf("record %d is missing: record %d follows record %d", s.seq+1, r.Seq, s.seq)
	case r.Seq != s.seq+1:
		return fmt.Sprintf("record %d follows record %d", r.Seq, s.seq)
	case !s.allows(r):
		return fmt.Sprintf("record %d, %s, does not fit those before it", r.Seq, r.Op)
	}
	s.take(r)
	return ""
}

// allows reports whether a record may be the next one.
func (s *state) allows(r *record) bool {
	switch {
	case r.Op == opKept:
		return !s.whole && r.ID <= s.lastID && r.Text != "" && (messages.Place{Revision: r.Rev, ID: r.ID}).Compare(s.after) <= 0
	case r.Op == opWhole:
		return !s.whole && r.ID == s.lastID
	case (messages.Place{Revision: r.Rev, ID: r.ID}).Compare(s.latest) <= 0:
		return false
	case r.Op == opCreated:
		return r.ID == s.lastID+1 && (r.Text != "") != (len(r.Texts) > 0)
	case r.Op == opReplaced:
		return r.ID <= s.lastID && r.Text != ""
	}
	return r.Op == opDeleted && r.ID <= s.lastID
}

// take takes over what a record says.
func (s *state) take(r *record) {
	s.seq = r.Seq
	switch r.Op {
	case opKept:
		s.table.Put(messages.Message{ID: r.ID, Text: r.Text, Revision: r.Rev})
		s.lastID = max(s.lastID, r.ID)
	case opWhole:
		s.whole = true
		s.lastID = max(s.lastID, r.ID)
	default:
		changes, _ := r.changes()
		s.apply(changes)
	}
}

// apply makes changes, which must come after all others.
func (s *state) apply(changes []messages.Change) {
	for _, c := range changes {
		if c.Kind == messages.Deleted {
			s.table.Delete(c.Message.ID)
		} else {
			s.table.Put(c.Message)
		}
		s.lastID = max(s.lastID, c.Message.ID)
		s.latest = c.Place()
	}
	s.history.Add(changes...)
}
