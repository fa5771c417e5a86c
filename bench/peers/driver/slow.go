package main

import (
	"net"
	"sync"
	"time"
)

// The slow clients of the slow scenario: each sends a piece of its head, waits,
// and sends the next. A head takes five seconds, which is legal everywhere
// here; it never ends within a slice.
const (
	slowConns = 1000
	slowPiece = 4 // octets
	slowWait  = 250 * time.Millisecond
	slowHead  = "GET / HTTP/1.1\r\nHost: localhost:3000\r\nUser-Agent: a client on a slow line\r\n\r\n"
)

// slow loads a server with wrk while slow clients hold connections too.
func (b *bench) slow(s scenario) error {
	return b.rotate(s.name, b.able(s), b.rounds, func(p *process) (loader, func(), error) {
		conns, err := dialMany(p.addr, slowConns)
		stop := make(chan struct{})
		var trickling sync.WaitGroup
		trickling.Go(func() { trickle(conns, stop) })
		undo := func() {
			close(stop)
			trickling.Wait()
			closeMany(conns)
		}
		load := func(p *process, slice time.Duration) (figures, error) { return b.wrk(p, s, slice) }
		return load, undo, err
	})
}

// trickle sends the heads piece by piece, spread evenly over the waiting time.
func trickle(conns []net.Conn, stop <-chan struct{}) {
	const groups = 50
	ticker := time.NewTicker(slowWait / groups)
	defer ticker.Stop()
	for turn := 0; ; turn++ {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		from := turn / groups * slowPiece
		if from+slowPiece > len(slowHead)-4 {
			return // only slices of several seconds get here
		}
		for i := turn % groups; i < len(conns); i += groups {
			conns[i].Write([]byte(slowHead[from : from+slowPiece]))
		}
	}
}

// dialMany opens connections, with as many at a time as an accept queue holds.
func dialMany(addr string, n int) ([]net.Conn, error) {
	conns := make([]net.Conn, 0, n)
	for range n {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			return conns, err
		}
		conns = append(conns, nc)
	}
	return conns, nil
}

// closeMany ends connections with a reset, so that ten thousand of them leave
// no ports in TIME-WAIT for the next round.
func closeMany(conns []net.Conn) {
	for _, nc := range conns {
		nc.(*net.TCPConn).SetLinger(0)
		nc.Close()
	}
}
