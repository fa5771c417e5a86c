package httpwire

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"rawserve/httpwire/syntax"
)

// Defaults of the timeouts.
const (
	defaultHeadTimeout   = 10 * time.Second
	defaultBodyTimeout   = 30 * time.Second
	defaultWriteTimeout  = 30 * time.Second
	defaultIdleTimeout   = 75 * time.Second
	defaultLingerTimeout = time.Second
)

// ErrServerClosed is what Serve returns after Shutdown or Close.
var ErrServerClosed = errors.New("httpwire: server closed")

var errNoHandler = errors.New("httpwire: Server.Handler is nil: set it to a function that answers requests")

// Server serves HTTP/1.1 on listeners. Its fields must not change while it
// serves. For every limit and timeout zero means the default, and a negative
// number means none; but a head is never larger than 65,535 octets.
//
// Whoever sends a request body or takes a response must also keep a minimum rate
// of 240 octets per second on average, not counting the first 5 s. It ends a wait
// sooner than BodyTimeout or WriteTimeout where little has been moved so far.
type Server struct {
	Handler Handler // answers the requests; must not be nil

	MaxRequestLine int   // octets; default 16 KiB. Longer: 414
	MaxHead        int   // octets; default 32 KiB. Larger: 431
	MaxFields      int   // field lines; default 128. More: 431
	MaxChunkLine   int   // octets of a chunk-size line; default 4 KiB. Longer: 400
	MaxTrailer     int   // octets of a trailer section; default 8 KiB. Larger: 431
	MaxBody        int64 // octets of content; default 1 MiB. Larger: 413. See Body.SetLimit
	MaxConns       int   // connections; default 10,000, or fewer where file descriptors are scarce. More wait to be accepted

	HeadTimeout   time.Duration // from the first octet of a head, or from accept; default 10 s. Then 408
	BodyTimeout   time.Duration // between reads of a body that make progress; default 30 s. Then 408
	WriteTimeout  time.Duration // between writes that make progress; default 30 s
	IdleTimeout   time.Duration // between a response and the next request; default 75 s
	LingerTimeout time.Duration // between the last answer and the close; default 1 s

	OnConnection func(c *Conn) error                                      // may refuse a connection: it is closed unanswered
	OnRequest    func(r *Request)                                         // sees a request before the handler does
	OnError      func(c *Conn, e *syntax.Error, received []byte) *Problem // sees a refusal and what was received and not used, which is valid during the call; may shape the answer; nil keeps the usual one
	OnExchange   func(e Exchange)                                         // sees every exchange when it is over, refusals included
	OnClose      func(c *Conn, info CloseInfo)                            // sees the end of every connection that was not handed over
	OnUpgrade    func(c *Conn, protocol string)                           // sees a connection handed over; protocol is "" if it was hijacked
	ErrorLog     *slog.Logger                                             // failures of handlers and of accept; nil discards them
	Trace        *Trace                                                   // nil is off

	setUp    sync.Once
	lastID   atomic.Uint64
	draining atomic.Bool
	date     dateLine
	slots    chan struct{}      // one for each connection
	base     context.Context    // cancelled when the server stops without waiting
	stop     context.CancelFunc // cancels base

	mu        sync.Mutex
	conns     map[*Conn]struct{}
	listeners map[net.Listener]struct{}
	drained   chan struct{} // closed when draining and no connection is left
}

// initialise makes the zero value ready.
func (s *Server) initialise() {
	s.setUp.Do(func() {
		s.conns = make(map[*Conn]struct{})
		s.listeners = make(map[net.Listener]struct{})
		s.drained = make(chan struct{})
		s.base, s.stop = context.WithCancel(context.Background())
		if most := s.maxConns(); most > 0 {
			s.slots = make(chan struct{}, most)
		}
	})
}

