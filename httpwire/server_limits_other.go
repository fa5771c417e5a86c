//go:build !unix

package httpwire

// connsForFiles returns how many connections the limit of open files has room
// for; here there is no such limit.
func connsForFiles() int { return 1 << 30 }
