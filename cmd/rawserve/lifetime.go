package main

import (
	"context"
	"errors"
	"log/slog"

	"rawserve/cmd/rawserve/internal/api"
	"rawserve/cmd/rawserve/internal/demo"
	"rawserve/httpwire"
	"rawserve/httpwire/websocket"
)

// lifetime is what has to know that the server shuts down.
type lifetime struct {
	health    demo.Health
	followers api.Followers

	// The server no longer knows the connections of these two: they were handed over.
	echo, live websocket.Endpoint
}

// prepare lets pages of other origins connect to the WebSockets, and has panics there
// logged.
func (l *lifetime) prepare(origins []string, log *slog.Logger) {
	for _, e := range l.sockets() {
		e.Origins, e.ErrorLog = origins, log
	}
}

func (l *lifetime) sockets() []*websocket.Endpoint { return []*websocket.Endpoint{&l.echo, &l.live} }

// end tells those that have to know before the server shuts down.
func (l *lifetime) end() {
	l.health.Drain()
	l.followers.End()
}

// shutdown shuts the server down, and the WebSockets at the same time.
func (l *lifetime) shutdown(ctx context.Context, s *httpwire.Server) error {
	closed := make(chan error)
	for _, e := range l.sockets() {
		go func() { closed <- e.Shutdown(ctx) }()
	}
	err := s.Shutdown(ctx)
	for range l.sockets() {
		err = errors.Join(err, <-closed)
	}
	return err
}