// Serve accepts connections from l and serves each in its own goroutine, until
// Shutdown or Close; it then returns ErrServerClosed. Errors of accept, such as
// too many open files, make it wait and try again. It closes l.
func (s *Server) Serve(l net.Listener) error {
	s.initialise()
	defer l.Close()
	if s.Handler == nil {
		return errNoHandler
	}
	if !s.addListener(l) {
		return ErrServerClosed
	}
	defer s.removeListener(l)
	for pause := time.Duration(0); ; {
		if !s.occupy() {
			return ErrServerClosed
		}
		nc, err := l.Accept()
		if err == nil {
			pause = 0
			s.start(nc)
			continue
		}
		s.vacate()
		switch {
		case s.draining.Load():
			return ErrServerClosed
		case errors.Is(err, net.ErrClosed):
			return err
		}
		pause = min(max(2*pause, acceptPauseLeast), acceptPauseMost)
		s.logAccept(err, pause)
		select {
		case <-time.After(pause):
		case <-s.base.Done():
			return ErrServerClosed
		}
	}
}

// How long Serve waits after an error of accept: doubled each time.
const (
	acceptPauseLeast = 5 * time.Millisecond
	acceptPauseMost  = time.Second
)

// ServeConn serves one connection in the goroutine of the caller, and closes it
// unless a handler takes it over. It counts against MaxConns, so it may wait
// until there is room.
func (s *Server) ServeConn(nc net.Conn) {
	s.initialise()
	if !s.occupy() {
		nc.Close()
		return
	}
	if c := s.admit(nc); c != nil {
		c.serve()
	}
}

// start serves an accepted connection in a goroutine of its own.
func (s *Server) start(nc net.Conn) {
	if c := s.admit(nc); c != nil {
		// Armed here and not where it is needed, because the call is the deepest
		// before a silent connection waits: its stack stays at 2 KiB.
		c.arm(&c.readTimer, after(0, s.headTimeout()), nc.SetReadDeadline)
		c.renewable = c.raw != nil // of others nobody knows what they do behind a deadline
		go c.serve()
	}
}

// admit makes a Conn of an accepted connection, or closes it because the server
// is shutting down.
func (s *Server) admit(nc net.Conn) *Conn {
	c := &Conn{server: s, nc: nc, id: s.lastID.Add(1), accepted: time.Now(),
		readTimer: timer{never}, writeTimer: timer{never}}
	c.raw = rawConn(nc)
	_, c.secure = nc.(secureConn)
	if !s.add(c) {
		nc.Close()
		s.vacate()
		return nil
	}
	return c
}

// rawConn returns access to the socket of nc if its octets are those of HTTP.
func rawConn(nc net.Conn) syscall.RawConn {
	switch nc := nc.(type) {
	case *net.TCPConn:
		raw, _ := nc.SyscallConn()
		return raw
	case *net.UnixConn:
		raw, _ := nc.SyscallConn()
		return raw
	}
	return nil
}

// secureConn is a connection that is TLS.
type secureConn interface{ HandshakeContext(context.Context) error }

// handshake completes the TLS handshake, if there is one to complete, within
// the time for a head.
func (c *Conn) handshake() outcome {
	t, ok := c.nc.(*tls.Conn)
	if !ok {
		return next
	}
	c.readTimer.armed = past // of reading it may be armed: the handshake also writes
	c.arm(&c.readTimer, after(0, c.server.headTimeout()), c.nc.SetDeadline)
	err := t.HandshakeContext(c.server.base)
	c.arm(&c.readTimer, never, c.nc.SetDeadline)
	if err != nil {
		return closing(ReasonHandshake, err)
	}
	return next
}

// logAccept reports an error of accept.
func (s *Server) logAccept(err error, pause time.Duration) {
	if s.ErrorLog != nil {
		s.ErrorLog.Error("accept failed", "error", err, "retry_in", pause)
	}
}

// baseContext returns the context from which those of requests are derived.
func (s *Server) baseContext() context.Context { return s.base }
