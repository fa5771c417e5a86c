package websocket

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/websocket/frame"
)

// A pong that came while nobody was reading has come in time.
func TestPongWhileNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), DefaultPingInterval+time.Second)
			defer cancel()
			if _, _, err := c.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Read: got %v", err)
			}
			time.Sleep(time.Minute)
			echo(c)
		})
		p.Expect("ping ")
		time.Sleep(10 * time.Second)
		p.Send(masked(frame.Pong, true, "") + text("hi"))
		p.Expect("text hi")
		p.Conn.Close()
	})
}

// A peer is pinged, and given up, by reads that do not wait as long as that themselves.
func TestSilentPeerOfShortReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			for err := error(context.DeadlineExceeded); errors.Is(err, context.DeadlineExceeded); {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				_, _, err = c.Read(ctx)
				cancel()
			}
		})
		p.Expect("ping ")
		p.Expect("close 1008 websocket: the peer does not answer pings")
	})
}

// A message is not too slow because it is read slowly.
func TestSlowUseOfMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := make(chan error, 1)
		p := dial(t, new(Endpoint), func(c *Conn) {
			_, r, err := c.NextReader(context.Background())
			for err == nil {
				time.Sleep(time.Minute)
				_, err = r.Read(make([]byte, inputBuffer))
			}
			read <- err
		})
		p.Send(text(strings.Repeat("x", 5*inputBuffer)))
		if err := <-read; err != io.EOF {
			t.Errorf("got %v, want the whole message", err)
		}
		p.Conn.Close()
	})
}

// A peer that takes a large message is there, though it cannot be pinged meanwhile.
func TestSlowDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pieces = 10
		written := make(chan error, 1)
		p := dial(t, new(Endpoint), func(c *Conn) {
			go func() { written <- c.Write(context.Background(), Binary, make([]byte, pieces*writeAtOnce)) }()
			echo(c)
		})
		for range pieces {
			time.Sleep(DefaultWriteTimeout - time.Second)
			io.CopyN(io.Discard, p.Conn, writeAtOnce)
		}
		go io.Copy(io.Discard, p.Conn)
		if err := <-written; err != nil {
			t.Errorf("Write: %v", err)
		}
		p.Conn.Close()
	})
}
