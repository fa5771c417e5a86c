package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scale measures how the cost of a request grows with the connections. Opening
// ten thousand of them costs a server more than answering for a while, so that
// cost is measured by itself, just before each slice, and taken off.
func (b *bench) scale(s scenario) error {
	for _, conns := range slices.Compact([]int{1, min(1000, b.conns), b.conns}) {
		level := s
		level.conns = conns
		level.name = fmt.Sprintf("%s%d", scalePrefix, conns)
		err := b.rotate(level.name, b.able(s), max(1, b.rounds/2), func(p *process) (loader, func(), error) {
			opening, err := openingCost(p, conns)
			return func(p *process, slice time.Duration) (figures, error) {
				f, err := b.wrk(p, level, slice+time.Duration(conns)*openingTime)
				f.opening = opening
				return f, err
			}, func() {}, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// openingTime is added to a slice for each connection: about what wrk needs to
// open one and to have it answered once.
const openingTime = 200 * time.Microsecond

// scalePrefix begins the names under which the levels are stored.
const scalePrefix = "scale-"

// level is a number of connections with the scenario that has its figures.
type level struct {
	conns int
	name  string
}

// levels returns the numbers of connections that were measured, in order.
func (b *bench) levels() (list []level) {
	names := map[string]bool{}
	for _, s := range b.samples {
		number, scaled := strings.CutPrefix(s.scenario, scalePrefix)
		if conns, err := strconv.Atoi(number); scaled && err == nil && !names[s.scenario] {
			names[s.scenario] = true
			list = append(list, level{conns, s.scenario})
		}
	}
	if len(list) > 0 && len(b.measured("plaintext")) > 0 {
		list = append(list, level{plaintextConns, "plaintext"})
	}
	slices.SortFunc(list, func(l, m level) int { return l.conns - m.conns })
	return list
}

// openingCost is the CPU time a server needs to accept n connections and to
// see them go.
func openingCost(p *process, n int) (time.Duration, error) {
	before := cpuTime(p.cmd.Process.Pid)
	conns, err := dialMany(p.addr, n)
	closeMany(conns)
	return settled(p) - before, err
}

// settled waits until a server has nothing left to do and returns its CPU time.
func settled(p *process) time.Duration {
	now := cpuTime(p.cmd.Process.Pid)
	for range 50 {
		time.Sleep(50 * time.Millisecond)
		before := now
		if now = cpuTime(p.cmd.Process.Pid); now-before < time.Millisecond {
			break
		}
	}
	return now
}

const simpleRequest = "GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n"

// onceEach sends one request on every connection, then reads every answer, and
// returns the octets of one. A size that is not zero is taken as known, and
// no heads are read.
func onceEach(conns []net.Conn, size int) (int, error) {
	for _, nc := range conns {
		if _, err := nc.Write([]byte(simpleRequest)); err != nil {
			return 0, err
		}
	}
	buffer := make([]byte, 4096)
	for _, nc := range conns {
		var err error
		if size == 0 {
			nc.SetReadDeadline(time.Now().Add(time.Minute)) // for all the requests to come
			var answer []byte
			answer, err = readAnswer(nc, buffer)
			size = len(answer)
		} else {
			_, err = io.ReadFull(nc, buffer[:size])
		}
		if err != nil {
			return 0, err
		}
	}
	return size, nil
}

// readAnswer reads one answer of a declared length into buffer and returns it.
func readAnswer(nc net.Conn, buffer []byte) ([]byte, error) {
	have, size := 0, -1
	for size < 0 || have < size {
		if have == len(buffer) {
			return nil, io.ErrShortBuffer
		}
		n, err := nc.Read(buffer[have:])
		if err != nil {
			return nil, fmt.Errorf("answer cut at octet %d: %w", have+n, err)
		}
		have += n
		if size < 0 {
			size = answerSize(buffer[:have])
		}
	}
	return buffer[:size], nil
}

// answerSize returns the octets of an answer, head and body; -1 while the head
// is not there.
func answerSize(octets []byte) int {
	end := bytes.Index(octets, []byte("\r\n\r\n"))
	if end < 0 {
		return -1
	}
	size := end + len("\r\n\r\n")
	for line := range strings.SplitSeq(string(octets[:end]), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			var n int
			fmt.Sscan(value, &n)
			return size + n
		}
	}
	return size
}
