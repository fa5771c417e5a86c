package explain

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// curl writes a block for everything it sends or receives:
//
//	=> Send header, 83 bytes (0x53)
//	0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..
//
// --trace gives each octet in hexadecimal. --trace-ascii gives lines of text, in
// which CR LF is known by the gap between offsets, and what cannot be shown is a
// dot.
var (
	curlBlock = regexp.MustCompile(`^(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[[^\]]*\] )?(=>|<=|==) ([A-Za-z]+)(?: ([A-Za-z ]+), (\d+) bytes?)?`)
	curlHex   = regexp.MustCompile(`^([0-9a-f]{4,}): ((?:[0-9a-f]{2} ){1,16})`)
	curlText  = regexp.MustCompile(`^([0-9a-f]{4,}): (.*)$`)
)

// isCurlTrace reports whether data is what curl --trace writes.
func isCurlTrace(data []byte) bool {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return curlBlock.Match(line)
}

// curlConn is what curl has sent and received on one connection.
type curlConn struct {
	sent, received direction
	closed         bool
}

// direction is one direction of a connection.
type direction struct {
	octets []byte
	cuts   []int
	lossy  bool // octets may be missing
}

// curlTrace is a trace being read.
type curlTrace struct {
	conns []*curlConn
	block *direction // that the present lines belong to, nil if to none
	start int        // where the block begins in it
	size  int        // of the block
}

// curlStreams returns both directions of each connection of a trace.
func curlStreams(data []byte) (streams []stream, err error) {
	t := &curlTrace{conns: []*curlConn{{}}}
	for line := range strings.SplitSeq(string(data), "\n") {
		t.line(strings.TrimSuffix(line, "\r"))
	}
	t.end()
	for i, c := range t.conns {
		title := func(what string, lossy bool) string {
			text := fmt.Sprintf("connection %d: %s", i+1, what)
			if lossy {
				text += " (--trace-ascii shows some octets as dots; --trace shows all)"
			}
			return text
		}
		if len(c.sent.octets) > 0 {
			streams = append(streams, stream{title("what curl sent", c.sent.lossy), c.sent.octets,
				xray.Options{Type: "request", Cuts: c.sent.cuts}})
		}
		if len(c.received.octets) > 0 {
			streams = append(streams, stream{title("what curl received", c.received.lossy), c.received.octets,
				xray.Options{Type: "response", Cuts: c.received.cuts, Methods: methodsOf(c.sent.octets), Ended: c.closed}})
		}
	}
	if streams == nil {
		return nil, fmt.Errorf("the curl trace holds nothing that was sent or received")
	}
	return streams, nil
}

// methodsOf returns the methods of the requests among octets.
func methodsOf(octets []byte) (methods []string) {
	for _, m := range xray.Dissect(octets, xray.Options{Type: "request"}) {
		methods = append(methods, m.Method)
	}
	return methods
}

// line reads one line of the trace.
func (t *curlTrace) line(line string) {
	if head := curlBlock.FindStringSubmatch(line); head != nil {
		t.end()
		t.begin(head[1], head[3], head[4], line)
		return
	}
	if t.block == nil {
		return
	}
	if row := curlHex.FindStringSubmatch(line); row != nil && t.isHex(row) {
		octets, _ := hex.DecodeString(strings.ReplaceAll(row[2], " ", "")) // the expression has seen to it
		t.block.octets = append(t.block.octets, octets...)
	} else if row := curlText.FindStringSubmatch(line); row != nil {
		t.text(row[1], row[2])
	}
}

// isHex reports whether a line that looks like hexadecimal has as many octets as
// its place in the block allows. Text can look like it, too.
func (t *curlTrace) isHex(row []string) bool {
	at, err := strconv.ParseInt(row[1], 16, 32)
	return err == nil && !t.block.lossy && int(at) == len(t.block.octets)-t.start && len(row[2])/3 == min(16, t.size-int(at))
}

// begin starts a block.
func (t *curlTrace) begin(arrow, what, size, line string) {
	t.block = nil
	conn := t.conns[len(t.conns)-1]
	switch {
	case arrow == "==" && strings.Contains(line, "Connected to ") && len(conn.sent.octets) > 0:
		t.conns = append(t.conns, &curlConn{})
		return
	case arrow == "==":
		conn.closed = conn.closed || strings.Contains(line, "Closing connection")
		return
	case arrow == "=>" && (what == "header" || what == "data"):
		t.block = &conn.sent
	case arrow == "<=" && (what == "header" || what == "data"):
		t.block = &conn.received
	default:
		return
	}
	t.start = len(t.block.octets)
	t.size, _ = strconv.Atoi(size)
}

// text reads a line of --trace-ascii. The gap between where the octets so far
// end and where this line begins is the CR LF that ended the last one.
func (t *curlTrace) text(offset, text string) {
	at, err := strconv.ParseInt(offset, 16, 32)
	if err != nil {
		return
	}
	t.block.lossy = true
	t.lineEnd(int(at))
	t.block.octets = append(t.block.octets, text...)
}

// lineEnd adds CR LF if the block so far lacks two octets up to offset to.
func (t *curlTrace) lineEnd(to int) {
	if t.block.lossy && to-(len(t.block.octets)-t.start) == 2 {
		t.block.octets = append(t.block.octets, "\r\n"...)
	}
}

// end completes the present block.
func (t *curlTrace) end() {
	if t.block == nil {
		return
	}
	t.lineEnd(t.size)
	t.block.cuts = append(t.block.cuts, len(t.block.octets))
	t.block = nil
}
