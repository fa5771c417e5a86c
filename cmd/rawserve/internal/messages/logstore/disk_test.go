package logstore

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
)

// disk is a folder that forgets, when the power fails, what was not synced: octets
// of files, and names. One operation after another can be made to fail.
type disk struct {
	mu     sync.Mutex
	names  map[string]*diskFile
	synced map[string]*diskFile // the names that survive
	fault  fault
	done   int           // operations so far
	gate   chan struct{} // operations wait until it is closed; nil if they need not
}

// fault says which operation fails, and how.
type fault struct {
	at    int  // the first one that fails, counted from 1; 0 for none
	until int  // the last one
	half  bool // a write does half of its work
	quiet bool // and does not say so
}

type diskFile struct {
	*disk
	octets []byte
	synced []byte // what survives
	mode   os.FileMode
}

var errDisk = errors.New("the disk does as it likes")

func newDisk(f fault) *disk {
	return &disk{names: make(map[string]*diskFile), synced: make(map[string]*diskFile), fault: f}
}

// diskOf returns a disk with one file.
func diskOf(name string, octets []byte) *disk {
	d := newDisk(fault{})
	d.names[name] = &diskFile{d, slices.Clone(octets), slices.Clone(octets), fileMode}
	d.synced[name] = d.names[name]
	return d
}

// enter counts an operation, and returns an error if it fails. The lock is held
// then.
func (d *disk) enter() error {
	if d.gate != nil {
		<-d.gate
	}
	d.mu.Lock()
	d.done++
	if d.fault.at <= d.done && d.done <= d.fault.until {
		return errDisk
	}
	return nil
}

// restarted returns the disk after the process was killed: all that was written is
// there, and what was not synced still is not.
func (d *disk) restarted() *disk {
	after := newDisk(fault{})
	copies := make(map[*diskFile]*diskFile)
	for _, names := range []map[string]*diskFile{d.names, d.synced} {
		for _, f := range names {
			copies[f] = &diskFile{after, slices.Clone(f.octets), slices.Clone(f.synced), f.mode}
		}
	}
	for name, f := range d.names {
		after.names[name] = copies[f]
	}
	for name, f := range d.synced {
		after.synced[name] = copies[f]
	}
	return after
}

// afterPowerFailure returns what may be on the disk after the power failed: the
// names and octets that were synced, and of what was appended since then nothing,
// parts, parts that are zero, or all.
func (d *disk) afterPowerFailure() (states []*disk) {
	for quarters := range 5 {
		for _, zero := range []bool{false, true} {
			after := newDisk(fault{})
			for name, f := range d.synced {
				octets := slices.Clone(f.synced)
				if len(f.octets) > len(octets) {
					appended := slices.Clone(f.octets[len(octets):])
					appended = appended[:len(appended)*quarters/4]
					if zero {
						clear(appended[len(appended)/2:])
					}
					octets = append(octets, appended...)
				}
				after.names[name] = &diskFile{after, octets, slices.Clone(octets), f.mode}
			}
			after.synced = maps.Clone(after.names)
			states = append(states, after)
		}
	}
	return states
}

func (d *disk) Open(path string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[path]; f != nil {
		return f, nil
	}
	return nil, fs.ErrNotExist
}

func (d *disk) Create(path string, mode os.FileMode) (file, error) {
	err := d.enter()
	defer d.mu.Unlock()
	if err == nil && d.names[path] != nil {
		err = fs.ErrExist
	}
	if err != nil {
		return nil, err
	}
	f := &diskFile{disk: d, mode: mode}
	d.names[path] = f
	return f, nil
}

func (d *disk) Rename(from, to string) error {
	err := d.enter()
	defer d.mu.Unlock()
	if err == nil {
		d.names[to] = d.names[from]
		delete(d.names, from)
	}
	return err
}

func (d *disk) Remove(path string) error {
	err := d.enter()
	defer d.mu.Unlock()
	if err == nil && d.names[path] == nil {
		err = fs.ErrNotExist
	}
	if err == nil {
		delete(d.names, path)
	}
	return err
}

func (d *disk) SyncFolder(string) error {
	err := d.enter()
	defer d.mu.Unlock()
	if err == nil {
		d.synced = maps.Clone(d.names)
	}
	return err
}

func (f *diskFile) ReadAt(p []byte, offset int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := copy(p, f.octets[min(offset, int64(len(f.octets))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *diskFile) WriteAt(p []byte, offset int64) (int, error) {
	err := f.enter()
	defer f.mu.Unlock()
	if err != nil && !f.fault.half {
		return 0, err
	}
	if err != nil {
		p = p[:len(p)/2]
	}
	end := int(offset) + len(p)
	if end > len(f.octets) {
		f.octets = append(f.octets, make([]byte, end-len(f.octets))...)
	}
	copy(f.octets[offset:], p)
	if f.fault.quiet {
		err = nil
	}
	return len(p), err
}

func (f *diskFile) Truncate(size int64) error {
	err := f.enter()
	defer f.mu.Unlock()
	if err == nil {
		f.octets = f.octets[:size]
	}
	return err
}

func (f *diskFile) Sync() error {
	err := f.enter()
	defer f.mu.Unlock()
	if err == nil {
		f.synced = slices.Clone(f.octets)
	}
	return err
}

func (f *diskFile) Size() (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int64(len(f.octets)), nil
}

func (f *diskFile) Mode() (os.FileMode, error) { return f.mode, nil }

func (f *diskFile) Close() error { return nil }
