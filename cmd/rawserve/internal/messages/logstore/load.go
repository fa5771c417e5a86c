package logstore

import (
	"fmt"
	"io"
	"time"
)

// DamageError says that a log is not as it was written.
type DamageError struct {
	Path   string
	Offset int64  // of the first octet that is in doubt
	Reason string // what is wrong there
}

// Error names the place, and what can be done.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%s is damaged at octet %d: %s; nothing was changed (with -data-repair, the good records are written to %s)",
		e.Path, e.Offset, e.Reason, repairedPath(e.Path))
}

const (
	progressAfter = time.Second // how often it is said how far reading has come
	progressLines = 1 << 10     // how often the clock is looked at for that, in lines
)

// loader reads a log from its beginning.
type loader struct {
	path   string
	file   file
	size   int64
	report func(string)

	*scanner
	state *state
	good  int64 // everything before it is good
	lines int   // read since the clock was looked at
	begun time.Time
	told  time.Time // when it was said how far reading has come; zero if never
}

func newLoader(path string, f file, report func(string)) (*loader, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	return &loader{path: path, file: f, size: size, report: report, state: new(state), scanner: newScanner(f, 0, size), begun: time.Now()}, nil
}

// load reads all records. What a write that was cut short has left at the end of
// the file is not read: good is where it begins.
func (l *loader) load() error {
	if err := l.header(); err != nil {
		return err
	}
	for {
		l.progress()
		line, err := l.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		var r record
		if !parseLine(line, &r) {
			return l.judge()
		}
		if wrong := l.state.add(&r); wrong != "" {
			return l.damaged(l.good, wrong)
		}
		l.good = l.offset
	}
	if !l.state.whole {
		return l.damaged(l.good, "the file ends before the records that it was made with do")
	}
	return nil
}

// header reads the first line.
func (l *loader) header() error {
	line, err := l.next()
	if err != nil && err != io.EOF {
		return err
	}
	var h header
	if !parseLine(line, &h) || h.Format != format {
		return l.damaged(0, "the header is not as it was written")
	}
	if h.Version != version {
		return fmt.Errorf("%s has version %d of its format, and this rawserve knows version %d only; the file was left as it is (use a newer rawserve)",
			l.path, h.Version, version)
	}
	if wrong := l.state.begin(h); wrong != "" {
		return l.damaged(0, wrong)
	}
	l.good = l.offset
	return nil
}

// judge decides about a file that has something other than a record after the good
// ones: it is damaged, or its last write was cut short.
func (l *loader) judge() error {
	const notWritten = "what is there is not what was written"
	if !l.state.whole || l.size-l.good > batchAtMost {
		return l.damaged(l.good, notWritten)
	}
	end := make([]byte, l.size-l.good)
	if n, err := l.file.ReadAt(end, l.good); n < len(end) {
		return err
	}
	if !torn(end, l.good) {
		return l.damaged(l.good, notWritten)
	}
	return nil
}

func (l *loader) damaged(offset int64, reason string) error {
	return &DamageError{l.path, offset, reason}
}

// progress says how far reading has come, if it takes long.
func (l *loader) progress() {
	if l.lines++; l.lines%progressLines != 0 {
		return
	}
	since := l.told
	if since.IsZero() {
		since = l.begun
	}
	if time.Since(since) >= progressAfter {
		l.told = time.Now()
		l.report(fmt.Sprintf("reading %s: %d of %d MiB", l.path, l.offset>>20, l.size>>20))
	}
}

// finish says how long reading took, if it was said that it takes long.
func (l *loader) finish() {
	if !l.told.IsZero() {
		l.report(fmt.Sprintf("read %s: %d messages in %.1f s", l.path, l.state.table.Size().Messages, time.Since(l.begun).Seconds()))
	}
}
