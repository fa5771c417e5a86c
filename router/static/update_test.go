package static

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestUpdate updates a ConfigMap as kubelet does, again and again, while it is
// served: it makes a new folder, exchanges the link "..data" and removes the old
// folder. The file is always there, so it is never answered 404.
func TestUpdate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be removed")
	}
	root, dir := folder(t, map[string]string{"..0/config.json": "{}"})
	link(t, "..0", filepath.Join(dir, "..data"))
	link(t, filepath.Join("..data", "config.json"), filepath.Join(dir, "config.json"))

	done, read := make(chan error, 1), make(chan struct{})
	go func() { done <- update(dir, 200, read) }()
	missing, total := 0, 0
	for {
		if content(t, root, "config.json") != "{}" {
			missing++
		}
		total++
		select {
		case read <- struct{}{}:
		case err := <-done:
			must(t, err)
			if missing > 0 {
				t.Errorf("the file was missing %d times of %d", missing, total)
			}
			return
		default:
		}
	}
}

// update exchanges the folder that "..data" leads to, some times. After each of
// them it waits for the end of a look-up, so that none sees two updates.
func update(dir string, times int, read <-chan struct{}) error {
	for i := range times {
		next := fmt.Sprintf("..%d", i+1)
		if err := os.Mkdir(filepath.Join(dir, next), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, next, "config.json"), []byte("{}"), 0o644); err != nil {
			return err
		}
		if err := os.Symlink(next, filepath.Join(dir, "..data_tmp")); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(dir, fmt.Sprintf("..%d", i))); err != nil {
			return err
		}
		<-read
	}
	return nil
}
