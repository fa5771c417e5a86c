//go:build unix

package static

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe looks for a pipe nobody writes to: opening it as usual would block
// for ever.
func TestPipe(t *testing.T) {
	root, dir := folder(t, map[string]string{"a.txt": "a"})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip(err)
	}
	if got := content(t, root, "pipe"); got != "" {
		t.Errorf("pipe: got %q", got)
	}
	// The pipe took the place of a regular file after the look.
	if f, _, err := openFile(root, "pipe", stat(t, root, "a.txt")); err == nil {
		f.Close()
		t.Error("a pipe was opened as a file")
	}
}
