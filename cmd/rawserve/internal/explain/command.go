package explain

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// Exit statuses of Command.
const (
	exitAccepted   = 0
	exitRejected   = 1
	exitIncomplete = 2
	exitCut        = 3
	exitUsage      = 64
)

const usage = `Usage: rawserve explain [flags] [FILE]

Say what HTTP/1.1 octets mean, one part after the other: what it is, which rule
decided what, and whether the server would take it. Without FILE, or with -, the
octets come from standard input.

    printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' | rawserve explain
    rawserve explain -e 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    rawserve explain -case smuggle-cl-te
    curl --trace trace.txt localhost:3000/messages; rawserve explain trace.txt

FILE holds the octets themselves, requests or responses; or it is a .wire file of
conformance cases, or what curl --trace or --trace-ascii has written (with
--trace-ids if connections were in use in parallel, as with -Z). What curl -v
prints is not enough.

Flags:
  -e                 escapes stand for octets: \r \n \t \0 \\ \s (space) \xHH; line
                     breaks of the text itself are ignored. The text may stand
                     in place of FILE.
  -case NAME         a built-in conformance case, or one of FILE
  -hex               show octets in hexadecimal
  -hidden            show which octets net/http and Node hand to a handler
  -opinions          show what other servers answered when they were asked
  -split N, -split each
                     deliver N octets with each read: the verdict stays the same
  -type websocket    the octets are WebSocket frames, after the handshake. Clients mask
                     theirs, so the first frame tells whose they are, unless this is
                     -type websocket-client or -type websocket-server
  -json              one JSON object for each message, on a line of its own; if input is
                     left out, the last one has the type "left out"
  -color WHEN        auto (on a terminal, unless NO_COLOR is set), always, never
  -width N           columns to use (default: COLUMNS, or 100)

A response is also held against what RFC 9110 and RFC 9112 ask of servers. What it
breaks is shown below its verdict, with the sentence of the RFC; more is found
where the requests are known, as in a trace of curl.

Exit status: 0 everything that the server reads is accepted, 1 something is
refused or a response breaks a MUST, 2 octets are missing, 3 the input is longer
than 64 MiB and the rest was left out, 64 the command line is wrong or the input
cannot be judged.
`

// explainOptions is what the command line says.
type explainOptions struct {
	escapes, hex, json, hidden, opinions bool
	name, color, split, file             string
	kind                                 string // value of -type
	width                                int
	most                                 int // octets of input that are read
}

// Command runs "rawserve explain" and returns its exit status.
func Command(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parseExplain(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return exitAccepted
	}
	if err != nil {
		fmt.Fprintf(stderr, "rawserve explain: %v (-h tells more)\n", err)
		return exitUsage
	}
	return o.run(stdin, stdout, stderr)
}

// run explains the input.
func (o *explainOptions) run(stdin io.Reader, stdout, stderr io.Writer) int {
	streams, err := o.input(stdin, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "rawserve explain: %v\n", err)
		return exitUsage
	}
	return o.explain(streams, stdout, stderr)
}

