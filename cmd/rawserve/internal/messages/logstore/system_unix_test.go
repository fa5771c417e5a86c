//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package logstore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A log is one process's, also when it was compacted; the other is told which.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := openFile(t, path, Options{})
	_, err := Open(path, Options{})
	if want := fmt.Sprintf("%s is in use by process %d", path, os.Getpid()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if err := Repair(path, func(string) {}); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("Repair: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openFile(t, path, Options{})
}

// A named pipe is refused, and not waited for.
func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "is a named pipe") {
		t.Errorf("got %v", err)
	}
}
