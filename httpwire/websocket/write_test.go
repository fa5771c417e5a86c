package websocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/websocket/frame"
)

// Frames of many writers and the answers to pings never mix.
func TestManyWriters(t *testing.T) {
	const writers, each = 8, 50
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for j := range each {
					message := strings.Repeat(fmt.Sprint(i), 1+j*200)
					if err := c.Write(context.Background(), Text, []byte(message)); err != nil {
						t.Errorf("Write: %v", err)
					}
				}
			})
		}
		go echo(c)
		wg.Wait()
		c.Close(1000, "")
	})
	go func() {
		for i := range each {
			io.WriteString(p.Conn, ping(fmt.Sprint(i)))
		}
	}()
	texts, lengths := 0, make(map[string]int)
	for {
		kind, message, _ := strings.Cut(p.Next(), " ")
		if kind == "close" {
			break
		}
		if kind != "text" {
			if kind != "pong" {
				t.Fatalf("got %q", kind)
			}
			continue
		}
		texts++
		writer := message[:1]
		if message != strings.Repeat(writer, 1+lengths[writer]*200) {
			t.Fatalf("message %d of writer %s: got %.40q, %d octets", lengths[writer], writer, message, len(message))
		}
		lengths[writer]++
	}
	if texts != writers*each {
		t.Errorf("got %d messages, want %d", texts, writers*each)
	}
}

func TestNextWriter(t *testing.T) {
	large := strings.Repeat("x", 3*inputBuffer)
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		w, err := c.NextWriter(context.Background(), Text)
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(w, "\xe2\x82")
		io.WriteString(w, "\xac")
		io.WriteString(w, large)
		go c.Write(context.Background(), Binary, []byte("after it"))
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if _, err := io.WriteString(w, "x"); err != ErrClosed {
			t.Errorf("Write after Close: got %v", err)
		}
		c.Read(context.Background())
	})
	p.Expect("text €" + large)
	p.Expect("binary after it")
}

func TestWhatCannotBeSent(t *testing.T) {
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		ctx := context.Background()
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := c.Write(ctx, Text, []byte("a\xff")); err != ErrNotText {
			t.Errorf("text that is not UTF-8: got %v", err)
		}
		if err := c.Write(ctx, frame.Ping, nil); err == nil {
			t.Error("a ping as a message: no error")
		}
		if err := c.Write(gone, Text, []byte("a")); err != context.Canceled {
			t.Errorf("context that has ended: got %v", err)
		}
		if err := c.Close(1005, ""); err != nil {
			t.Errorf("Close without a code: %v", err)
		}
		if err := c.Close(1006, ""); err != errCode {
			t.Errorf("Close(1006): got %v", err)
		}
	})
	p.Expect("close 1005 ")
	p.Send(closes(1000, ""))
	p.ExpectEnd()
}

// A context that ends while a frame is being written ends the connection; one that
// ends before that changes nothing.
func TestWriteContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		written := make(chan error, 2)
		p := dial(t, new(Endpoint), func(c *Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			written <- c.Write(ctx, Text, []byte("nobody reads this"))
			written <- c.Write(context.Background(), Text, []byte("hi"))
			c.Read(context.Background())
		})
		if err := <-written; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Write: got %v", err)
		}
		p.Expect("text hi")
		if err := <-written; err != nil {
			t.Errorf("Write after that: %v", err)
		}
	})
}

// A pong that cannot be sent at once is sent by whoever is writing, and is that to
// the latest ping.
func TestPongWaitsForWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			go c.Write(context.Background(), Binary, make([]byte, 100_000))
			echo(c)
		})
		synctest.Wait() // the writer waits for us
		p.Send(ping("1"))
		p.Send(ping("2"))
		synctest.Wait()
		p.Expect("binary " + strings.Repeat("\x00", 100_000))
		p.Expect("pong 2")
		p.Conn.Close()
	})
}

// A message that cannot be completed closes the connection if a part of it has left;
// otherwise others go on.
func TestMessageIsCut(t *testing.T) {
	part := strings.Repeat("x", inputBuffer)
	for _, c := range []struct {
		name  string
		write func(w *MessageWriter, cancel func())
		err   error
		want  string
	}{
		{"context_before_the_first_fragment", func(w *MessageWriter, cancel func()) { cancel(); io.WriteString(w, part) },
			context.Canceled, "text next"},
		{"context_after_it", func(w *MessageWriter, cancel func()) { io.WriteString(w, part); cancel() },
			context.Canceled, "close 1011 a message was cut"},
		{"not_text", func(w *MessageWriter, _ func()) { io.WriteString(w, "a"); io.WriteString(w, "\xff") },
			ErrNotText, "text next"},
		{"not_text_after_it", func(w *MessageWriter, _ func()) { io.WriteString(w, part); io.WriteString(w, "\xff") },
			ErrNotText, "close 1011 a message was cut"},
		{"cut_character", func(w *MessageWriter, _ func()) { io.WriteString(w, part+"\xe2") },
			ErrNotText, "close 1011 a message was cut"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := dial(t, new(Endpoint), func(conn *Conn) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					w, err := conn.NextWriter(ctx, Text)
					if err != nil {
						t.Error(err)
						return
					}
					c.write(w, cancel)
					if err := w.Close(); err != c.err {
						t.Errorf("Close: got %v, want %v", err, c.err)
					}
					synctest.Wait() // if the connection is closed, that has begun
					conn.Write(context.Background(), Text, []byte("next"))
				})
				p.Expect(c.want)
				p.Conn.Close()
			})
		})
	}
}
