package websocket

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket/sockettest"
)

// Shutdown tells every client why, and waits for those who serve them.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e Endpoint
		var ended atomic.Int32
		serve := func(c *Conn) {
			echo(c)
			time.Sleep(time.Second)
			ended.Add(1)
		}
		polite, silent := dial(t, &e, serve), dial(t, &e, serve)
		synctest.Wait()
		if e.Len() != 2 {
			t.Errorf("got %d connections, want 2", e.Len())
		}
		go func() {
			polite.Expect("close 1001 the server is stopping")
			polite.Send(closes(1001, ""))
		}()
		if err := e.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if ended.Load() != 2 || e.Len() != 0 {
			t.Errorf("after Shutdown %d have ended, and there are %d connections", ended.Load(), e.Len())
		}
		silent.Conn.Close()
		late := connect(t, e.Handler(serve))
		late.Send(handshake + "\r\n")
		if head := late.Head(); !strings.HasPrefix(head, "HTTP/1.1 503") {
			t.Errorf("a handshake after Shutdown: got %q", head)
		}
		late.Conn.Close()
	})
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e Endpoint
		busy := make(chan struct{})
		defer close(busy)
		dial(t, &e, func(c *Conn) { <-busy })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := e.Shutdown(ctx); err != context.DeadlineExceeded {
			t.Errorf("Shutdown: got %v", err)
		}
	})
}

// A panic ends its connection and no other, and a function that returns closes it.
func TestServeEnds(t *testing.T) {
	var log strings.Builder
	e := &Endpoint{ErrorLog: slog.New(slog.NewTextHandler(&log, nil))}
	for _, c := range []struct {
		name  string
		serve func(*Conn)
		want  string
	}{
		{"return", func(*Conn) {}, "close 1000 "},
		{"panic", func(*Conn) { panic("ouch") }, "close 1011 "},
		{"goexit", func(*Conn) { runtime.Goexit() }, "close 1011 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := dialTCP(t, e, c.serve)
			p.Expect(c.want)
			p.Send(closes(1000, ""))
			p.ExpectEnd()
		})
	}
	if err := e.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "ouch") {
		t.Errorf("the panic was not logged: %q", log.String())
	}
}

// Shutdown waits for whoever has begun the handshake before it.
func TestShutdownDuringHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e Endpoint
		var ended atomic.Bool
		shutdown := make(chan bool, 1)
		client, server := net.Pipe()
		s := &httpwire.Server{
			Handler: e.Handler(func(c *Conn) { echo(c); ended.Store(true) }),
			OnUpgrade: func(*httpwire.Conn, string) {
				go func() {
					e.Shutdown(context.Background())
					shutdown <- ended.Load()
				}()
				time.Sleep(time.Second)
			},
		}
		go s.ServeConn(server)
		p := sockettest.New(t, client)
		p.Switch("/", "")
		p.Expect("close 1001 the server is stopping")
		client.Close()
		if !<-shutdown {
			t.Error("Shutdown returned before the function that serves did")
		}
	})
}
