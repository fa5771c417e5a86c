package websocket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"rawserve/httpwire/websocket/frame"
)

func TestNextReader(t *testing.T) {
	large := strings.Repeat("é", 3*inputBuffer)
	for _, c := range []struct {
		name string
		wrap func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"by_octets", iotest.OneByteReader},
		{"in_halves", iotest.HalfReader},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := dialTCP(t, new(Endpoint), func(c2 *Conn) {
				for {
					kind, r, err := c2.NextReader(context.Background())
					if err != nil {
						return
					}
					message, err := io.ReadAll(c.wrap(r))
					if err != nil {
						t.Errorf("ReadAll: %v", err)
					}
					if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
						t.Errorf("Read after the end: got %d, %v", n, err)
					}
					c2.Write(context.Background(), kind, message)
				}
			})
			for _, message := range []string{"", "hi", large} {
				p.Send(text(message) + masked(Text, false, message) + ping("x") + masked(0, true, message))
				p.Expect("text " + message)
				p.Expect("pong x")
				p.Expect("text " + message + message)
			}
		})
	}
}

// What is left of a message is discarded with the next one.
func TestDiscard(t *testing.T) {
	large := strings.Repeat("x", 10_000)
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		ctx := context.Background()
		_, first, _ := c.NextReader(ctx)
		io.ReadFull(first, make([]byte, 1))
		_, second, _ := c.NextReader(ctx)
		if n, err := first.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("Read of a message that was discarded: got %d, %v", n, err)
		}
		io.ReadFull(second, make([]byte, 1))
		kind, message, _ := c.Read(ctx)
		c.Write(ctx, kind, message)
	})
	p.Send(text(large) + masked(Binary, false, large) + masked(0, true, large) + text("third"))
	p.Expect("text third")
}

// The octets of a message that is refused while it is streamed.
func TestViolationInStream(t *testing.T) {
	ended := make(chan error, 1)
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		_, r, err := c.NextReader(context.Background())
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		ended <- err
	})
	p.Send(masked(Text, false, "good") + masked(0, true, strings.Repeat("x", 9000)+"\xff"))
	p.Expect("close 1007 text that is not UTF-8 (RFC 6455, Section 8.1)")
	var fault *frame.Error
	if err := <-ended; !errors.As(err, &fault) || fault.Rule != frame.BadText || fault.Offset != 6+4+8+9000 {
		t.Errorf("got %v, want BadText at octet %d", err, 6+4+8+9000)
	}
}

// Room is made for what has come, not for what is announced.
func TestAnnouncedLength(t *testing.T) {
	room := make(chan int, 1)
	p := dialTCP(t, &Endpoint{MaxMessage: 1 << 30}, func(c *Conn) {
		c.Read(context.Background())
		room <- cap(c.whole)
	})
	p.Send("\x82\xff\x00\x00\x00\x00\x30\x00\x00\x00\x00\x00\x00\x00" + "hello")
	p.Conn.Close()
	if got := <-room; got > 2*growAtMost {
		t.Errorf("room for %d octets was made", got)
	}
}

// An idle connection holds no buffer, and neither does one whose message was read.
func TestIdleHoldsNoBuffer(t *testing.T) {
	held := make(chan bool, 2)
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		for range 2 {
			_, message, _ := c.Read(context.Background())
			held <- c.input.buffer != nil
			c.Write(context.Background(), Binary, bytes.ToUpper(message))
		}
	})
	for _, size := range []int{5, 100_000} {
		p.Send(masked(Binary, true, strings.Repeat("x", size)))
		if <-held {
			t.Errorf("after a message of %d octets: a buffer is held", size)
		}
		p.Expect("binary " + strings.Repeat("X", size))
	}
}

// NextReader has all of a message of which a Read has had the beginning.
func TestNextReaderAfterRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			c.Read(ctx)
			kind, r, err := c.NextReader(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			message, _ := io.ReadAll(r)
			c.Write(context.Background(), kind, message)
			echo(c)
		})
		p.Send(masked(Text, false, "a"))
		time.Sleep(2 * time.Second)
		p.Send(masked(0, true, "b") + text("c"))
		p.Expect("text ab")
		p.Expect("text c")
		p.Conn.Close()
	})
}
