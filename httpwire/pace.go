package httpwire

import "time"

// A peer that makes progress may still be too slow: after a grace it must have
// moved a minimum of octets on average, or a trickle could hold a connection
// for ever. This holds for the body of a request (body.receiveMore, in
// request_body.go) and for a response (output.deliver, in burst_out.go).
const (
	minimumRate = 240 // octets per second
	rateGrace   = 5 * time.Second
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
