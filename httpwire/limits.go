package httpwire

import (
	"time"

	"rawserve/httpwire/syntax"
)

// Defaults of the limits, in octets unless said otherwise. Server and the
// sans-IO parsers share them.
const (
	defaultMaxBody  = 1 << 20
	defaultMaxConns = 10_000 // connections
)

func (s *Server) headLimits() syntax.HeadLimits {
	return syntax.HeadLimits{RequestLine: s.MaxRequestLine, Head: s.MaxHead, Fields: s.MaxFields}
}

func (s *Server) chunkLimits() syntax.ChunkLimits {
	return syntax.ChunkLimits{Line: s.MaxChunkLine, Trailer: s.MaxTrailer, Fields: s.MaxFields}
}

// orDefault returns the standard where a limit or timeout is zero.
func orDefault[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

func (s *Server) maxBody() int64 { return orDefault(s.MaxBody, defaultMaxBody) }
func (s *Server) maxConns() int  { return orDefault(s.MaxConns, min(defaultMaxConns, connsForFiles())) }

func (s *Server) headTimeout() time.Duration  { return orDefault(s.HeadTimeout, defaultHeadTimeout) }
func (s *Server) bodyTimeout() time.Duration  { return orDefault(s.BodyTimeout, defaultBodyTimeout) }
func (s *Server) writeTimeout() time.Duration { return orDefault(s.WriteTimeout, defaultWriteTimeout) }
func (s *Server) idleTimeout() time.Duration  { return orDefault(s.IdleTimeout, defaultIdleTimeout) }
func (s *Server) lingerTimeout() time.Duration {
	return orDefault(s.LingerTimeout, defaultLingerTimeout)
}
