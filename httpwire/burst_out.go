package httpwire

import (
	"errors"
	"io"
	"os"
	"time"

	"rawserve/httpwire/syntax"
)

// outputBuffer is how many octets of finished answers may wait for the end of a
// burst, and how many of a response's content before its head is sent.
const outputBuffer = 16 << 10

// output is what leaves: answers that wait to be written, the content of the
// present response that is not framed yet, and the writes.
//
// What is queued is written when the burst is about to wait for octets or is over
// (burst.go; for octets of a body request_body.go), when a handler flushes, sends
// an interim response, takes the connection or asks for the context, and here when
// it does not fit the buffer or a file follows.
type output struct {
	conn    *Conn
	socket  *socket
	queue   []byte // answers and interim responses not yet written to the network
	content []byte // written by the handler, not framed yet
	pace    pace   // of the present response
	timeout time.Duration
	err     error // what ended writing; what was to be written after it never left
	vector  vector
}

// start makes the output that of a connection.
func (out *output) start(c *Conn, s *socket) { out.conn, out.socket = c, s }

// reset empties the output for another connection.
func (out *output) reset() {
	*out = output{queue: recycle(out.queue), content: recycle(out.content)}
}

// hasGrown reports whether a buffer is larger than what usually waits in it.
func (out *output) hasGrown() bool { return cap(out.queue)+cap(out.content) > inputBuffer }

// recycle empties a buffer, and drops it if it has grown too large to keep.
func recycle(b []byte) []byte {
	if cap(b) > keepAtMost {
		return nil
	}
	return b[:0]
}

// begin readies the output for another response.
func (out *output) begin(timeout time.Duration) {
	out.pace, out.timeout = pace{}, timeout
}

// setTimeout sets how long a write of the present response may wait.
func (out *output) setTimeout(d time.Duration) { out.timeout = d }

// position returns how many octets have been written or queued on the connection.
func (out *output) position() int64 { return out.socket.sent + int64(len(out.queue)) }

// tail returns the queue for the head of a response to be appended to; setTail
// stores it with what has been appended.
func (out *output) tail() []byte     { return out.queue }
func (out *output) setTail(b []byte) { out.queue = b }

// hold keeps content back, as long as the head can wait. It reports false if the
// buffer has no room for it.
func (out *output) hold(p []byte) bool {
	if len(out.content)+len(p) > outputBuffer {
		return false
	}
	out.content = append(out.content, p...)
	return true
}

// holdString is hold for a string.
func (out *output) holdString(s string) bool {
	if len(out.content)+len(s) > outputBuffer {
		return false
	}
	out.content = append(out.content, s...)
	return true
}

// held returns how many octets of content are held back.
func (out *output) held() int { return len(out.content) }

// drop forgets the content that is held back.
func (out *output) drop() { out.content = out.content[:0] }

// replace holds back other content, of any length.
func (out *output) replace(content []byte) { out.content = append(out.content[:0], content...) }

// send sends content as it is, after what is held back.
func (out *output) send(p []byte) error {
	out.queue = append(out.queue, out.content...)
	out.drop()
	if len(out.queue)+len(p) <= outputBuffer {
		out.queue = append(out.queue, p...)
		return nil
	}
	return out.write(p)
}

// sendChunked sends content in the chunked transfer coding. Small pieces are held
// back until together they are worth a chunk.
func (out *output) sendChunked(p []byte) error {
	if out.hold(p) {
		return nil
	}
	out.queue = syntax.AppendChunkSize(out.queue, len(out.content)+len(p))
	out.queue = append(out.queue, out.content...)
	out.drop()
	err := out.write(p)
	out.queue = syntax.AppendChunkEnd(out.queue)
	return err
}

// endChunk makes a chunk of what is held back.
func (out *output) endChunk() {
	if len(out.content) > 0 {
		out.queue = syntax.AppendChunk(out.queue, out.content)
		out.drop()
	}
}

// endChunked ends a chunked body, with the field lines of a trailer section.
func (out *output) endChunked(trailer []byte) {
	out.endChunk()
	out.queue = syntax.AppendLastChunk(out.queue, trailer)
}

// flush writes what is queued.
func (out *output) flush() error {
	if len(out.queue) == 0 {
		return out.err
	}
	return out.write(nil)
}

// flushLarge is flush if more is queued than may wait for the end of the burst.
func (out *output) flushLarge() error {
	if len(out.queue) > outputBuffer {
		return out.flush()
	}
	return nil
}

// write writes what is queued and then p, with one system call where the platform
// can.
func (out *output) write(p []byte) error {
	head := out.queue
	out.queue = out.queue[:0] // before a hook may panic: nothing is sent twice
	if out.err == nil {
		out.err = out.deliver(func() (n int64, done bool, err error) {
			n, err = out.socket.write(head, p, &out.vector)
			taken := min(n, int64(len(head)))
			out.conn.traceWrite(head[:taken])
			out.conn.traceWrite(p[:n-taken])
			head, p = head[taken:], p[n-taken:]
			return n, len(head)+len(p) == 0, err
		})
	}
	return out.err
}

// sendFile writes what is queued and then the file, which goes to the network
// without passing through here. It returns how many octets of it have left.
func (out *output) sendFile(file *io.LimitedReader) (sent int64, err error) {
	if err := out.flush(); err != nil {
		return 0, err
	}
	out.err = out.deliver(func() (n int64, done bool, err error) {
		before := file.N
		n, err = out.socket.writeFile(file)
		sent += n
		out.conn.traceSendfile(n)
		if errors.Is(err, os.ErrDeadlineExceeded) && before-file.N != n {
			err = errTimeout // octets have left the file, but not this machine: there is no going on
		}
		return n, err == nil, err
	})
	return sent, out.err
}

// failure returns what ended writing, or nil.
func (out *output) failure() error { return out.err }

// canSendFile reports whether a file can go to the network past our memory.
func (out *output) canSendFile() bool { return out.socket.tcp() != nil }

// deliver calls attempt, which writes some octets, until it is done or the peer
// takes them too slowly. A deadline that passes while the peer makes progress is no
// error.
func (out *output) deliver(attempt func() (n int64, done bool, err error)) error {
	s := out.socket
	var deadline instant
	for progress := true; ; {
		start := s.clock.now()
		if progress {
			deadline = out.pace.deadline(start, out.timeout, out.conn.limits().rate)
		}
		if err := s.armWrite(deadline); err != nil {
			return err
		}
		n, done, err := attempt()
		out.pace.add(n, s.clock.since(start))
		progress = n > 0
		if err = s.writeFailed(err, progress, deadline); err != nil || done {
			return err
		}
	}
}
