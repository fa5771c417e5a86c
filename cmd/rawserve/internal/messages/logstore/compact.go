package logstore

import (
	"fmt"
	"io"

	"rawserve/cmd/rawserve/internal/messages"
)

// When and how a log is compacted.
const (
	// compactRatio is how many times longer than what has to be kept the log may
	// become, and compactAtLeast how long whatever it holds, in octets.
	compactRatio   = 2
	compactAtLeast = 64 << 20

	// recordOverhead is about how long a record is without its text, in octets.
	recordOverhead = 96

	// compactPage is how many messages are taken from the store at a time.
	compactPage = 512

	// compactSync is how much of the new file may be in the system's memory: syncs
	// of the log would have to wait for more.
	compactSync = 8 << 20

	// compactPause is how much of the old log may be copied while writers wait, and
	// compactRounds how often the rest is copied until it is that short: if writers
	// are faster, they have to wait.
	compactPause  = 1 << 20
	compactRounds = 8
)

// compaction makes a new log while the old one is in use. It begins with the
// messages as they were at a place, and has all changes after it: those that the
// history knows, and those that are made meanwhile, copied from the old log.
//
// The messages are read while they change. That does no harm: one that was changed
// after the place is left out, since a record of that change follows.
type compaction struct {
	newLog
	after   messages.Place
	changes []messages.Change // after that place, until the compaction began
	copied  int64             // end of what is needed no more of the old log
	err     error
}

// startCompaction starts a compaction if the log is long and no other one is under
// way.
func (s *Store) startCompaction() {
	l := &s.log
	size := s.state.table.Size()
	needed := max(size.Octets+int64(size.Messages)*recordOverhead, l.compacted)
	end := l.end.Load()
	if l.compaction != nil || s.broken.Load() != nil || end < s.options.compactAtLeast || end < compactRatio*needed || !replacesOpenFiles {
		return
	}
	c := &compaction{copied: end}
	c.after, c.changes = s.state.history.Kept()
	h := header{format, version, s.state.since, c.after.String(), s.state.lastID}
	for _, change := range c.changes {
		if change.Kind == messages.Created {
			h.ID = change.Message.ID - 1
			break
		}
	}
	l.compaction = c
	go func() {
		c.err = s.compact(c, h)
		l.ready <- c
	}()
}

// compact writes the new log, but for the last few changes.
func (s *Store) compact(c *compaction, h header) error {
	mode, err := s.log.file.Mode()
	if err != nil {
		return err
	}
	if err := c.create(s.files, s.path, mode, h); err != nil {
		return err
	}
	if err := s.compactMessages(c); err != nil {
		return err
	}
	for _, change := range c.changes {
		if err := c.add(changed(change)); err != nil {
			return err
		}
	}
	for range compactRounds {
		if s.log.end.Load()-c.copied < compactPause {
			break
		}
		if err := s.compactRest(c); err != nil {
			return err
		}
	}
	return c.sync()
}

// compactMessages writes the messages that were not changed since.
func (s *Store) compactMessages(c *compaction) error {
	for after := int64(0); ; {
		s.mu.RLock()
		page := s.state.table.List(after, compactPage)
		s.mu.RUnlock()
		if len(page) == 0 {
			return nil
		}
		for _, m := range page {
			after = m.ID
			if (messages.Place{Revision: m.Revision, ID: m.ID}).Compare(c.after) > 0 {
				continue
			}
			if err := c.add(record{Op: opKept, ID: m.ID, Rev: m.Revision, Text: m.Text}); err != nil {
				return err
			}
		}
		if isClosed(s.closing) {
			return errClosed
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// compactRest copies what the old log has got since.
func (s *Store) compactRest(c *compaction) error {
	end := s.log.end.Load()
	old := newScanner(s.log.file, c.copied, end)
	for {
		line, err := old.next()
		if err == io.EOF {
			c.copied = end
			return nil
		}
		if err != nil {
			return err
		}
		var r record
		if !parseLine(line, &r) {
			return &DamageError{s.path, old.offset - int64(len(line)), "what is there is not what was written"}
		}
		changes, _ := r.changes()
		for _, change := range changes {
			if err := c.add(changed(change)); err != nil {
				return err
			}
		}
	}
}

// stopCompaction waits for a compaction that the closing of the store ends.
func (s *Store) stopCompaction() {
	if s.log.compaction != nil {
		c := <-s.log.ready
		c.drop(s.files)
	}
}

// finishCompaction puts the new log in the place of the old one. Until its name is
// on the disk, either of them may be found after a power failure; both have all that
// was acknowledged. If that cannot be waited for, there must be no more changes: the
// old one would not have them.
func (s *Store) finishCompaction(c *compaction) {
	l := &s.log
	l.compaction = nil
	l.compacted = l.end.Load()
	if err := s.completeCompaction(c); err != nil {
		c.drop(s.files)
		s.options.Report(fmt.Sprintf("%s could not be compacted, and stays as long as it is: %v", s.path, err))
		return
	}
	l.file.Close() // it has no name any more
	l.file, l.compacted = c.file, c.written
	l.end.Store(c.written)
	s.state.seq = c.seq
	if err := s.files.SyncFolder(s.path); err != nil {
		s.breakDown(err)
	}
}

// completeCompaction writes the rest of the new log, and gives it the name of the
// old one.
func (s *Store) completeCompaction(c *compaction) error {
	if c.err != nil {
		return c.err
	}
	if err := s.broken.Load(); err != nil {
		return *err
	}
	if err := s.compactRest(c); err != nil {
		return err
	}
	if err := c.complete(s.state.lastID); err != nil {
		return err
	}
	return s.files.Rename(c.path, s.path)
}
