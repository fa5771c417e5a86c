//go:build linux || openbsd || dragonfly || solaris

package static

import (
	"io/fs"
	"syscall"
	"time"
)

// identityOf returns the inode of a file and the time of its last change, of
// whatever kind: the system sets it, and nobody can set it back. It reports false
// where there is no such thing.
func identityOf(info fs.FileInfo) (inode uint64, changed time.Time, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, time.Time{}, false
	}
	return uint64(s.Ino), time.Unix(s.Ctim.Unix()), true
}
