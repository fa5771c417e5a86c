package explain

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/lint"
)

// curl writes a block for everything it sends or receives:
//
//	=> Send header, 83 bytes (0x53)
//	0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..
//
// --trace gives each octet in hexadecimal. --trace-ascii gives lines of text, in
// which CR LF is known by the gap between offsets, and what cannot be shown is a
// dot. A body on standard output can come between the lines and before them on
// the same one, when the trace goes there, too.
var (
	curlBlock = regexp.MustCompile(`(?:\[(?:\d+|x)-(\d+|x)\] )?(=>|<=) (?:Send|Recv) ([A-Za-z][A-Za-z ]*), (\d+) bytes? \(0x[0-9a-f]+\)$`)
	curlHex   = regexp.MustCompile(`^([0-9a-f]{4,}): ((?:[0-9a-f]{2} ){1,16})`)
	curlText  = regexp.MustCompile(`^([0-9a-f]{4,}): (.*)$`)
)

// What curl says about its connections, in the words of all its versions. The
// number is missing from some, and so is the id.
var (
	curlInfo      = regexp.MustCompile(`(?:\[(?:\d+|x)-(\d+|x)\] )?(?:== Info:|\*) +(.*)$`)
	curlConnected = regexp.MustCompile(`^(?:Connected|Established connection) to (\S+) \(.*?\)(?: port \d+)?(?: \(#(\d+)\))?`)
	curlReuses    = regexp.MustCompile(`^Re-?[uU]sing existing (?:\S+ )?connection!?(?: \(?#(\d+)\)?)?(?: with (?:host|proxy) (\S+))?`)
	curlIntact    = regexp.MustCompile(`^Connection (?:#(\d+) )?to host .*left intact`)
	curlGivesUp   = regexp.MustCompile(`timed out after|^Failure writing output|^Failed writing`)
	curlCloses    = regexp.MustCompile(`^(?i:closing|shutting down) connection(?: #?(\d+))?$`)
)

// curlConn is what curl has sent and received on one connection.
type curlConn struct {
	number         int // that curl gives it
	host           string
	sent, received direction
	marks          []lint.Mark // when octets came
	inUse          bool        // by a transfer
	announced      bool        // curl has said that it is connected
	gaveUp         bool        // before the response was whole
	closed         bool        // by the server, or when nothing was left to read
}

// direction is one direction of a connection.
type direction struct {
	octets []byte
	cuts   []int
	lossy  bool // octets may be missing
	added  bool // an empty line that curl left out is among them
	inHead bool // the last block was a line of a head, and not the last one
}

// curlTrace is a trace being read.
type curlTrace struct {
	conns     []*curlConn
	byNumber  map[int]*curlConn // the last of each number: traces can be joined
	used      int               // how many are in use
	recent    *curlConn         // the last one that has come into use
	next      int               // number of the next connection if curl gives none
	ambiguous bool              // it is not known which connection a block belongs to

	block *direction // that the present lines belong to, nil if to none
	start int        // where the block begins in it
	size  int        // of the block
	head  bool       // the block is part of a head
}

// line reads one line of the trace.
func (t *curlTrace) line(line string) {
	if t.block != nil && t.row(line) {
		return
	}
	if head := curlBlock.FindStringSubmatch(line); head != nil {
		t.end()
		t.begin(head[1], head[2], head[3], head[4])
	} else if info := curlInfo.FindStringSubmatch(line); info != nil {
		t.end()
		t.info(info[1], info[2])
	}
}

// row reads a line of octets, and reports whether it is one.
func (t *curlTrace) row(line string) bool {
	have := len(t.block.octets) - t.start
	row := curlText.FindStringSubmatch(line)
	if row == nil || have >= t.size {
		return false
	}
	at, err := strconv.ParseInt(row[1], 16, 32)
	if err != nil {
		return false
	}
	if hexed := curlHex.FindStringSubmatch(line); hexed != nil && !t.block.lossy && int(at) == have && len(hexed[2])/3 == min(16, t.size-have) {
		octets, _ := hex.DecodeString(strings.ReplaceAll(hexed[2], " ", "")) // the expression has seen to it
		t.block.octets = append(t.block.octets, octets...)
		return true
	}
	t.block.lossy = true
	t.lineEnd(int(at))
	t.block.octets = append(t.block.octets, row[2]...)
	return true
}

// lineEnd adds CR LF if the block so far lacks two octets up to offset to.
func (t *curlTrace) lineEnd(to int) {
	if t.block.lossy && to-(len(t.block.octets)-t.start) == 2 {
		t.block.octets = append(t.block.octets, "\r\n"...)
	}
}

// begin starts a block.
func (t *curlTrace) begin(id, arrow, what, size string) {
	if what != "header" && what != "data" {
		return // of TLS
	}
	conn := t.owner(id)
	t.block = &conn.received
	if arrow == "=>" {
		t.block = &conn.sent
	} else {
		conn.marks = append(conn.marks, lint.Mark{Received: len(conn.received.octets), Sent: len(conn.sent.octets)})
	}
	t.start = len(t.block.octets)
	t.size, _ = strconv.Atoi(size)
	t.head = what == "header"
}