// parseExplain reads the command line.
func parseExplain(args []string) (*explainOptions, error) {
	o := &explainOptions{most: maxInput}
	fs := flag.NewFlagSet("explain", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // Command prints the error, once
	fs.BoolVar(&o.escapes, "e", false, "")
	fs.BoolVar(&o.hex, "hex", false, "")
	fs.BoolVar(&o.json, "json", false, "")
	fs.BoolVar(&o.hidden, "hidden", false, "")
	fs.BoolVar(&o.opinions, "opinions", false, "")
	fs.StringVar(&o.name, "case", "", "")
	fs.StringVar(&o.color, "color", "auto", "")
	fs.StringVar(&o.split, "split", "", "")
	fs.StringVar(&o.kind, "type", "", "")
	fs.IntVar(&o.width, "width", 0, "")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 1 {
		return nil, fmt.Errorf("unexpected argument %q: flags come first, and there is one FILE", fs.Arg(1))
	}
	o.file = fs.Arg(0)
	return o, o.check()
}

// Values of -type.
const (
	typeFrames       = "websocket"
	typeClientFrames = "websocket-client"
	typeServerFrames = "websocket-server"
)

// check refuses values that mean nothing.
func (o *explainOptions) check() error {
	switch {
	case o.kind != "" && o.kind != typeFrames && o.kind != typeClientFrames && o.kind != typeServerFrames:
		return fmt.Errorf("-type is %q; it takes websocket, websocket-client or websocket-server", o.kind)
	case o.kind != "" && (o.split != "" || o.name != "" || o.hidden):
		return errors.New("-type websocket does not go with -split, -case or -hidden")
	}
	if o.color != "auto" && o.color != "always" && o.color != "never" {
		return fmt.Errorf("-color is %q; it takes auto, always or never", o.color)
	}
	if n, err := strconv.Atoi(o.split); o.split != "" && o.split != "each" && (err != nil || n < 1) {
		return fmt.Errorf("-split is %q; it takes a number of octets, or each", o.split)
	}
	if o.width == 0 {
		o.width, _ = strconv.Atoi(os.Getenv("COLUMNS"))
	}
	if o.width == 0 {
		o.width = 100
	}
	if o.width < minWidth {
		return fmt.Errorf("-width is %d; it takes at least %d columns", o.width, minWidth)
	}
	return nil
}

// severity orders exit statuses: a refusal is worse than input that is left out,
// and that is worse than a missing end.
var severity = map[int]int{exitAccepted: 0, exitIncomplete: 1, exitCut: 2, exitRejected: 3}

// explain prints what the streams mean and returns the exit status: that of the
// worst among them.
func (o *explainOptions) explain(streams []stream, stdout, stderr io.Writer) int {
	status := exitAccepted
	p := newPrinter(o, stdout)
	for i := range streams {
		explained := p.stream
		if o.json {
			explained = p.jsonStream
		}
		if got := explained(&streams[i]); severity[got] > severity[status] {
			status = got
		}
	}
	if o.hidden && !o.json {
		p.facts()
	}
	if p.err != nil {
		fmt.Fprintf(stderr, "rawserve explain: %v\n", p.err)
	}
	return status
}

// exitOf returns the exit status for a stream that ends with a message, nil if
// it has none, after what has been found in its responses.
func (s *stream) exitOf(last *xray.Message, found tally) int {
	switch {
	case found.must > 0, last != nil && last.Verdict.Outcome == xray.Reject:
		return exitRejected
	case s.leftOut(last):
		return exitCut
	case last == nil || last.Verdict.Outcome == xray.NeedMore:
		return exitIncomplete
	}
	return exitAccepted
}

// leftOut reports whether the octets after those that were read could matter:
// the last message neither is refused nor closes the connection.
func (s *stream) leftOut(last *xray.Message) bool {
	if s.cut == 0 || last == nil {
		return s.cut > 0
	}
	unread := last.Spans[len(last.Spans)-1].Kind == xray.KindUnread
	return last.Verdict.Outcome != xray.Reject && !unread
}

// jsonStream writes a line for each message, and returns the exit status.
func (p *printer) jsonStream(s *stream) int {
	encoder := json.NewEncoder(p.w)
	encoder.SetEscapeHTML(false)
	var last *xray.Message
	var found tally
	for m := range s.messages() {
		found.add(m)
		if b := m.Verdict.Broken; b != nil && p.opinions && m.Type == "request" {
			b.Opinions = xray.Opinions(b.Name)
		}
		if p.err = encoder.Encode(m); p.err != nil {
			return s.exitOf(m, found)
		}
		last = m
	}
	if s.leftOut(last) {
		p.err = encoder.Encode(struct {
			Type   string `json:"type"`
			Offset int    `json:"offset"` // of the first octet left out
			Reason string `json:"reason"`
		}{"left out", len(s.octets), s.cutReason()})
	}
	return s.exitOf(last, found)
}

// isTerminal reports whether w shows its octets to a person.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// wantsColor reports whether to colour what is written to w.
func (o *explainOptions) wantsColor(w io.Writer) bool {
	if o.color == "auto" {
		return os.Getenv("NO_COLOR") == "" && isTerminal(w)
	}
	return strings.EqualFold(o.color, "always")
}
