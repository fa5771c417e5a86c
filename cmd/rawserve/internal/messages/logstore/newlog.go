package logstore

import (
	"errors"
	"io/fs"
	"os"
)

// newLog is a log that is being made.
type newLog struct {
	path    string
	file    file
	lines   *lines
	written int64
	synced  int64
	seq     int64
}

// compactingPath is the name of a log until it is complete.
func compactingPath(path string) string { return path + ".compacting" }

// create begins a new log with a header. What a process that was killed has left
// under its name is removed.
func (n *newLog) create(files files, path string, mode os.FileMode, h header) (err error) {
	n.path, n.lines = compactingPath(path), newLines()
	if err := files.Remove(n.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if n.file, err = files.Create(n.path, mode); err != nil {
		return err
	}
	n.lines.add(h)
	return nil
}

// add adds a record.
func (n *newLog) add(r record) error {
	n.seq++
	r.Seq = n.seq
	n.lines.add(r)
	if n.lines.Len() < batchEnough {
		return nil
	}
	if err := n.flush(); err != nil || n.written-n.synced < compactSync {
		return err
	}
	return n.sync()
}

// flush writes what was added.
func (n *newLog) flush() error {
	err := writeAt(n.file, n.lines.Bytes(), n.written)
	n.written += int64(n.lines.Len())
	n.lines.Reset()
	return err
}

// sync writes what was added, and waits until it is on the disk.
func (n *newLog) sync() error {
	if err := n.flush(); err != nil {
		return err
	}
	n.synced = n.written
	return n.file.Sync()
}

// complete says in the log that it is whole, and which ID was used last. It waits
// until all is on the disk.
func (n *newLog) complete(lastID int64) error {
	if err := n.add(record{Op: opWhole, ID: lastID}); err != nil {
		return err
	}
	return n.sync()
}

// drop removes a log that did not become complete.
func (n *newLog) drop(files files) {
	if n.file != nil {
		n.file.Close()
		files.Remove(n.path)
	}
}
