package websocket

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire/websocket/frame"

	"rawserve/httpwire/websocket/sockettest"
)

func TestEcho(t *testing.T) {
	for _, c := range []struct{ name, send, want string }{
		{"6455_5.6_text", text("hi"), "text hi"},
		{"6455_5.6_empty", text(""), "text "},
		{"6455_5.6_binary", masked(Binary, true, "\xff\x00"), "binary \xff\x00"},
		{"6455_5.2_16_bits", text(strings.Repeat("x", 126)), "text " + strings.Repeat("x", 126)},
		{"6455_5.2_larger_than_the_buffer", text(strings.Repeat("x", 10_000)), "text " + strings.Repeat("x", 10_000)},
		{"6455_5.2_63_bits", text(strings.Repeat("é", 100_000)), "text " + strings.Repeat("é", 100_000)},
		{"6455_5.4_fragments", masked(Text, false, "a") + masked(0, false, "") + masked(0, true, "b"), "text ab"},
		{"6455_8.1_split_character", masked(Text, false, "\xe2\x82") + masked(0, true, "\xac"), "text €"},
		{"6455_5.4_large_fragments", masked(Binary, false, strings.Repeat("x", 9000)) + masked(0, true, strings.Repeat("y", 9000)),
			"binary " + strings.Repeat("x", 9000) + strings.Repeat("y", 9000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range []*sockettest.Peer{dial(t, new(Endpoint), echo), dialTCP(t, new(Endpoint), echo)} {
				p.Send(c.send)
				p.Expect(c.want)
				for i := range min(len(c.send), 300) { // octet by octet
					p.Send(c.send[i : i+1])
				}
				p.Send(c.send[min(len(c.send), 300):])
				p.Expect(c.want)
				p.Send(closes(1000, "bye"))
				p.Expect("close 1000 ")
				p.Conn.Close()
			}
		})
	}
}

// A frame that comes together with the handshake is not lost.
func TestEarlyFrame(t *testing.T) {
	p := connect(t, new(Endpoint).Handler(echo))
	p.Switch("/", text("early"))
	p.Expect("text early")
}

// What the peer does wrong ends the connection with the code of the rule.
func TestViolations(t *testing.T) {
	for _, c := range []struct {
		name, send, want string
	}{
		{"6455_5.1_unmasked", "\x81\x02hi", "close 1002 frame of a client that is not masked (RFC 6455, Section 5.1)"},
		{"6455_5.2_compressed", "\xc1\x82", "close 1002 reserved bit set, though no extension was agreed on (RFC 6455, Section 5.2)"},
		{"6455_8.1_text", text("\xff"), "close 1007 text that is not UTF-8 (RFC 6455, Section 8.1)"},
		{"6455_7.4.1_too_big", "\x82\xff\x00\x00\x00\x00\x00\x10\x00\x01",
			"close 1009 message larger than is read here (RFC 6455, Section 7.4.1)"},
		{"6455_7.4_code", masked(frame.Close, true, "\x03\xed"),
			"close 1002 code that a close frame must not carry (RFC 6455, Section 7.4)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ended := make(chan error, 1)
			p := dialTCP(t, new(Endpoint), func(c *Conn) {
				_, _, err := c.Read(context.Background())
				ended <- err
			})
			p.Send(c.send)
			p.Expect(c.want)
			p.ExpectEnd()
			p.Conn.Close()
			var fault *frame.Error
			if err := <-ended; !errors.As(err, &fault) {
				t.Errorf("Read: got %v, want a *frame.Error", err)
			}
		})
	}
}

// The close frame reaches a peer that goes on sending.
func TestViolationWhileSending(t *testing.T) {
	p := dialTCP(t, new(Endpoint), echo)
	p.Send("\x81\x02hi" + strings.Repeat("x", 100_000))
	p.Expect("close 1002 frame of a client that is not masked (RFC 6455, Section 5.1)")
}

func TestClosedByPeer(t *testing.T) {
	for _, c := range []struct {
		name, send, want string
		err              CloseError
	}{
		{"6455_5.5.1_code", closes(1001, "bye"), "close 1001 ", CloseError{1001, "bye"}},
		{"6455_7.1.5_without_code", closes(frame.NoCode, ""), "close 1005 ", CloseError{frame.NoCode, ""}},
		{"6455_7.4.2_private", closes(4999, "x"), "close 4999 ", CloseError{4999, "x"}},
		{"6455_5.5.1_in_a_message", masked(Text, false, "a") + closes(1000, ""), "close 1000 ", CloseError{1000, ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ended := make(chan error, 2)
			p := dialTCP(t, new(Endpoint), func(c *Conn) {
				_, _, err := c.Read(context.Background())
				ended <- err
				ended <- c.Write(context.Background(), Text, []byte("late"))
			})
			p.Send(c.send)
			p.Expect(c.want)
			p.ExpectEnd()
			p.Conn.Close()
			var closed *CloseError
			if err := <-ended; !errors.As(err, &closed) || *closed != c.err {
				t.Errorf("Read: got %v, want %v", err, &c.err)
			}
			if err := <-ended; err != ErrClosed {
				t.Errorf("Write after that: got %v, want ErrClosed", err)
			}
		})
	}
}

// A peer that goes away without a close frame.
func TestAbnormalEnd(t *testing.T) {
	ended := make(chan error, 1)
	p := dialTCP(t, new(Endpoint), func(c *Conn) {
		_, _, err := c.Read(context.Background())
		ended <- err
	})
	p.Send(text("half")[:3])
	p.Conn.Close()
	var closed *CloseError
	if err := <-ended; !errors.As(err, &closed) || closed.Code != frame.Abnormal {
		t.Errorf("Read: got %v, want %v", err, &CloseError{Code: frame.Abnormal})
	}
}

