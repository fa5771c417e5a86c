//go:build unix

package httpwire

import "syscall"

// filesForOthers is how many file descriptors are left to files, listeners and
// whatever else the process opens: so many, or a quarter of all if that is less.
const filesForOthers = 64

// connsForFiles returns how many connections the limit of open files has room for.
func connsForFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<30 {
		return 1 << 30
	}
	return max(1, int(limit.Cur-min(filesForOthers, limit.Cur/4)))
}
