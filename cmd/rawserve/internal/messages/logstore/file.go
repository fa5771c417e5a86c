package logstore

import (
	"io"
	"os"
	"path/filepath"
)

// file is an open log. Only tests have another kind than osFile, one that fails.
type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Size() (int64, error)
	Mode() (os.FileMode, error) // the permissions
	Close() error
}

// files is where logs are. Only tests have another kind than osFiles.
type files interface {
	// Open opens a file that exists, for reading and writing.
	Open(path string) (file, error)

	// Create makes a file that does not exist yet, with these permissions where the
	// file system has such.
	Create(path string, mode os.FileMode) (file, error)

	// Rename gives a file another name, which may be that of another file, in the
	// same folder.
	Rename(from, to string) error

	// Remove removes a file. That there is none is an error.
	Remove(path string) error

	// SyncFolder waits until the names of the files in the folder of path are on
	// the disk.
	SyncFolder(path string) error
}

type osFile struct{ *os.File }

// Size returns the length of the file, in octets.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Mode returns the permissions of the file.
func (f osFile) Mode() (os.FileMode, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

type osFiles struct{}

func (osFiles) Open(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osFiles) Create(path string, mode os.FileMode) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	f.Chmod(mode) // the umask may have taken some
	return osFile{f}, nil
}

func (osFiles) Rename(from, to string) error { return os.Rename(from, to) }

func (osFiles) Remove(path string) error { return os.Remove(path) }

func (osFiles) SyncFolder(path string) error { return syncFolder(filepath.Dir(path)) }
