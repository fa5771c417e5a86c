//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package logstore

import (
	"errors"
	"os"
	"syscall"
)

// replacesOpenFiles says that a file can get the name of another one that is open.
const replacesOpenFiles = true

// lockFile opens a file that no other process has locked and locks it, until it is
// closed or the process ends, however that happens. It fails with errLocked if
// another one has.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != syscall.EINTR {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errLocked
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}

// syncFolder waits until the names in a folder are on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
