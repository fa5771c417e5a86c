package httpwire

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"rawserve/httpwire/syntax"
)

// ErrServerClosed is what Serve returns after Shutdown or Close.
var ErrServerClosed = errors.New("httpwire: server closed")

var errNoHandler = errors.New("httpwire: Server.Handler is nil: set it to a function that answers requests")

// Server serves HTTP/1.1 on listeners. Only Handler must be set. The fields must
// not change while it serves, and a Server must not be copied.
//
// For every limit and timeout zero means the default, and a negative number means
// none; but heads and trailer sections never have more than 65,535 octets.
//
// Hooks run in the goroutine of the connection, which waits for them. A panic in
// one ends its connection and no other (conn.go, contain); one in OnRequest counts
// as the handler's (exchange.go, run). Each hook may be nil.
type Server struct {
	// Handler answers the requests. It must not be nil.
	Handler Handler

	// MaxRequestLine is how many octets a request-line may have, without
	// its line ending. Default 16 KiB. A longer one is answered 414.
	MaxRequestLine int

	// MaxHead is how many octets a head may have, from its first one to the
	// end of the empty line. Default 32 KiB. A larger one is answered 431.
	MaxHead int

	// MaxFields is how many field lines a head or a trailer section may
	// have. Default 128. More are answered 431.
	MaxFields int

	// MaxChunkLine is how many octets a chunk-size line may have, extensions
	// included. Default 4 KiB. A longer one is answered 400.
	MaxChunkLine int

	// MaxTrailer is how many octets a trailer section may have. Default
	// 8 KiB. A larger one is answered 431.
	MaxTrailer int

	// MaxBody is how many octets the content of a request may have. Default
	// 1 MiB. More are answered 413. A handler may set another limit for its
	// request: see Body.SetLimit.
	MaxBody int64

	// MaxConns is how many connections are served at once. Default 10,000,
	// or fewer where file descriptors are scarce: each may need two, one for
	// a file. More connections wait to be accepted, and ErrorLog is told.
	MaxConns int

	// MinRate is how many octets per second a client must send of a body, or
	// take of a response, on average, when it has been waited for as long as
	// BodyTimeout or WriteTimeout in all. Default 240. A slower one is
	// treated as if that timeout had passed.
	MinRate int64

	// HeadTimeout is how long a head may take from its first octet; on a new
	// connection from the accept, a TLS handshake included. Default 10 s.
	// If a part of the head has arrived, it is answered 408; otherwise the
	// connection is closed without an answer.
	HeadTimeout time.Duration

	// BodyTimeout is how long reading a body may wait without progress.
	// Default 30 s. Then the request is answered 408.
	BodyTimeout time.Duration

	// WriteTimeout is how long writing may wait without progress. Default
	// 30 s. Then the connection is reset.
	WriteTimeout time.Duration

	// IdleTimeout is how long a connection may wait for its next request.
	// Default 75 s. Then it is closed.
	IdleTimeout time.Duration

	// LingerTimeout is how long a connection is kept half open after the
	// last answer while its client goes on sending, so that the client can
	// read it. Default 30 s. Without an octet for 2 s it is closed sooner.
	LingerTimeout time.Duration

	// OnConnection is called with every new connection. If it returns an
	// error, the connection is closed unanswered.
	OnConnection func(c *Conn) error

	// OnRequest is called with every request whose head has been accepted,
	// before the handler.
	OnRequest func(r *Request)

	// OnError is called when a request is refused, with the rule that it
	// breaks and the octets that were received and not used, which are valid
	// during the call. It may return what the client is to be told; nil
	// means the usual answer.
	OnError func(c *Conn, e *syntax.Error, received []byte) *Problem

	// OnExchange is called when an exchange is over, refused ones included,
	// but not if OnError or Trace has panicked in it.
	OnExchange func(e Exchange)

	// OnClose is called when a connection has been closed, unless it was
	// handed over.
	OnClose func(c *Conn, info CloseInfo)

	// OnUpgrade is called when a handler has taken a connection over. The
	// protocol is the one in the 101 response, or "" if the connection was
	// hijacked.
	OnUpgrade func(c *Conn, protocol string)

	// ErrorLog is told of handlers that fail, of panics, of errors of
	// accept, and of connections that have to wait. Nil discards that.
	ErrorLog *slog.Logger

	// Trace is told of every octet and every decision. Nil costs nothing.
	Trace *Trace

	setUp    sync.Once
	limits   limits
	lastID   atomic.Uint64
	draining atomic.Bool
	date     dateLine
	places   chan struct{}      // one for each connection that may be open; nil: any number
	fullAt   time.Time          // when it was last reported that all are in use; guarded by mu
	base     context.Context    // cancelled when the server stops without waiting
	cancel   context.CancelFunc // cancels base

	mu        sync.Mutex
	conns     map[*Conn]struct{}
	listeners map[net.Listener]struct{}
	drained   chan struct{} // closed when draining and no connection is left
}

// initialise makes the zero value ready.
func (s *Server) initialise() {
	s.setUp.Do(func() {
		s.limits = s.resolve()
		s.conns = make(map[*Conn]struct{})
		s.listeners = make(map[net.Listener]struct{})
		s.drained = make(chan struct{})
		s.base, s.cancel = context.WithCancel(context.Background())
		if most := s.limits.conns; most > 0 {
			s.places = make(chan struct{}, most)
		}
		s.reportScarceFiles()
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
		if !s.awaitPlace() {
			return ErrServerClosed
		}
		nc, err := l.Accept()
		if err == nil {
			pause = 0
			s.start(nc)
			continue
		}
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
	if !s.takePlace() {
		nc.Close()
		return
	}
	if c := s.admit(nc); c != nil {
		c.serve()
	}
}

// start serves an accepted connection in a goroutine of its own.
func (s *Server) start(nc net.Conn) {
	if !s.takePlace() {
		nc.Close()
		return
	}
	if c := s.admit(nc); c != nil {
		c.prepareToWait(s.limits.headTimeout)
		go c.serve()
	}
}

// logAccept reports an error of accept.
func (s *Server) logAccept(err error, pause time.Duration) {
	if s.ErrorLog != nil {
		s.ErrorLog.Error("accept failed", "error", err, "retry_in", pause)
	}
}
