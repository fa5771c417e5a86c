package httpwire

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is the network's side of a connection: reads and writes that end at a
// deadline, and how many octets they have moved.
type socket struct {
	nc     net.Conn
	raw    syscall.RawConn // of nc, if reading can be tried without a buffer: see conn_idle_unix.go
	secure bool            // nc is TLS
	clock  clock
	reads  timer
	writes timer
	failed error // what the next read returns: it came together with octets, or while the client was watched
	used   int64 // octets received and used
	sent   int64 // octets written to the network

	interruption atomic.Int32 // one of the values below
}

// Whether reads fail at once because of interrupt. Once resume has been called,
// interrupt has no effect, not even one that began before.
const (
	uninterrupted = iota
	interrupted
	uninterruptible
)

// open makes nc the socket, accepted now.
func (s *socket) open(nc net.Conn) {
	_, secure := nc.(secureConn)
	s.nc, s.raw, s.secure = nc, rawConn(nc), secure
	s.clock = clock{time.Now()}
	s.reads, s.writes = timer{never}, timer{never}
}

// secureConn is a connection that is TLS.
type secureConn interface{ HandshakeContext(context.Context) error }

// handshake completes a TLS handshake until a deadline, if there is one to
// complete.
func (s *socket) handshake(ctx context.Context, deadline instant) error {
	t, ok := s.nc.(*tls.Conn)
	if !ok {
		return nil
	}
	s.reads.disarm() // that of reading may be armed: the handshake also writes
	s.reads.arm(s.clock, deadline, s.nc.SetDeadline)
	if s.isInterrupted() {
		return errTimeout
	}
	err := t.HandshakeContext(ctx)
	s.reads.arm(s.clock, never, s.nc.SetDeadline)
	return err
}

// armRead sets the deadline of the next read. It fails once the socket has been
// interrupted: the deadline that was set for that may just have been replaced.
func (s *socket) armRead(wanted instant) error {
	err := s.reads.arm(s.clock, wanted, s.nc.SetReadDeadline)
	if s.isInterrupted() {
		return errTimeout
	}
	return err
}

func (s *socket) isInterrupted() bool { return s.interruption.Load() == interrupted }

// read reads into p until the wanted deadline. It returns errTimeout when that
// has passed. An error that comes together with octets is returned by the next
// read, before the network is asked again.
func (s *socket) read(p []byte, wanted instant) (n int, err error) {
	if err = s.takeFailure(); err != nil {
		return 0, err
	}
	for {
		if err = s.armRead(wanted); err != nil {
			return 0, err
		}
		n, err = s.nc.Read(p)
		if n > 0 {
			s.failed = err
			return n, nil
		}
		if err = s.readFailed(err, wanted); err != nil {
			return 0, err
		}
	}
}

// takeFailure returns the error that an earlier read has left.
func (s *socket) takeFailure() error {
	err := s.failed
	s.failed = nil
	return err
}

// hasFailed reports whether an earlier read has left an error.
func (s *socket) hasFailed() bool { return s.failed != nil }

// keepFailure leaves the error of a read that was not our own to the next one,
// unless it only says that the read was woken.
func (s *socket) keepFailure(err error) {
	s.reads.disarm()
	if _, woken := s.reads.fired(s.clock, err, never); !woken {
		s.failed = err
	}
}

// readFailed returns what ends a read: nothing if its deadline was an early one, so
// that it may be tried again.
func (s *socket) readFailed(err error, wanted instant) error {
	switch expired, early := s.reads.fired(s.clock, err, wanted); {
	case expired:
		return errTimeout
	case early:
		return nil
	}
	return err
}

// vector is what a vectored write works on. It would be allocated for each write if
// whoever writes did not keep one.
type vector struct {
	parts   [2][]byte
	buffers net.Buffers // of parts
}

// write writes head and tail with one call, vectored where both have octets, until
// the deadline that armWrite has set. TLS gets a large tail in pieces, since it
// cannot tell how far a write came that met its deadline.
func (s *socket) write(head, tail []byte, v *vector) (n int64, err error) {
	if s.secure {
		tail = tail[:min(len(tail), copyBuffer)]
	}
	if len(head) > 0 && len(tail) > 0 {
		v.parts = [2][]byte{head, tail}
		v.buffers = v.parts[:]
		n, err = v.buffers.WriteTo(s.nc)
	} else {
		whole := head
		if len(head) == 0 {
			whole = tail
		}
		var written int
		written, err = s.nc.Write(whole)
		n = int64(written)
	}
	s.sent += n
	return n, err
}

// writeFile writes a file to a TCP connection without its octets passing through
// here.
func (s *socket) writeFile(file *io.LimitedReader) (n int64, err error) {
	n, err = s.tcp().ReadFrom(file)
	s.sent += n
	return n, err
}

// tcp returns the connection if the octets of HTTP are those of TCP, or nil.
func (s *socket) tcp() *net.TCPConn {
	tcp, _ := s.nc.(*net.TCPConn)
	return tcp
}

// armWrite sets the deadline of the next write.
func (s *socket) armWrite(wanted instant) error {
	if s.secure {
		s.writes.disarm() // an early deadline would break the connection: set the exact one
	}
	return s.writes.arm(s.clock, wanted, s.nc.SetWriteDeadline)
}

// writeFailed returns what ends a write that returned err: nothing if it may be
// tried again, because its deadline was an early one or the peer has taken
// something. TLS cannot go on after half a record.
func (s *socket) writeFailed(err error, progress bool, wanted instant) error {
	expired, early := s.writes.fired(s.clock, err, wanted)
	switch {
	case !expired && !early:
		return err
	case expired && !progress, s.secure:
		return errTimeout
	}
	return nil
}

// interrupt makes a read that waits, and those that follow, fail with errTimeout,
// until resume. It may be called by another goroutine.
func (s *socket) interrupt() {
	if s.interruption.CompareAndSwap(uninterrupted, interrupted) {
		s.wakeRead()
	}
}

// wakeRead makes a read that waits return.
func (s *socket) wakeRead() { s.nc.SetReadDeadline(time.Unix(1, 0)) }

// resume makes reading possible again, for good. A deadline that interrupt sets
// later is one that fires early.
func (s *socket) resume() {
	s.interruption.Store(uninterruptible)
	s.reads.disarm()
}

// giveAway takes the deadlines away, for an owner who sets his own, and returns the
// error that an earlier read has left.
func (s *socket) giveAway() error {
	s.nc.SetDeadline(time.Time{})
	return s.takeFailure()
}

// closeWrite closes our half of the connection. It reports whether that is
// possible and has been done.
func (s *socket) closeWrite() bool {
	half, ok := s.nc.(interface{ CloseWrite() error })
	return ok && half.CloseWrite() == nil
}

// close closes the connection in good order.
func (s *socket) close() { s.nc.Close() }

// resetOnClose makes close send a reset instead of an orderly end, so that the client
// cannot take what it has for the whole response. For the same reason TLS is not
// given the time to say goodbye.
func (s *socket) resetOnClose() {
	nc := s.nc
	t, isTLS := nc.(*tls.Conn)
	if isTLS {
		nc = t.NetConn()
	}
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	if isTLS {
		nc.Close()
	}
}
