package httpwire

import (
	"errors"
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
func (p *pace) deadline(now time.Time, timeout time.Duration) time.Time {
	if timeout < 0 {
		return time.Time{}
	}
	earned := time.Duration(min(p.octets, mostEarned)) * (time.Second / minimumRate)
	return now.Add(max(0, min(timeout, rateGrace+earned-p.waited)))
}

// add accounts for one wait.
func (p *pace) add(n int64, waited time.Duration) {
	p.octets += n
	p.waited += waited
}

// timer remembers which deadline is armed on one direction of a connection.
type timer struct{ armed time.Time }

// arm makes sure that a deadline is set that is not later than wanted, and
// earlier by no more than deadlineSlack. The zero time is no deadline.
func (t *timer) arm(wanted time.Time, set func(time.Time) error) error {
	early := wanted.Sub(t.armed)
	if wanted.IsZero() == t.armed.IsZero() && early >= 0 && early <= deadlineSlack {
		return nil
	}
	t.armed = wanted
	return set(wanted)
}

// fired reports whether err means that the wanted deadline has passed. If the
// armed one was early, it reports false and the next arm sets it anew.
func (t *timer) fired(err error, wanted time.Time) (expired, early bool) {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false, false
	}
	t.armed = time.Unix(1, 0) // passed: never taken for a wanted one
	expired = !wanted.IsZero() && !time.Now().Before(wanted)
	return expired, !expired
}

// errTimeout is what a read or write returns when its deadline has passed.
var errTimeout = errors.New("httpwire: timeout")

// read reads into p until the wanted deadline. It returns errTimeout when that
// has passed.
func (c *Conn) read(p []byte, wanted time.Time) (n int, err error) {
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
		expired, early := c.readTimer.fired(err, wanted)
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
func (c *Conn) armRead(wanted time.Time) error {
	err := c.readTimer.arm(wanted, c.nc.SetReadDeadline)
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
	var wanted time.Time
	for progress := true; len(head)+len(tail) > 0; {
		start := time.Now()
		if progress {
			wanted = c.writePace.deadline(start, c.writeTimeout)
		}
		if err := c.armWrite(wanted); err != nil {
			return err
		}
		n, err := c.writeOnce(head, tail)
		c.wrote(head, tail, n, time.Since(start))
		taken := min(n, len(head))
		head, tail, progress = head[taken:], tail[n-taken:], n > 0
		if err = c.writeFailed(err, progress, wanted); err != nil {
			return err
		}
	}
	return nil
}

// armWrite sets the deadline of the next write.
func (c *Conn) armWrite(wanted time.Time) error {
	if c.secure {
		c.writeTimer.armed = time.Unix(1, 0) // an early deadline would break the connection: set the exact one
	}
	return c.writeTimer.arm(wanted, c.nc.SetWriteDeadline)
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
func (c *Conn) writeFailed(err error, progress bool, wanted time.Time) error {
	expired, early := c.writeTimer.fired(err, wanted)
	switch {
	case !expired && !early:
		return err
	case expired && !progress, c.secure:
		return errTimeout
	}
	return nil
}
