package conformance

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// maxReceived bounds what is kept of one connection, in octets. A server that
// sends more is cut off, and the case fails.
const maxReceived = 8 << 20

// maxRemembered bounds what is kept of the octets sent, in octets: enough to
// find the requests among them.
const maxRemembered = 256 << 10

var errFlood = errors.New("the server sent more octets than any case asks for")

// stream is one connection to the server under test, with all that arrived on
// it. A goroutine reads from the start, so that the server is never kept from
// writing, and a reset is seen when it happens.
type stream struct {
	conn net.Conn
	name string // "" for the first of a case
	log  *transcript
	done chan struct{} // closed when the reader has ended

	mu    sync.Mutex
	in    []byte
	end   error         // nil while the server may still send; io.EOF once it closed
	grown chan struct{} // closed and replaced whenever in or end changes

	// Used by the player alone.
	out       []byte // beginning of what was sent
	sendErr   error  // why not everything could be sent
	shut      bool   // the client has closed its side
	at        int    // octets of in that were looked at
	finals    int    // final responses among them
	lastFinal int    // status of the last of these
}

// dial opens a connection and begins to read from it.
func dial(ctx context.Context, addr, name string, log *transcript) (*stream, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &stream{conn: conn, name: name, log: log, done: make(chan struct{}), grown: make(chan struct{})}
	go s.read()
	return s, nil
}

// read collects octets until the server ends or floods.
func (s *stream) read() {
	defer close(s.done)
	buf := make([]byte, 32<<10)
	for {
		n, err := s.conn.Read(buf)
		if n > 0 {
			s.log.received(s.name, buf[:n])
		}
		if err == nil && s.received()+n > maxReceived {
			err = errFlood
		}
		s.grow(buf[:n], err)
		if err != nil {
			s.log.event(s.name, describeEnd(err))
			return
		}
	}
}

// received returns how many octets have arrived.
func (s *stream) received() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.in)
}

// grow adds what one read gave and wakes whoever waits for it.
func (s *stream) grow(data []byte, end error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in = append(s.in, data...)
	s.end = end
	close(s.grown)
	s.grown = make(chan struct{})
}

// state returns what has arrived, whether more can come, and a channel closed
// when that changes. The octets must not be changed.
func (s *stream) state() (in []byte, grown <-chan struct{}, end error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in[:len(s.in):len(s.in)], s.grown, s.end
}

// wait calls ready with what has arrived, now and after each change, until it
// reports true or the context ends. It reports whether ready did.
func (s *stream) wait(ctx context.Context, ready func(in []byte, end error) bool) bool {
	for {
		in, grown, end := s.state()
		if ready(in, end) {
			return true
		}
		if end != nil {
			return false
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return false
		}
	}
}

// send writes octets. What goes wrong is kept for later: a server may well
// answer and close before it has read everything.
func (s *stream) send(octets string, until time.Time) {
	s.log.sent(s.name, octets)
	s.out = append(s.out, octets[:min(len(octets), maxRemembered-min(len(s.out), maxRemembered))]...)
	s.conn.SetWriteDeadline(until)
	if _, err := io.WriteString(s.conn, octets); err != nil && s.sendErr == nil {
		s.sendErr = err
		s.log.event(s.name, "not all could be sent: "+describeEnd(err))
	}
}

// halfClose closes the client's side.
func (s *stream) halfClose() {
	s.shut = true
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
}

// reset closes the connection so that the server sees a reset.
func (s *stream) reset() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	s.close()
}

// close closes the connection and waits for the reader.
func (s *stream) close() {
	s.shut = true
	s.conn.Close()
	<-s.done
}

// wasReset reports whether an error means that the peer, or the way to it,
// broke the connection off.
func wasReset(err error) bool {
	var timeout net.Error
	if err == nil || err == io.EOF || err == errFlood || errors.Is(err, net.ErrClosed) {
		return false
	}
	return !errors.As(err, &timeout) || !timeout.Timeout()
}

// describeEnd says in words why a connection ended.
func describeEnd(err error) string {
	switch {
	case err == io.EOF:
		return "closed by the server"
	case errors.Is(err, net.ErrClosed):
		return "closed by the client"
	case err == errFlood:
		return err.Error()
	case wasReset(err):
		return "reset by the server"
	}
	return err.Error()
}
