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

// instant is a point in the life of a connection: how long after its accept.
// Asking for it costs half of what asking for the time of day does.
type instant time.Duration

const (
	past  instant = math.MinInt64 / 2 // before any other
	never instant = math.MaxInt64     // as a deadline: none
)

// after returns the deadline for a timeout that begins at start, which is not
// before the accept. A negative timeout never ends.
func after(start instant, timeout time.Duration) instant {
	if timeout < 0 || instant(timeout) > never-start {
		return never
	}
	return start + instant(timeout)
}

// clock tells the instants of a connection.
type clock struct{ accepted time.Time }

// now returns the present instant.
func (c clock) now() instant { return instant(time.Since(c.accepted)) }

// since returns how much time has passed since an instant.
func (c clock) since(start instant) time.Duration { return time.Duration(c.now() - start) }

// timer remembers which deadline is armed on one direction of a connection.
type timer struct{ armed instant }

// arm makes sure that a deadline is set that is not later than wanted, and
// earlier by no more than deadlineSlack.
func (t *timer) arm(c clock, wanted instant, set func(time.Time) error) error {
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

// disarm forgets which deadline is set, so that the next arm sets it.
func (t *timer) disarm() { t.armed = past }

// fired reports whether err means that the wanted deadline has passed, or that
// the armed one, which may be early, has: then the next arm sets it anew.
func (t *timer) fired(c clock, err error, wanted instant) (expired, early bool) {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false, false
	}
	t.disarm()
	expired = c.now() >= wanted
	return expired, !expired
}

// errTimeout is what a read or write returns when its deadline has passed.
var errTimeout = errors.New("httpwire: timeout")
