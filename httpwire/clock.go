package httpwire

import (
	"errors"
	"math"
	"os"
	"time"
)

// What a deadline is for is decided elsewhere: how long a head may take in
// burst.receiveHead (burst.go), before its first octet and between requests in
// Conn.wait (conn_idle.go), in a handshake in Conn.open (conn.go); bodies and
// responses have a pace (pace.go).

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

// deadlineSlack is how early an armed deadline may be. Setting one costs as much as
// parsing a small head, so one that is almost right is left alone; if it fires
// early, it is set again.
const deadlineSlack = time.Second

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
