//go:build race

package httpwire

// raceDetector says that the race detector is at work: then sync.Pool drops some of
// what it is given.
const raceDetector = true