func TestClose(t *testing.T) {
	closed := make(chan error, 1)
	p := dialTCP(t, new(Endpoint), func(c *Conn) { closed <- c.Close(3000, "enough") })
	p.Expect("close 3000 enough")
	p.Send(text("too late") + closes(3000, ""))
	p.ExpectEnd()
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
}

// Close lets whoever is reading take the close frame of the peer.
func TestCloseWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, closed := make(chan error, 1), make(chan error, 1)
		p := dial(t, new(Endpoint), func(c *Conn) {
			go func() {
				time.Sleep(time.Second)
				closed <- c.Close(1000, "")
			}()
			_, _, err := c.Read(context.Background())
			read <- err
		})
		p.Expect("close 1000 ")
		p.Send(closes(1000, ""))
		p.ExpectEnd()
		if err := <-closed; err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-read; err != ErrClosed {
			t.Errorf("Read: got %v, want ErrClosed", err)
		}
	})
}

// Whoever begins to read while Close waits for the peer is told that it is closed.
func TestReadWhileClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			go c.Close(1000, "")
			synctest.Wait() // Close waits for the peer
			if _, _, err := c.Read(context.Background()); err != ErrClosed {
				t.Errorf("Read: got %v, want ErrClosed", err)
			}
		})
		p.Expect("close 1000 ")
		p.ExpectEnd()
	})
}

// Close ends within CloseTimeout, whatever the peer does.
func TestCloseEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		peer func(p *sockettest.Peer)
	}{
		{"never_answered", func(p *sockettest.Peer) { p.Expect("close 1000 ") }},
		{"not_even_read", func(*sockettest.Peer) {}},
		{"pings_without_end", func(p *sockettest.Peer) {
			p.Expect("close 1000 ")
			for {
				if _, err := io.WriteString(p.Conn, ping("x")); err != nil {
					return
				}
				time.Sleep(time.Millisecond) // a clock that never rests would not go on
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				closed := make(chan time.Duration, 1)
				p := dial(t, new(Endpoint), func(c *Conn) {
					start := time.Now()
					if err := c.Close(1000, ""); err == nil {
						t.Error("Close: no error")
					}
					closed <- time.Since(start)
				})
				var wg sync.WaitGroup
				wg.Go(func() { c.peer(p) })
				if took := <-closed; took > CloseTimeout {
					t.Errorf("Close took %v", took)
				}
				wg.Wait()
			})
		})
	}
}

// A silent peer is pinged, and given up.
func TestSilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ended := make(chan error, 1)
		p := dial(t, new(Endpoint), func(c *Conn) {
			_, _, err := c.Read(context.Background())
			ended <- err
		})
		p.Expect("ping ")
		if waited := time.Since(start); waited != DefaultPingInterval {
			t.Errorf("pinged after %v", waited)
		}
		p.Send(masked(frame.Pong, true, ""))
		p.Expect("ping ")
		p.Expect("close 1008 websocket: the peer does not answer pings")
		if waited := time.Since(start); waited != 2*DefaultPingInterval+DefaultPongTimeout {
			t.Errorf("given up after %v", waited)
		}
		if err := <-ended; err != errSilent {
			t.Errorf("Read: got %v, want %v", err, errSilent)
		}
	})
}

// A peer that sends a message octet by octet without end is given up, whether it
// sends fragments, or payload, or the octets of a header.
func TestTricklingPeer(t *testing.T) {
	for _, c := range []struct {
		name  string
		first string
		then  func(i int) string
	}{
		{"fragments", masked(Text, false, "a"), func(int) string { return masked(0, false, "a") }},
		{"payload", masked(Binary, true, strings.Repeat("a", 10_000))[:10], func(int) string { return "a" }},
		{"empty_fragments", masked(Text, false, "a"), func(int) string { return masked(0, false, "") }},
		{"header", "", func(i int) string { return masked(Text, true, strings.Repeat("a", 1000))[i : i+1] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ended := make(chan error, 1)
				p := dial(t, new(Endpoint), func(c *Conn) {
					_, _, err := c.Read(context.Background())
					ended <- err
				})
				go io.Copy(io.Discard, p.Conn)
				p.Send(c.first)
				for i := 0; ; i++ {
					if _, err := io.WriteString(p.Conn, c.then(i)); err != nil {
						break
					}
					time.Sleep(5 * time.Second)
				}
				if err := <-ended; err != errTooSlow {
					t.Errorf("Read: got %v, want %v", err, errTooSlow)
				}
				if took := time.Since(start); took > MessageGrace+10*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// A peer that takes nothing is given up.
func TestStalledReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		written := make(chan error, 1)
		dial(t, new(Endpoint), func(c *Conn) { written <- c.Write(context.Background(), Text, []byte("hi")) })
		if err := <-written; err == nil {
			t.Error("Write: no error")
		}
		if took := time.Since(start); took > DefaultWriteTimeout*5/4 {
			t.Errorf("it took %v", took)
		}
	})
}

// A read that its context ends goes on with the next call, also in mid-message.
func TestReadContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := dial(t, new(Endpoint), func(c *Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, _, err := c.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Read: got %v", err)
			}
			echo(c)
		})
		p.Send(masked(Text, false, "a") + masked(0, true, "b")[:1])
		time.Sleep(2 * time.Second)
		p.Send(masked(0, true, "b")[1:])
		p.Expect("text ab")
	})
}
