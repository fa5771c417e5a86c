package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	outputAtMost = 1 << 20     // octets of log that may wait to be written
	outputGrace  = time.Second // for what waits when the process ends
)

// output is a writer that never makes its caller wait, so that no answer has to
// wait for a log: not for a pipe that nobody reads, and not for a terminal that
// someone has stopped with Ctrl-S. What does not fit any more while the writer
// it feeds is stuck is lost, and so is what that writer fails to write, such as to a
// full disk. Both are said and counted.
type output struct {
	to   io.Writer
	note io.Writer // where to say what was lost; nil = to

	mu      sync.Mutex
	waiting []byte
	lost    int           // calls of Write whose octets did not fit
	failed  int           // lines that could not be written since the latest one that was
	idle    chan struct{} // closed when all is written; nil = nothing ever was
	writing bool

	broken bool // half a line has been written; of the goroutine that writes
}

// Write keeps p to be written soon, whole or not at all.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) > 0 && len(o.waiting)+len(p) > outputAtMost {
		o.lost++
		return len(p), nil
	}
	o.waiting = append(o.waiting, p...)
	if !o.writing {
		o.writing, o.idle = true, make(chan struct{})
		go o.writeAll(o.idle)
	}
	return len(p), nil
}

// writeAll writes until nothing waits any more. Everything that has come in
// during one write goes out with the next one.
func (o *output) writeAll(idle chan struct{}) {
	defer close(idle)
	for {
		batch, lost := o.take()
		if len(batch) == 0 {
			return
		}
		o.writeBatch(batch)
		if lost > 0 {
			o.complain("lines lost of a log that nobody reads: %d", lost)
		}
		o.recycle(batch)
	}
}

// take returns what waits, and how much was lost after it.
func (o *output) take() (batch []byte, lost int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch, o.waiting = o.waiting, nil
	lost, o.lost = o.lost, 0
	o.writing = len(batch) > 0
	return batch, lost
}

// recycle keeps the storage of a batch for what comes next, unless a crowd has
// made it large.
func (o *output) recycle(batch []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiting == nil && cap(batch) <= 64<<10 {
		o.waiting = batch[:0]
	}
}

// writeBatch writes whole lines. That they cannot be written is said once, and how many
// were lost when they can be again.
func (o *output) writeBatch(batch []byte) {
	if o.broken { // what follows half a line would be none
		_, err := o.to.Write([]byte("\n"))
		o.broken = err != nil
	}
	n, err := o.to.Write(batch)
	if err == nil {
		o.reportFailed()
		return
	}
	if n > 0 {
		o.broken = batch[n-1] != '\n'
	}
	if before := o.addFailed(bytes.Count(batch[n:], []byte("\n"))); before == 0 {
		o.complain("the log cannot be written, and its lines are lost until it can: %v", err)
	}
}

// addFailed counts lines that could not be written, and returns how many there were
// before.
func (o *output) addFailed(lines int) (before int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before = o.failed
	o.failed += lines
	return before
}

// reportFailed says how many lines could not be written.
func (o *output) reportFailed() {
	o.mu.Lock()
	failed := o.failed
	o.failed = 0
	o.mu.Unlock()
	if failed > 0 {
		o.complain("lines lost of a log that could not be written: %d", failed)
	}
}

// complain says that lines are missing.
func (o *output) complain(format string, value any) {
	var note io.Writer = o
	if o.note != nil {
		note = o.note
	}
	fmt.Fprintf(note, "rawserve: "+format+"\n", value)
}

// flush waits until all is written, but not for ever.
func (o *output) flush() {
	o.mu.Lock()
	idle := o.idle
	o.mu.Unlock()
	if idle == nil {
		return
	}
	select {
	case <-idle:
		o.reportFailed()
	case <-time.After(outputGrace):
	}
}
