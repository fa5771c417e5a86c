//go:build unix

package httpwire

import "syscall"

// Of the file descriptors of the process so many, or a quarter of all if that is less,
// are left to listeners, logs and whatever else it opens. A connection may need two:
// its own, and that of a file which is being sent.
const (
	filesForOthers = 64
	filesPerConn   = 2
)

// connsForFiles returns how many connections the limit of open files has room for.
func connsForFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1 << 30
	}
	return connsWithin(uint64(limit.Cur))
}

// connsWithin returns how many connections so many file descriptors have room for.
func connsWithin(files uint64) int {
	files = min(files, 1<<31)
	return max(1, int(files-min(filesForOthers, files/4))/filesPerConn)
}
