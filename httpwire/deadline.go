package httpwire

import (
	"errors"
	"math"
	"os"
	"time"
)

// A peer that makes progress may still be too slow: after a grace it must have
// moved a minimum of octets on average, or a trickle could hold a connection
// for ever.
const (
	minimumRate = 240 // octets per second
	rateGrace   = 5 * time.Second

	// deadlineSlack is how early an armed deadline may be. Setting one costs as
	// much as parsing a small head, so one that is almost right is left alone;
	// if it fires early, it is set again.
	deadlineSlack = time.Second
)

// mostEarned is as many octets as deadline can reckon with, about a tebibyte.
const mostEarned = 1 << 40

// pace measures how fast a peer sends or takes one body. Only the time spent
// waiting for the peer counts, not the time a handler takes.
type pace struct {
	octets int64
	waited time.Duration
}

// deadline returns when the next wait must have made progress: within timeout,
// and soon enough to keep the minimum rate. Without a timeout there is none.
func (p *pace) deadline(now instant, timeout time.Duration) instant {
	earned := time.Duration(min(p.octets, mostEarned)) * (time.Second / minimumRate)
	return after(now, min(timeout, max(0, rateGrace+earned-p.waited)))
}

// add accounts for one wait.
func (p *pace) add(n int64, waited time.Duration) {
	p.octets += n
	p.waited += waited
}

// instant is a point in the life of a connection: how long ago it was accepted.
// Asking for it costs half of what asking for the time of day does.
type instant time.Duration

const (
	past  instant = math.MinInt64 / 2 // before any other
	never instant = math.MaxInt64     // as a deadline: none
)

// now returns the present instant.
func (c *Conn) now() instant { return instant(time.Since(c.accepted)) }

// since returns how long ago an instant was.
func (c *Conn) since(start instant) time.Duration { return time.Duration(c.now() - start) }

// after returns the deadline for a timeout that begins at start, which is not
// before the accept; negative ones never end.
func after(start instant, timeout time.Duration) instant {
	if timeout < 0 || instant(timeout) > never-start {
		return never
	}
	return start + instant(timeout)
}

// timer remembers which deadline is armed on one direction of a connection.
type timer struct{ armed instant }

// arm makes sure that a deadline is set that is not later than wanted, and
// earlier by no more than deadlineSlack.
func (c *Conn) arm(t *timer, wanted instant, set func(time.Time) error) error {
	early := wanted - t.armed
	if early >= 0 && early <= instant(deadlineSlack) {
		return nil
	}
	t.armed = wanted
	if wanted == never {
		return set(time.Time{})
	}
	return set(c.accepted.Add(time.Duration(wanted)))
}

// fired reports whether err means that the wanted deadline has passed. If the
// armed one was early, it reports false and the next arm sets it anew.
func (c *Conn) fired(t *timer, err error, wanted instant) (expired, early bool) {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false, false
	}
	t.armed = past
	expired = c.now() >= wanted
	return expired, !expired
}

// errTimeout is what a read or write returns when its deadline has passed.
var errTimeout = errors.New("httpwire: timeout")

// read reads into p until the wanted deadline. It returns errTimeout when that
// has passed.
func (c *Conn) read(p []byte, wanted instant) (n int, err error) {
	if err = c.takeReadError(); err != nil {
		return 0, err
	}
	for {
		if err = c.armRead(wanted); err != nil {
			return 0, err
		}
		n, err = c.nc.Read(p)
		if n > 0 {
			c.traceRead(p[:n])
			c.readError = err
			return n, nil
		}
		expired, early := c.fired(&c.readTimer, err, wanted)
		switch {
		case expired:
			return 0, errTimeout
		case !early:
			return 0, err
		}
	}
}

// armRead sets the deadline of the next read, unless Shutdown has set one already
// to wake an idle connection.
func (c *Conn) armRead(wanted instant) error {
	err := c.arm(&c.readTimer, wanted, c.nc.SetReadDeadline)
	if connState(c.state.Load()) == stateDismissed {
		return errTimeout
	}
	return err
}

// takeReadError returns an error that came together with octets, or that the
// watcher met, before the network is asked again.
func (c *Conn) takeReadError() error {
	err := c.readError
	c.readError = nil
	return err
}

// write writes what is buffered and then tail, in one system call where the
// platform can, for as long as the peer takes octets fast enough.
func (c *Conn) write(head, tail []byte) error {
	var wanted instant
	for progress := true; len(head)+len(tail) > 0; {
		start := c.now()
		if progress {
			wanted = c.writePace.deadline(start, c.writeTimeout)
		}
		if err := c.armWrite(wanted); err != nil {
			return err
		}
		n, err := c.writeOnce(head, tail)
		c.wrote(head, tail, n, c.since(start))
		taken := min(n, len(head))
		head, tail, progress = head[taken:], tail[n-taken:], n > 0
		if err = c.writeFailed(err, progress, wanted); err != nil {
			return err
		}
	}
	return nil
}

// armWrite sets the deadline of the next write.
func (c *Conn) armWrite(wanted instant) error {
	if c.secure {
		c.writeTimer.armed = past // an early deadline would break the connection: set the exact one
	}
	return c.arm(&c.writeTimer, wanted, c.nc.SetWriteDeadline)
}

// wrote accounts for n octets of head and tail that have been written.
func (c *Conn) wrote(head, tail []byte, n int, waited time.Duration) {
	c.traceWrite(head, tail, n)
	c.writePace.add(int64(n), waited)
	c.octetsOut += int64(n)
}

// writeFailed returns what ends the connection after a write that returned err:
// nothing if it may be tried again, because its deadline was an early one or the
// peer has taken something. TLS cannot go on behind half a record.
func (c *Conn) writeFailed(err error, progress bool, wanted instant) error {
	expired, early := c.fired(&c.writeTimer, err, wanted)
	switch {
	case !expired && !early:
		return err
	case expired && !progress, c.secure:
		return errTimeout
	}
	return nil
}
