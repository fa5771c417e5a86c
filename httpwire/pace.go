package httpwire

import "time"

// A peer that makes progress may still be too slow: a trickle could hold a
// connection for ever. So when it has been waited for as long as one wait may take,
// all waits together, it must have moved Server.MinRate octets per second on
// average. This holds for the body of a request (body.receiveMore, in
// request_body.go) and for a response (output.deliver, in burst_out.go).

// pace measures how fast a peer sends or takes one body. Only the time spent
// waiting for the peer counts, not the time a handler takes.
type pace struct {
	octets int64
	waited time.Duration
}

// deadline returns when the next wait must have made progress: within timeout, and
// soon enough to keep a rate in octets per second. A negative rate is none; without
// a timeout there is no deadline. Before the first wait nothing is to be divided.
func (p *pace) deadline(now instant, timeout time.Duration, rate int64) instant {
	if timeout < 0 || rate < 0 || p.waited == 0 {
		return after(now, timeout)
	}
	late := max(0, p.waited-p.earned(rate))
	return after(now, max(0, timeout-late))
}

// earned returns how long moving the octets may take at a rate.
func (p *pace) earned(rate int64) time.Duration {
	const most = 1 << 33 // seconds: 272 years, about the longest time.Duration
	whole, part := min(p.octets/rate, most), p.octets%rate
	return time.Duration(whole)*time.Second + time.Duration(part)*(time.Second/time.Duration(rate))
}

// add accounts for one wait.
func (p *pace) add(n int64, waited time.Duration) {
	p.octets += n
	p.waited += waited
}
