//go:build darwin || freebsd || netbsd

package static

import (
	"io/fs"
	"syscall"
	"time"
)

// identityOf is that of identity_unix.go, for systems that name the field otherwise.
func identityOf(info fs.FileInfo) (inode uint64, changed time.Time, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, time.Time{}, false
	}
	return uint64(s.Ino), time.Unix(s.Ctimespec.Unix()), true
}
