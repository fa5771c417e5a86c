package httpwire

import (
	"time"

	"rawserve/httpwire/syntax"
)

// The defaults of Server's limits and timeouts, and the file that enforces each.
const (
	defaultMaxRequestLine = syntax.DefaultRequestLine // 16 KiB; syntax/head.go
	defaultMaxHead        = syntax.DefaultHead        // 32 KiB; syntax/section.go
	defaultMaxFields      = syntax.DefaultFields      // 128 field lines; syntax/section.go, syntax/trailer.go
	defaultMaxChunkLine   = syntax.DefaultChunkLine   // 4 KiB; syntax/chunked.go
	defaultMaxTrailer     = syntax.DefaultTrailer     // 8 KiB; syntax/trailer.go
	defaultMaxBody        = 1 << 20                   // octets; request_body.go
	defaultMaxConns       = 10_000                    // connections; server_conns.go
	defaultMinRate        = 240                       // octets per second; pace.go

	defaultHeadTimeout   = 10 * time.Second // burst.go; before the first octet conn_idle.go, in a TLS handshake conn.go
	defaultBodyTimeout   = 30 * time.Second // request_body.go
	defaultWriteTimeout  = 30 * time.Second // burst_out.go
	defaultIdleTimeout   = 75 * time.Second // conn_idle.go
	defaultLingerTimeout = 30 * time.Second // conn_close.go
)

// What is bounded and cannot be set:
//
//	drainAtMost, drainTimeout  256 KiB of an unread body, 500 ms        exchange_unread.go
//	lingerAtMost, lingerPause  64 MiB after the last answer, 2 s quiet  conn_close.go
//	outputBuffer               16 KiB of answers, of content, that wait burst_out.go
//	parkAfter                  2 s in a goroutine with a grown stack    conn_idle.go
//	acceptPauseMost            1 s after an error of accept             server.go
//	fullPause                  1 line a minute when all places are used server_conns.go
//	chunkOverhead…             chunk extensions: 16 KiB, twice the data syntax/chunked.go
//	maxMethod                  32 octets                                syntax/requestline.go
//	maxHeadOctets              65,535 octets of a head or trailer section, and as many fields

// limits are the limits and timeouts of a server, defaults filled in. Negative
// means none.
type limits struct {
	head  syntax.HeadLimits
	chunk syntax.ChunkLimits
	body  int64
	conns int
	rate  int64 // octets per second

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
		rate:          orDefault(s.MinRate, defaultMinRate),
		headTimeout:   orDefault(s.HeadTimeout, defaultHeadTimeout),
		bodyTimeout:   orDefault(s.BodyTimeout, defaultBodyTimeout),
		writeTimeout:  orDefault(s.WriteTimeout, defaultWriteTimeout),
		idleTimeout:   orDefault(s.IdleTimeout, defaultIdleTimeout),
		lingerTimeout: orDefault(s.LingerTimeout, defaultLingerTimeout),
	}
}

// reportScarceFiles says if there is less room for connections than there should be.
func (s *Server) reportScarceFiles() {
	wanted, room := orDefault(s.MaxConns, defaultMaxConns), connsForFiles()
	if l := s.ErrorLog; l != nil && wanted > room {
		l.Warn("file descriptors are scarce: raise their limit (ulimit -n)", "max_conns", wanted,
			"with_a_file_each", room)
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
