package static

import (
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookAgain is how long a folder is taken to be the one that its name leads to.
const lookAgain = time.Second

// Folder is a folder whose files are served. It is found by its name again and
// again, at most once a second: where the name is a link that a deployment
// switches, as in "current -> release-42", the files of the new release are served
// from then on, and answers in progress go on with the file that they have opened.
// While the name leads nowhere, the folder that it led to before is served.
type Folder struct {
	name  string
	now   func() time.Time // says also whether a file has settled
	begun time.Time
	due   atomic.Int64 // when to look again, in nanoseconds since begun

	mu   sync.RWMutex // held for reading while a file is looked up, so that its root stays open
	root *os.Root
	info fs.FileInfo // of root
}

// Open opens a folder. The name may be that of a symbolic link, and its folder need
// not stay the same; see Folder. The error is an *fs.PathError.
func Open(name string) (*Folder, error) {
	f := &Folder{name: name, now: time.Now, begun: time.Now()}
	f.due.Store(int64(lookAgain))
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

// Close closes the folder. Nothing may be served from it any more.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.root.Close()
}

// open opens the folder that the name leads to, in place of the one before.
func (f *Folder) open() error {
	root, err := os.OpenRoot(f.name)
	if err != nil {
		return err
	}
	info, err := root.Stat(".")
	if err != nil {
		root.Close()
		return err
	}
	f.mu.Lock()
	before := f.root
	f.root, f.info = root, info
	f.mu.Unlock()
	if before != nil {
		before.Close()
	}
	return nil
}

// follow looks where the name leads, if that is due, and opens the folder if it is
// another one. Of many requests only one looks, and no other waits for it. Errors
// are ignored: until there is another folder, this one is served.
func (f *Folder) follow() {
	now, due := f.now().Sub(f.begun), f.due.Load()
	if int64(now) < due || !f.due.CompareAndSwap(due, int64(now+lookAgain)) {
		return
	}
	info, err := os.Stat(f.name)
	f.mu.RLock()
	same := err != nil || os.SameFile(info, f.info)
	f.mu.RUnlock()
	if !same {
		f.open()
	}
}

// lookUp opens the file that the segments name. See lookup.go.
func (f *Folder) lookUp(segments []string) (*os.File, fs.FileInfo, error) {
	f.follow()
	f.mu.RLock()
	defer f.mu.RUnlock()
	return lookUp(f.root, segments)
}
