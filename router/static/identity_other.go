//go:build !(linux || openbsd || dragonfly || solaris || darwin || freebsd || netbsd)

package static

import (
	"io/fs"
	"time"
)

// identityOf reports that nothing identifies a file (see identity_unix.go).
func identityOf(fs.FileInfo) (inode uint64, changed time.Time, ok bool) {
	return 0, time.Time{}, false
}
