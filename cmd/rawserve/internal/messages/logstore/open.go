package logstore

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
)

// fileMode is the permissions of a new log: messages may be private.
const fileMode os.FileMode = 0o600

// Open opens the log at a path, and makes one if there is nothing. It fails if
// another process has it open, if it is damaged (*DamageError), and if it is
// anything else than a log; then nothing is changed. Who opens a store closes it.
func Open(path string, o Options) (*Store, error) {
	path, lock, err := claim(path)
	if err != nil {
		return nil, err
	}
	s, err := open(path, osFiles{}, o)
	if err != nil {
		lock.Close()
		return nil, err
	}
	s.lock = lock
	return s, nil
}

// claim checks that a log can be at a path, and takes it for this process. It
// returns the path with links resolved: the log is replaced when it is compacted,
// and a link must stay one.
func claim(path string) (string, *os.File, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := checkKind(path); err != nil {
		return "", nil, err
	}
	if err := checkBeginning(path); err != nil {
		return "", nil, err
	}
	lock, err := takeLock(path)
	return path, lock, err
}

// checkKind returns an error if something other than a file is at a path, or nothing
// can be.
func checkKind(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		folder := filepath.Dir(path)
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return nil
		}
		return fmt.Errorf("there is no folder %s for %s (make it first)", folder, filepath.Base(path))
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; it takes a file in one", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is %s; it takes a file", path, kindOf(info.Mode()))
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s is read-only (chmod u+w makes it writable)", path)
	}
	return nil
}

// kindOf says what is no file and no folder.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "no file"
}

// checkBeginning returns an error if a file of another program is at a path.
func checkBeginning(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	const beginning = `{"rawserve":"messages",`
	switch octets, err := io.ReadAll(io.LimitReader(f, int64(len(beginning)))); {
	case err != nil:
		return err
	case len(octets) == 0:
		return fmt.Errorf("%s is empty, which no log ever is (remove it to begin a new one)", path)
	case string(octets) != beginning:
		return fmt.Errorf("%s is not a log of messages: it does not begin with %s (choose another file)", path, beginning)
	}
	return nil
}

// errLocked says that another process has locked a file.
var errLocked = errors.New("locked")

// takeLock takes the log at a path for this process. What is locked is a file next
// to it, since the log gets replaced by another file when it is compacted. It says
// which process has it, and stays when that ends: if it were removed, two processes
// could lock two files of that name.
func takeLock(path string) (*os.File, error) {
	name := path + ".lock"
	lock, err := lockFile(name)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s is in use by %s (two processes cannot share a file)", path, holder(name))
	}
	if err != nil {
		return nil, err
	}
	pid := []byte(strconv.Itoa(os.Getpid()) + "\n")
	if err := errors.Join(lock.Truncate(0), writeAt(osFile{lock}, pid, 0)); err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

// holder says who has locked a file.
func holder(name string) string {
	octets, err := os.ReadFile(name)
	if pid := strings.TrimSpace(string(octets)); err == nil && pid != "" {
		return "process " + pid
	}
	return "another process"
}

// open opens the log at a path that is this process's.
func open(path string, files files, o Options) (*Store, error) {
	s := &Store{
		path:    path,
		files:   files,
		options: o.resolved(),
		queue:   make(chan *operation, queueLength),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
		log:     log{lines: newLines(), ready: make(chan *compaction, 1)},
	}
	if err := s.openLog(); err != nil {
		return nil, err
	}
	go s.commit()
	return s, nil
}

// resolved returns the options with the defaults in the place of what is not set.
func (o Options) resolved() Options {
	o.MaxMessages = cmp.Or(o.MaxMessages, DefaultMaxMessages)
	o.MaxOctets = cmp.Or(o.MaxOctets, DefaultMaxOctets)
	o.compactAtLeast = cmp.Or(o.compactAtLeast, compactAtLeast)
	if o.Report == nil {
		o.Report = func(string) {}
	}
	return o
}

// openLog opens the log, or makes one.
func (s *Store) openLog() error {
	err := s.files.Remove(compactingPath(s.path)) // of a process that was killed
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := s.files.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		h := header{format, version, time.Now().UnixMicro(), messages.Place{}.String(), 0}
		if err := makeLog(s.files, s.path, h, nil); err != nil {
			return fmt.Errorf("%s could not be made: %w", s.path, err)
		}
		f, err = s.files.Open(s.path)
	}
	if err != nil {
		return err
	}
	if err := s.read(f); err != nil {
		f.Close()
		return err
	}
	s.log.file = f
	return nil
}

// makeLog makes a log of messages at a path where there is none.
func makeLog(files files, path string, h header, kept []messages.Message) (err error) {
	var n newLog
	defer func() {
		if err != nil {
			n.drop(files)
		}
	}()
	if err := n.create(files, path, fileMode, h); err != nil {
		return err
	}
	for _, m := range kept {
		if err := n.add(record{Op: opKept, ID: m.ID, Rev: m.Revision, Text: m.Text}); err != nil {
			return err
		}
	}
	if err := n.complete(h.ID); err != nil {
		return err
	}
	if err := n.file.Close(); err != nil {
		return err
	}
	if err := files.Rename(n.path, path); err != nil {
		return err
	}
	return files.SyncFolder(path)
}

// read reads the log, cuts off what a write that was cut short has left, and waits
// until all that is left, and the name of the log, is on the disk: a process that was
// killed may have written records, or put a new log in the place of an old one, and
// not synced that. From now on it will be seen, and added to.
func (s *Store) read(f file) error {
	l, err := newLoader(s.path, f, s.options.Report)
	if err != nil {
		return err
	}
	l.state.history.MaxChanges = s.options.historyChanges
	if err := l.load(); err != nil {
		return err
	}
	if torn := l.size - l.good; torn > 0 {
		if err := f.Truncate(l.good); err != nil {
			return err
		}
		s.options.Report(fmt.Sprintf("the last write to %s was cut short: its %d octets, from octet %d on, were cut off (nobody was told that they are kept)",
			s.path, torn, l.good))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := s.files.SyncFolder(s.path); err != nil {
		return err
	}
	l.finish()
	s.state = l.state
	s.log.end.Store(l.good)
	return nil
}
