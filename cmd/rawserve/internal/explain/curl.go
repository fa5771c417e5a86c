package explain

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// curlOutput is what curl has written, if it was curl at all.
type curlOutput int

const (
	notCurl     curlOutput = iota
	curlTraced             // by --trace or --trace-ascii
	curlVerbose            // by -v, which leaves out octets
)

// What curl writes line by line. A time comes first with --trace-time, and ids of
// the transfer and of the connection with --trace-ids. Lines of information began
// with "== Info:" until curl 8.17 gave them the asterisk that -v has always had.
const curlPrefix = `(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[(?:\d+|x)-(?:\d+|x)\] )?`

var (
	curlInfoLine     = regexp.MustCompile(`^` + curlPrefix + `(?:== Info:|\*) `)
	curlOldInfoLine  = regexp.MustCompile(`^` + curlPrefix + `== Info:`)
	curlVerboseLine  = regexp.MustCompile(`^` + curlPrefix + `(?:> \S+ \S+ HTTP/\d|< HTTP/\d|[{}] \[\d+ bytes data\])`)
	curlProgressLine = regexp.MustCompile(`^(?:  % Total |DL% UL% | +Dload |[^*]*(?:--|\d+):(?:--|\d\d):(?:--|\d\d) |Note: |Warning: )`)
	curlConnects     = regexp.MustCompile(`\* +(?:Trying |Connected to |Could not resolve |Failed to connect |Host .* was resolved|(?i:closing connection))`)
	requestLineEnd   = regexp.MustCompile(` HTTP/\d\.\d\r?\n?$`)
)

// maxRecognise is how many octets are looked at to know what the input is.
const maxRecognise = 64 << 10

// recogniseCurl says whether data is what curl writes about an exchange. No
// request begins like that: an asterisk could be a method, but then its line is a
// request-line.
func recogniseCurl(data []byte) curlOutput {
	informed := false
	for line := range bytes.Lines(data[:min(len(data), maxRecognise)]) {
		progress := curlProgressLine.Match(line)
		switch {
		case curlOldInfoLine.Match(line):
			return curlTraced
		case curlVerboseLine.Match(line):
			return curlVerbose
		case curlInfoLine.Match(line) && (informed || !requestLineEnd.Match(line)), progress && curlConnects.Match(line):
			informed = true
		case curlBlock.Match(bytes.TrimRight(line, "\r\n")):
			return curlTraced
		case !informed && !progress:
			return notCurl
		}
	}
	if informed && curlConnects.Match(data[:min(len(data), maxRecognise)]) {
		return curlTraced // of an attempt to connect
	}
	return notCurl
}

// errVerbose answers what curl -v has printed.
var errVerbose = errors.New("this is what curl -v prints: it shows neither line endings nor bodies, so there is nothing to judge; " +
	"record the exchange with curl --trace FILE, and explain FILE")

// maxConns is how many connections of a trace are explained.
const maxConns = 10_000

// multiplexed is how curl shows a request that is not sent as text.
var multiplexed = regexp.MustCompile(`^[^\r\n]* HTTP/([23])\r\n`)

// curlStreams returns both directions of each connection of a trace.
func curlStreams(data []byte) (streams []stream, err error) {
	t := &curlTrace{byNumber: map[int]*curlConn{}}
	for line := range bytes.Lines(data) {
		t.line(strings.TrimRight(string(line), "\r\n"))
		if len(t.conns) > maxConns {
			return nil, fmt.Errorf("the trace has more than %d connections; split it", maxConns)
		}
		if t.ambiguous {
			break
		}
	}
	t.end()
	if t.ambiguous {
		return nil, errors.New("the trace has two connections open at the same time and does not say which octets belong to which; " +
			"record it with --trace-ids (curl 8.2 or later), or without -Z")
	}
	for _, c := range t.conns {
		if version := multiplexed.FindSubmatch(c.sent.octets); version != nil {
			return nil, fmt.Errorf("connection #%d speaks HTTP/%s, of which curl shows a rendering and not the octets; "+
				"record it with --http1.1", c.number, version[1])
		}
		streams = append(streams, c.streams()...)
	}
	if streams == nil {
		return nil, errors.New("the curl trace holds nothing that was sent or received")
	}
	return streams, nil
}

// streams returns the directions that have octets.
func (c *curlConn) streams() (streams []stream) {
	title := func(what string, d *direction) string {
		text := fmt.Sprintf("connection #%d: %s", c.number, what)
		if d.lossy {
			text += " (--trace-ascii shows some octets as dots; --trace shows all)"
		}
		if d.added {
			text += " (with the empty line after an interim response, which the trace leaves out)"
		}
		return text
	}
	if len(c.sent.octets) > 0 {
		streams = append(streams, stream{title: title("what curl sent", &c.sent), octets: c.sent.octets,
			options: xray.Options{Type: "request", Cuts: c.sent.cuts}})
	}
	if len(c.received.octets) > 0 {
		streams = append(streams, stream{title: title("what curl received", &c.received), octets: c.received.octets,
			sent: c.sent.octets, marks: c.marks, lossy: c.sent.lossy || c.received.lossy,
			options: xray.Options{Type: "response", Cuts: c.received.cuts, Methods: methodsOf(c.sent.octets),
				Ended: c.closed && !c.gaveUp}})
	}
	return streams
}

// methodsOf returns the methods of the requests among octets.
func methodsOf(octets []byte) (methods []string) {
	for m := range xray.Each(octets, xray.Options{Type: "request"}) {
		methods = append(methods, m.Method)
	}
	return methods
}
