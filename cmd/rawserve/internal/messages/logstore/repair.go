package logstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
)

// repairedPath is the name of what Repair makes of a log.
func repairedPath(path string) string { return path + ".repaired" }

// Repair reads what is good of the log at a path and writes it to a new file, the
// log's name with ".repaired". The log itself stays as it is. It reports what was
// lost, and where the new file is; it fails if that is there already. Changes that
// were lost leave the message as it was before, or as a later change made it.
func Repair(path string, report func(sentence string)) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", path)
	}
	path, lock, err := claim(path)
	if err != nil {
		return err
	}
	defer lock.Close()
	target := repairedPath(path)
	if _, err := os.Lstat(target); err == nil {
		return fmt.Errorf("%s is there already (move it away first)", target)
	}
	f, err := osFiles{}.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	l, err := newLoader(path, f, report)
	if err != nil {
		return err
	}
	r := &repair{loader: l}
	if err := r.read(); err != nil {
		return err
	}
	kept := r.state.table.List(0, r.state.table.Size().Messages)
	if err := makeLog(osFiles{}, target, r.newHeader(), kept); err != nil {
		return err
	}
	report(r.summary(len(kept), target))
	return nil
}

// repair is a loader that goes on after damage.
type repair struct {
	*loader
	records int   // good ones
	missing int64 // that have left a gap in the numbers
	lost    int64 // octets of lines that are no records
	bad     int64 // where the lines that are no records begin; negative if the last one was good
}

// read reads all that is good.
func (r *repair) read() error {
	if err := r.readHeader(); err != nil {
		return err
	}
	for {
		r.progress()
		start := r.offset
		line, err := r.next()
		if err == io.EOF {
			r.endBad(r.offset)
			if !r.state.whole {
				r.report("the file ends before the records that it was made with do: messages are missing")
			}
			return nil
		}
		if err != nil {
			return err
		}
		var rec record
		switch {
		case !parseLine(line, &rec):
			r.lost += int64(len(line))
			if r.bad < 0 {
				r.bad = start
			}
		case rec.Seq <= r.state.seq:
			r.endBad(start)
			r.report(fmt.Sprintf("octet %d: record %d follows record %d, and was left out", start, rec.Seq, r.state.seq))
		default:
			r.endBad(start)
			r.take(&rec, start)
		}
	}
}

// readHeader reads the header, or goes on without one if the file can be a log.
func (r *repair) readHeader() error {
	r.bad = -1
	err := r.header()
	var damage *DamageError
	if errors.As(err, &damage) {
		r.report(fmt.Sprintf("octet 0: %s", damage.Reason))
		r.state.since = time.Now().UnixMicro()
		return nil
	}
	return err
}

// take takes over what a good record says.
func (r *repair) take(rec *record, start int64) {
	switch gap := rec.Seq - r.state.seq - 1; {
	case gap == 1:
		r.missing++
		r.report(fmt.Sprintf("octet %d: record %d is missing", start, rec.Seq-1))
	case gap > 1:
		r.missing += gap
		r.report(fmt.Sprintf("octet %d: the %d records from %d to %d are missing", start, gap, r.state.seq+1, rec.Seq-1))
	}
	r.records++
	r.state.take(rec)
}

// endBad reports lines that are no records, which end here.
func (r *repair) endBad(here int64) {
	if r.bad >= 0 {
		r.report(fmt.Sprintf("octet %d: %d octets are not what was written", r.bad, here-r.bad))
		r.bad = -1
	}
}

// newHeader returns the header of the new log. What was lost may have used IDs and
// revisions that must not be used again: no more IDs than octets of lines that are
// no records, and than there can be in the records that are missing. Who followed
// the changes is told to list the messages again.
func (r *repair) newHeader() header {
	used := r.lost + r.missing*messages.MaxTogether
	revision := max(r.state.latest.Revision+used, time.Now().UnixMicro())
	return header{format, version, r.state.since, messages.AfterRevision(revision).String(), r.state.lastID + used}
}

// summary says what became of the log.
func (r *repair) summary(kept int, target string) string {
	if r.lost == 0 && r.missing == 0 && r.state.whole {
		return fmt.Sprintf("%s is not damaged; its %d messages were written to %s as well", r.path, kept, target)
	}
	return fmt.Sprintf("%d good records, %d octets of others, and %d missing in %s; the %d messages of the good ones are in %s: look at it, and move it to %s",
		r.records, r.lost, r.missing, r.path, kept, target, r.path)
}
