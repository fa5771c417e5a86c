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
  -json              one JSON object for each message, on a line of its own
  -color WHEN        auto (on a terminal, unless NO_COLOR is set), always, never
  -width N           columns to use (default: COLUMNS, or 100)

Exit status: 0 everything is accepted, 1 something is refused, 2 octets are
missing, 64 the command line is wrong or the input cannot be judged.
`

// explainOptions is what the command line says.
type explainOptions struct {
	escapes, hex, json, hidden, opinions bool
	name, color, split, file             string
	width                                int
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
	streams, err := o.input(stdin, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "rawserve explain: %v\n", err)
		return exitUsage
	}
	return o.explain(streams, stdout, stderr)
}

// parseExplain reads the command line.
func parseExplain(args []string) (*explainOptions, error) {
	o := &explainOptions{}
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

// check refuses values that mean nothing.
func (o *explainOptions) check() error {
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

// explain prints what the streams mean and returns the exit status: that of the
// worst among them, where a refusal is worse than a missing end.
func (o *explainOptions) explain(streams []stream, stdout, stderr io.Writer) int {
	status := exitAccepted
	p := newPrinter(o, stdout)
	for _, s := range streams {
		s.options.Most = maxMessages
		messages := xray.Dissect(s.octets, s.options)
		if n := len(messages); n == maxMessages && messages[n-1].End() < len(s.octets) {
			fmt.Fprintf(stderr, "rawserve explain: more than %d messages; the first %d are explained\n", n, n)
		}
		if o.json {
			printJSON(stdout, messages, o)
		} else {
			p.stream(s, messages)
		}
		switch got := exitOf(messages); {
		case got == exitRejected, status == exitAccepted:
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

// exitOf returns the exit status for a stream.
func exitOf(messages []xray.Message) int {
	if len(messages) == 0 {
		return exitIncomplete
	}
	switch messages[len(messages)-1].Verdict.Outcome {
	case xray.Reject:
		return exitRejected
	case xray.NeedMore:
		return exitIncomplete
	}
	return exitAccepted
}

// printJSON writes a line for each message.
func printJSON(w io.Writer, messages []xray.Message, o *explainOptions) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for i := range messages {
		if b := messages[i].Verdict.Broken; b != nil && o.opinions && messages[i].Type == "request" {
			b.Opinions = xray.Opinions(b.Name)
		}
		encoder.Encode(&messages[i])
	}
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
