package logstore

import (
	"errors"
	"os"
	"syscall"
)

// replacesOpenFiles says that no file can get the name of another one that is open:
// so logs are not compacted here.
const replacesOpenFiles = false

const sharingViolation = syscall.Errno(32) // ERROR_SHARING_VIOLATION, which package syscall does not name

// lockFile opens a file so that no other process can open it for writing, until it is
// closed or the process ends. It fails with errLocked if another one has.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, syscall.FILE_SHARE_READ,
		nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errLocked
	case err != nil:
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}

// syncFolder does nothing: Windows writes the names itself.
func syncFolder(string) error { return nil }