// end completes the present block.
func (t *curlTrace) end() {
	if t.block == nil {
		return
	}
	t.lineEnd(t.size)
	t.interimEnd()
	t.block.cuts = append(t.block.cuts, len(t.block.octets))
	t.block = nil
}

// interimEnd adds the empty line after an interim response, if the present block
// begins the next response: curl takes that line in without a word.
func (t *curlTrace) interimEnd() {
	b := t.block
	now := b.octets[t.start:]
	if b.inHead && t.head && bytes.HasPrefix(now, []byte("HTTP/")) {
		b.octets = slices.Insert(b.octets, t.start, '\r', '\n')
		now, b.added = b.octets[t.start:], true
	}
	b.inHead = t.head && !bytes.HasSuffix(now, []byte("\r\n\r\n")) && string(now) != "\r\n"
}

// owner returns the connection that a block belongs to: the one with its id, or
// else the only one in use.
func (t *curlTrace) owner(id string) *curlConn {
	if number, err := strconv.Atoi(id); err == nil {
		if t.byNumber[number] == nil {
			t.open(number)
		}
		t.use(t.byNumber[number], true)
		return t.byNumber[number]
	}
	if t.used == 1 && t.recent.inUse {
		return t.recent
	}
	used := t.which(func(c *curlConn) bool { return c.inUse })
	switch {
	case len(used) > 1:
		t.ambiguous = true
	case len(used) == 0:
		return t.open(t.next)
	}
	return used[0]
}

// which returns the connections of which a statement is true.
func (t *curlTrace) which(is func(*curlConn) bool) (some []*curlConn) {
	for _, c := range t.conns {
		if is(c) {
			some = append(some, c)
		}
	}
	return some
}

// use notes that a connection comes into use, or out of it.
func (t *curlTrace) use(c *curlConn, inUse bool) {
	switch {
	case inUse && !c.inUse:
		t.used++
		t.recent = c
	case !inUse && c.inUse:
		t.used--
	}
	c.inUse = inUse
}

// open adds a connection, which is in use.
func (t *curlTrace) open(number int) *curlConn {
	c := &curlConn{number: number}
	t.use(c, true)
	t.conns = append(t.conns, c)
	t.byNumber[number] = c
	t.next = max(t.next, number+1)
	return c
}

// info reads a line of information: some tell of connections.
func (t *curlTrace) info(id, text string) {
	if said := curlConnected.FindStringSubmatch(text); said != nil {
		t.connected(firstNumber(id, said[2]), said[1])
	} else if said := curlReuses.FindStringSubmatch(text); said != nil {
		t.reuses(firstNumber(id, said[1]), said[2])
	} else if said := curlIntact.FindStringSubmatch(text); said != nil {
		t.leave(firstNumber(said[1], id), false)
	} else if said := curlCloses.FindStringSubmatch(text); said != nil {
		t.leave(firstNumber(said[1], id), true)
	} else if curlGivesUp.MatchString(text) {
		number := firstNumber(id)
		for _, c := range t.which(func(c *curlConn) bool { return c.inUse && (number < 0 || c.number == number) }) {
			c.gaveUp = true
		}
	}
}

// firstNumber returns the first text that is a number, or -1.
func firstNumber(texts ...string) int {
	for _, text := range texts {
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	return -1
}

// connected notes a new connection. Through a proxy, curl may have sent something
// before it says so.
func (t *curlTrace) connected(number int, host string) {
	early := t.which(func(c *curlConn) bool { return c.inUse && !c.announced && (number < 0 || c.number == number) })
	if number < 0 {
		number = t.next
	}
	c := t.byNumber[number]
	switch {
	case len(early) > 0:
		c = early[0]
	case c == nil || !c.inUse || len(c.sent.octets) > 0 && c.announced && c.host != host:
		c = t.open(number)
	}
	c.host, c.announced = host, true
}

// reuses notes that a transfer takes a connection that has served another one.
// If curl does not say which, it is the idle one to the same host.
func (t *curlTrace) reuses(number int, host string) {
	if c := t.byNumber[number]; c != nil {
		t.use(c, true)
		return
	}
	idle := func(c *curlConn) bool { return !c.inUse && !c.closed }
	to := t.which(func(c *curlConn) bool { return idle(c) && c.host != "" && strings.HasPrefix(host+":", c.host+":") })
	if len(to) == 0 {
		to = t.which(idle)
	}
	for _, c := range to {
		t.use(c, true) // if there are several, the next block has several owners
	}
}

// leave notes that a connection serves no transfer any more.
func (t *curlTrace) leave(number int, closes bool) {
	if number < 0 {
		used := t.which(func(c *curlConn) bool { return c.inUse })
		if open := t.which(func(c *curlConn) bool { return !c.closed }); len(used) == 0 && closes {
			used = open
		}
		if len(used) != 1 {
			return
		}
		number = used[0].number
	}
	if c := t.byNumber[number]; c != nil {
		t.use(c, false)
		c.closed = c.closed || closes
	}
	t.next = max(t.next, number+1)
}
