package httpwire

import (
	"time"

	"rawserve/httpwire/syntax"
)

// The defaults of Server's limits and timeouts, and the function that enforces
// each.
const (
	defaultMaxRequestLine = syntax.DefaultRequestLine // 16 KiB; HeadParser.startLine
	defaultMaxHead        = syntax.DefaultHead        // 32 KiB; sectionParser.room
	defaultMaxFields      = syntax.DefaultFields      // 128 field lines; sectionParser.fieldLine
	defaultMaxChunkLine   = syntax.DefaultChunkLine   // 4 KiB; ChunkDecoder.chunkSizeLine
	defaultMaxTrailer     = syntax.DefaultTrailer     // 8 KiB; ChunkDecoder.trailerSection
	defaultMaxBody        = 1 << 20                   // octets; body.readLength, body.readChunked
	defaultMaxConns       = 10_000                    // connections; Server.takePlace

	defaultHeadTimeout   = 10 * time.Second // burst.receive; before the first octet Conn.wait, in TLS Conn.open
	defaultBodyTimeout   = 30 * time.Second // body.receive
	defaultWriteTimeout  = 30 * time.Second // output.deliver
	defaultIdleTimeout   = 75 * time.Second // Conn.wait
	defaultLingerTimeout = time.Second      // Conn.linger
)

// What is bounded and cannot be set:
//
//	minimumRate, rateGrace     240 octets/s after 5 s of waiting   body.receive, output.deliver
//	drainAtMost, drainTimeout  256 KiB of an unread body, 500 ms   body.drain
//	lingerAtMost               64 MiB after the last answer        Conn.linger
//	chunkOverheadFree, -Ratio  16 KiB and twice the data           ChunkDecoder.chunkSizeLine
//	maxMethod                  32 octets                           method, in syntax
//	maxHeadOctets              65,535 octets of a head or trailer section, and as many fields
//	parkAfter                  2 s in a goroutine with a grown stack   Conn.wait
//	acceptPauseMost            1 s after an error of accept        Server.Serve
//	outputBuffer               16 KiB of answers, and of content, that wait   output

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
