package websocket

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// inputBuffer is how many octets are read at once.
const inputBuffer = 4 << 10

// buffer is room for octets that have arrived and were not used.
type buffer struct{ octets [inputBuffer]byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// input is what arrives: octets, and how long they are waited for.
//
// Invariant: 0 <= r <= w <= inputBuffer; buffer is nil only if r == w == 0.
type input struct {
	conn   *Conn
	idle   idle // reads that hold no buffer while they wait: idle_unix.go
	buffer *buffer
	r, w   int
	armed  time.Time // the deadline of nc, or one before it; zero if there is none

	// How long the peer has been waited for. The time in which nobody reads is ours,
	// and does not count.
	quiet  time.Duration // since it has sent something, or was pinged
	pinged bool          // a ping waits for an answer

	inMessage bool          // a message, or a frame, is in progress
	waited    time.Duration // for that
	arrived   int64         // octets of its payload
}

// open makes the input that of a connection.
func (in *input) open(c *Conn) {
	in.conn = c
	in.idle.open(c.nc)
}

// window returns the octets not yet used. They may be changed in place, and are valid
// until use or fill is called.
func (in *input) window() []byte {
	if in.buffer == nil {
		return nil
	}
	return in.buffer.octets[in.r:in.w]
}

// use marks n octets at the beginning of the window as used.
func (in *input) use(n int) {
	if in.r += n; in.r == in.w {
		in.r, in.w = 0, 0
	}
}

// rest gives the buffer back if nothing is in it.
func (in *input) rest() {
	if in.buffer != nil && in.w == 0 {
		buffers.Put(in.buffer)
		in.buffer = nil
	}
}

// fill waits for octets and adds them to the window.
func (in *input) fill(ctx context.Context) error {
	return in.await(ctx, func() (n int, err error) {
		if in.w == 0 {
			in.rest()
			in.buffer, n, err = in.idle.read(in.conn.nc)
			in.w = n
			return n, err
		}
		if in.r > 0 {
			in.w = copy(in.buffer.octets[:], in.window())
			in.r = 0
		}
		n, err = in.conn.nc.Read(in.buffer.octets[in.w:])
		in.w += n
		return n, err
	})
}

// readPast waits for octets that never stand in the window, which is empty.
func (in *input) readPast(ctx context.Context, p []byte) (n int, err error) {
	err = in.await(ctx, func() (int, error) {
		var err error
		n, err = in.conn.nc.Read(p)
		return n, err
	})
	return n, err
}

// await calls read until it returns octets or an error that is not a deadline which
// has come too early. When the peer has been silent for long enough, it is pinged.
func (in *input) await(ctx context.Context, read func() (int, error)) error {
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, in.wake)()
	}
	for {
		now := time.Now()
		ends, why := in.deadline(now)
		if err := in.arm(ends); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if limit := in.conn.closing.ends(); why != ErrClosed && !limit.IsZero() && limit.Before(ends) {
			continue // closing has begun meanwhile: wake may have come before arm
		}
		n, err := read()
		in.waitedFor(time.Since(now))
		switch {
		case n > 0:
			in.quiet, in.pinged = 0, false
			return nil
		case err == nil, errors.Is(err, io.EOF):
			return io.EOF
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		}
		in.armed = time.Time{} // it has passed, or wake has changed it
		if ends.IsZero() || time.Now().Before(ends) {
			continue
		}
		if why != nil {
			return why
		}
		in.quiet, in.pinged = 0, in.conn.output.ping()
	}
}

// waitedFor accounts for one wait.
func (in *input) waitedFor(took time.Duration) {
	in.quiet += took
	if in.inMessage {
		in.waited += took
	}
}

// deadline returns until when a read that begins now may wait, and the error when that
// has passed: nil if a ping is to be sent then.
func (in *input) deadline(now time.Time) (ends time.Time, why error) {
	patience := in.conn.endpoint.pingInterval()
	if in.pinged {
		patience, why = in.conn.endpoint.pongTimeout(), errSilent
	}
	if patience > 0 {
		ends = now.Add(patience - in.quiet)
	}
	if in.inMessage {
		due := now.Add(MessageGrace + time.Duration(in.arrived/MinRate)*time.Second - in.waited)
		if ends.IsZero() || due.Before(ends) {
			ends, why = due, errTooSlow
		}
	}
	if limit := in.conn.closing.ends(); !limit.IsZero() && (ends.IsZero() || limit.Before(ends)) {
		ends, why = limit, ErrClosed
	}
	return ends, why
}

// arm sets the deadline of reads, unless the one set comes before it anyway.
func (in *input) arm(ends time.Time) error {
	if ends.IsZero() || !in.armed.IsZero() && !in.armed.After(ends) {
		return nil
	}
	in.armed = ends
	return in.conn.nc.SetReadDeadline(ends)
}

// wake makes a read that waits return, to look again at how long it may wait. It may
// be called by another goroutine.
func (in *input) wake() { in.conn.nc.SetReadDeadline(time.Unix(1, 0)) }

// readBuffered reads from a connection that is not a socket of ours, such as TLS: a
// buffer is held while waiting.
func readBuffered(nc net.Conn) (b *buffer, n int, err error) {
	b = buffers.Get().(*buffer)
	if n, err = nc.Read(b.octets[:]); n == 0 {
		buffers.Put(b)
		return nil, 0, err
	}
	return b, n, nil // an error that came along comes again
}
