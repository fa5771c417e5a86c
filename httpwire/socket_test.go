package httpwire

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestEarlyDeadline: a deadline that was armed for an earlier write neither ends
// the next one too soon, nor makes it wait twice as long, nor spin.
func TestEarlyDeadline(t *testing.T) {
	for _, test := range []struct {
		name   string
		secure bool
		writes int
	}{
		{"plain", false, 3}, // the last one tried again
		{"TLS", true, 2},    // which cannot try again, so that its deadline is not early
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, &Server{Handler: hello})
				server, conn := h.pipes()
				if test.secure {
					go h.server.ServeConn(secureTwoWay{server})
				} else {
					go h.server.ServeConn(server)
				}
				c := h.client(conn)
				c.send(get("/"))
				c.patience = time.Minute
				c.expect("200 length 3 1 /") // until 30 s from now
				time.Sleep(500 * time.Millisecond)
				start := time.Now()
				c.send(get("/"))
				c.expectReason(ReasonWriteTimeout)
				check(t, "closed after", time.Since(start), 30*time.Second)
				check(t, "writes", server.writes(), test.writes)
			})
		})
	}
}

// secureTwoWay is TLS, says HandshakeContext.
type secureTwoWay struct{ *twoWay }

func (secureTwoWay) HandshakeContext(context.Context) error { return nil }

// lateTLS is TLS, says HandshakeContext, and each of its writes meets its
// deadline.
type lateTLS struct {
	scriptedConn
	writes int
}

func (c *lateTLS) HandshakeContext(context.Context) error { return nil }

func (c *lateTLS) Write([]byte) (int, error) {
	c.writes++
	return 0, os.ErrDeadlineExceeded
}

// TestTLSWriteDeadline: TLS cannot go on after a write that met its deadline.
func TestTLSWriteDeadline(t *testing.T) {
	var reason CloseReason
	s := &Server{Handler: hello, OnClose: func(_ *Conn, info CloseInfo) { reason = info.Reason }}
	nc := &lateTLS{scriptedConn: scriptedConn{r: strings.NewReader(get("/"))}}
	s.ServeConn(nc)
	check(t, "reason", reason, ReasonWriteTimeout)
	check(t, "writes", nc.writes, 1)
}

// TestLateInterrupt: an interrupt that comes when reading has been resumed does not
// end it.
func TestLateInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nc, other := net.Pipe()
		defer other.Close()
		var s socket
		s.open(nc)
		s.resume()
		s.interrupt()
		s.wakeRead() // that of one that began before
		go func() {
			time.Sleep(time.Second)
			io.WriteString(other, "x")
		}()
		n, err := s.read(make([]byte, 1), s.clock.now()+instant(time.Minute))
		check(t, "octets", n, 1)
		checkError(t, "read", err, nil)
	})
}
