package httpwire

import (
	"net"
	"slices"
	"sync"
	"time"
)

const (
	inputBuffer = 4 << 10  // octets read at once, and kept while a request is in progress
	keepAtMost  = 32 << 10 // a larger buffer is not kept for the next burst
	copyBuffer  = 64 << 10 // octets moved at once between a body and a file or another stream
	minimumRoom = 512      // free octets below which an input buffer is compacted or grown
)

// input is what arrives: octets that have been received and not used, and the
// reads that fetch more.
//
// Invariant: 0 <= r <= w <= len(octets).
type input struct {
	conn   *Conn
	socket *socket
	octets []byte
	r, w   int
	filled bool   // by the latest read, to the last octet: more may be waiting
	copied string // of octets[copyAt:copyAt+len(copied)], see text
	copyAt int
}

func newInput() input { return input{octets: make([]byte, inputBuffer)} }

// start makes the input that of a connection.
func (in *input) start(c *Conn, s *socket) { in.conn, in.socket = c, s }

// reset empties the input for another connection.
func (in *input) reset() {
	if len(in.octets) > keepAtMost {
		in.octets = make([]byte, inputBuffer)
	}
	*in = input{octets: in.octets}
}

// hasGrown reports whether the buffer is larger than at first.
func (in *input) hasGrown() bool { return len(in.octets) > inputBuffer }

// window returns the octets not yet used. It aliases the buffer and is valid until
// room is called.
func (in *input) window() []byte { return in.octets[in.r:in.w] }

// use marks n octets at the beginning of the window as used.
func (in *input) use(n int) {
	in.socket.used += int64(n)
	if in.r += n; in.r == in.w {
		in.r, in.w, in.copied = 0, 0, ""
	}
}

// room returns the free octets after the window, to read into. The buffer is
// compacted if there is little room, and doubled if that does not help or if a
// sender keeps filling it; so it never grows beyond twice what was received.
func (in *input) room() []byte {
	if in.filled && in.r == in.w && len(in.octets) < keepAtMost {
		in.octets = make([]byte, 2*len(in.octets))
		in.filled = false // once per read: the room given out stays where it is
	}
	if len(in.octets)-in.w < minimumRoom {
		in.copied = ""
		if in.r > 0 {
			in.w = copy(in.octets, in.window())
			in.r = 0
		}
		if len(in.octets)-in.w < minimumRoom {
			in.octets = append(make([]byte, 0, 2*len(in.octets)), in.octets...)[:2*len(in.octets)]
		}
	}
	return in.octets[in.w:]
}

// received marks n octets of the room as filled.
func (in *input) received(n int) {
	in.w += n
	in.filled = in.w == len(in.octets)
}

// text returns the first n octets of the window as a string that is never
// overwritten. If alone is false what follows them is copied along, so that all
// heads of a pipelined burst share one allocation.
func (in *input) text(n int, alone bool) string {
	at := in.r - in.copyAt
	if in.copied != "" && at+n <= len(in.copied) {
		return in.copied[at : at+n]
	}
	if alone {
		return string(in.octets[in.r : in.r+n])
	}
	in.copied, in.copyAt = string(in.window()), in.r
	return in.copied[:n]
}

// now returns the present instant.
func (in *input) now() instant { return in.socket.clock.now() }

// since returns how much time has passed since an instant.
func (in *input) since(start instant) time.Duration { return in.socket.clock.since(start) }

// fill reads octets into the window, until a deadline: then it returns errTimeout.
func (in *input) fill(deadline instant) (n int, err error) {
	n, err = in.read(in.room(), deadline)
	in.received(n)
	return n, err
}

// read reads from the network into p, until a deadline.
func (in *input) read(p []byte, deadline instant) (n int, err error) {
	n, err = in.socket.read(p, deadline)
	in.conn.traceRead(p[:n])
	return n, err
}

// readPast reads octets into p that never stand in the window, which is empty. It
// pays where p is as large as the buffer: see wants.
func (in *input) readPast(p []byte, deadline instant) (n int, err error) {
	n, err = in.read(p, deadline)
	in.socket.used += int64(n)
	return n, err
}

// wants reports whether octets for p should pass through the window.
func (in *input) wants(p []byte) bool { return len(p) < len(in.octets) }

// lend gives the network's side and the room to a watcher. What it receives there is
// handed in with received; nothing else may be done with the input meanwhile.
func (in *input) lend() (*socket, []byte) { return in.socket, in.room() }

// giveAway gives the connection to another owner, without deadlines: with the octets of the
// window, which its owner reads first, and the error that follows them, if any.
func (in *input) giveAway() (nc net.Conn, early []byte, err error) {
	early = slices.Clone(in.window())
	in.use(len(early))
	return in.socket.nc, early, in.socket.giveAway()
}

// copyBuffers recycles the buffers that bodies are copied through.
var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}
