package httpwire

import (
	"time"

	"rawserve/httpwire/syntax"
)

// The defaults of Server's limits and timeouts.
const (
	defaultMaxRequestLine = syntax.DefaultRequestLine // 16 KiB
	defaultMaxHead        = syntax.DefaultHead        // 32 KiB
	defaultMaxFields      = syntax.DefaultFields      // 128 field lines
	defaultMaxChunkLine   = syntax.DefaultChunkLine   // 4 KiB
	defaultMaxTrailer     = syntax.DefaultTrailer     // 8 KiB
	defaultMaxBody        = 1 << 20                   // octets
	defaultMaxConns       = 10_000                    // connections

	defaultHeadTimeout   = 10 * time.Second
	defaultBodyTimeout   = 30 * time.Second
	defaultWriteTimeout  = 30 * time.Second
	defaultIdleTimeout   = 75 * time.Second
	defaultLingerTimeout = time.Second
)

// What is bounded and cannot be set, with the file that enforces it:
//
//	minimumRate         240 octets/s   of a body or response, pace.go
//	rateGrace           5 s            of waiting before the rate counts, pace.go
//	drainAtMost         256 KiB        of an unread body, exchange_rest.go
//	drainTimeout        500 ms         for it, exchange_rest.go
//	lingerAtMost        64 MiB         after the last answer, conn_close.go
//	chunk framing       16 KiB and twice the data, syntax/chunked.go
//	method              32 octets, syntax/requestline.go
//	head                65,535 octets whatever MaxHead says, syntax/head.go
//	parkAfter           2 s            in a goroutine with a grown stack, conn_idle.go
//	acceptPauseMost     1 s            after an error of accept, server.go
//	outputBuffer        16 KiB         of answers and of content that wait, burst_out.go

// limits are the limits and timeouts of a server, defaults filled in. Negative
// means none.
type limits struct {
	head  syntax.HeadLimits
	chunk syntax.ChunkLimits
	body  int64
	conns int

	headTimeout, bodyTimeout, writeTimeout, idleTimeout, lingerTimeout time.Duration
}

// resolve fills in the defaults.
func (s *Server) resolve() limits {
	fields := orDefault(s.MaxFields, defaultMaxFields)
	return limits{
		head: syntax.HeadLimits{
			RequestLine: orDefault(s.MaxRequestLine, defaultMaxRequestLine),
			Head:        orDefault(s.MaxHead, defaultMaxHead),
			Fields:      fields,
		},
		chunk: syntax.ChunkLimits{
			Line:    orDefault(s.MaxChunkLine, defaultMaxChunkLine),
			Trailer: orDefault(s.MaxTrailer, defaultMaxTrailer),
			Fields:  fields,
		},
		body:          orDefault(s.MaxBody, defaultMaxBody),
		conns:         orDefault(s.MaxConns, min(defaultMaxConns, connsForFiles())),
		headTimeout:   orDefault(s.HeadTimeout, defaultHeadTimeout),
		bodyTimeout:   orDefault(s.BodyTimeout, defaultBodyTimeout),
		writeTimeout:  orDefault(s.WriteTimeout, defaultWriteTimeout),
		idleTimeout:   orDefault(s.IdleTimeout, defaultIdleTimeout),
		lingerTimeout: orDefault(s.LingerTimeout, defaultLingerTimeout),
	}
}

// orDefault returns the standard where a limit or timeout is zero.
func orDefault[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}
