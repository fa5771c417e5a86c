package logstore

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
)

// log is the file that the committer writes. Only end is known to others.
type log struct {
	file  file
	end   atomic.Int64 // all octets before it are good, and on the disk
	lines *lines

	full       bool        // a batch did not fit, this was reported, and none has fit since
	toldFull   time.Time   // when it was reported
	compaction *compaction // under way; nil if none is
	ready      chan *compaction
	compacted  int64 // length of the file when a compaction was last done, or failed
}

// commit makes the changes that are submitted, until the store is closed.
func (s *Store) commit() {
	defer close(s.stopped)
	for {
		select {
		case op := <-s.queue:
			s.commitBatch(op)
			s.startCompaction()
		case c := <-s.log.ready:
			s.finishCompaction(c)
		case <-s.closing:
			s.commitRest()
			s.stopCompaction()
			return
		}
	}
}

// commitRest makes the changes that were submitted before the store was closed.
func (s *Store) commitRest() {
	for {
		select {
		case op := <-s.queue:
			s.commitBatch(op)
		default:
			return
		}
	}
}

// commitBatch makes a change, and with it all others that wait meanwhile. They are
// written at once, and synced at once; only then they are visible, and their makers
// are told. Those who are refused wait too: what they are refused for may be a
// change of this batch, of which nobody must know unless it is kept.
func (s *Store) commitBatch(op *operation) {
	b := s.newBatch()
	for ; op != nil; op = s.another(b) {
		op.err = op.make(b)
		b.waiting = append(b.waiting, op)
	}
	err := s.keep(b)
	for _, op := range b.waiting {
		if err != nil {
			op.err = err
		}
		close(op.done)
	}
}

// another returns one more change that waits, if the batch can take it.
func (s *Store) another(b *batch) *operation {
	if len(b.waiting) == queueLength || b.lines.Len() >= batchEnough {
		return nil
	}
	select {
	case op := <-s.queue:
		return op
	default:
		return nil
	}
}

// keep writes the changes of a batch, waits until they are on the disk, and makes
// them visible: all or none.
func (s *Store) keep(b *batch) error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	if len(b.changes) == 0 {
		return nil
	}
	if err := s.write(b.lines.Bytes()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.seq = b.seq
	s.state.apply(b.changes)
	return nil
}

// write appends lines to the log. If they cannot be written, what was written of
// them is cut off again, and the store goes on without them. If they cannot be
// synced, nobody knows what the disk has, and another sync would not tell: the
// system may have dropped what it could not write. So this was the last change.
func (s *Store) write(lines []byte) error {
	l := &s.log
	end := l.end.Load()
	if err := writeAt(l.file, lines, end); err != nil {
		if cut := l.file.Truncate(end); cut != nil {
			return s.breakDown(fmt.Errorf("what could not be written whole could not be cut off: %w", cut))
		}
		return s.noRoom(err)
	}
	if err := l.file.Sync(); err != nil {
		l.file.Truncate(end) // so that a restart does not find what may get lost later
		return s.breakDown(err)
	}
	if l.full {
		l.full = false
		s.options.Report(fmt.Sprintf("changes can be written to %s again", s.path))
	}
	l.end.Store(end + int64(len(lines)))
	return nil
}

// writeAt writes all octets, or returns an error.
func writeAt(f file, octets []byte, offset int64) error {
	n, err := f.WriteAt(octets, offset)
	if err == nil && n < len(octets) {
		err = io.ErrShortWrite
	}
	return err
}

// fullAgain is how long it takes until it is reported again that there is no room: on
// a disk that is almost full, small changes fit and large ones do not.
const fullAgain = time.Minute

// noRoom returns the error of a change for which the disk has no room.
func (s *Store) noRoom(err error) error {
	if !s.log.full && time.Since(s.log.toldFull) >= fullAgain {
		s.log.full, s.log.toldFull = true, time.Now()
		s.options.Report(fmt.Sprintf("a change could not be written and was refused, and so will others be until there is room: %v", err))
	}
	return fmt.Errorf("%w: %w", messages.ErrFull, err)
}

// breakDown makes the store read-only, and returns the error of all changes from
// now on.
func (s *Store) breakDown(err error) error {
	s.options.Report(fmt.Sprintf("the disk failed, so %s is read-only until rawserve is started again: %v", s.path, err))
	err = fmt.Errorf("%w: %w", messages.ErrReadOnly, err)
	s.broken.Store(&err)
	return err
}
