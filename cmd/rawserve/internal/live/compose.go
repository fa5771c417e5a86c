package live

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawserve/conformance"
)

// The composer's language is that of the conformance fixtures: "> " sends a line
// and CR LF, "} " sends octets as they are, "* split", "* pause 300ms" and
// "* half-close" say what happens between writes. Text without any of these
// signs is taken as lines to send.

const (
	composeAtMost = 64 << 10         // octets sent by one composition
	pauseAtMost   = 30 * time.Second // a single pause
	pausesAtMost  = 60 * time.Second // all of them
	splitPause    = 10 * time.Millisecond
)

// act is one thing the composer does.
type act struct {
	octets    []byte // to write, if any
	pause     time.Duration
	halfClose bool
}

// composition reads what a composer is to do at a server.
func composition(text, host string) ([]act, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if !signed(lines) {
		lines = sign(lines)
	}
	c := &composing{host: host}
	for i, line := range lines {
		if err := c.line(i+1, line); err != nil {
			return nil, err
		}
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(c.acts, func(a act) bool { return len(a.octets) > 0 }) {
		return nil, errors.New("there is nothing to send")
	}
	return c.acts, nil
}

// signed reports whether some line has the sign of a fixture.
func signed(lines []string) bool {
	for _, line := range lines {
		if line == ">" || strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "} ") || strings.HasPrefix(line, "@") {
			return true
		}
	}
	return false
}

// sign makes lines to send of plain lines. The last one stays as it is: who
// wants a line ending writes one. Marks keep their meaning.
func sign(lines []string) []string {
	out := make([]string, 0, len(lines))
	for i, line := range lines {
		switch {
		case isMark(line):
			out = append(out, line)
		case i == len(lines)-1 && line == "":
		case i == len(lines)-1:
			out = append(out, "} "+line)
		default:
			out = append(out, strings.TrimRight("> "+line, " "))
		}
	}
	return out
}

// isMark reports whether a line is about the connection.
func isMark(line string) bool {
	return line == "* split" || line == "* half-close" || strings.HasPrefix(line, "* pause ")
}

// composing is a composition being read.
type composing struct {
	host    string
	pending []string // send lines that go out in one write
	first   int      // number of the first of them
	acts    []act
	total   int // octets that the lines so far make, at most
	paused  time.Duration
}

// line reads one line. What a fixture expects is skipped: the page shows it.
func (c *composing) line(number int, line string) error {
	switch {
	case line == ">" || strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "} "):
		if len(c.pending) == 0 {
			c.first = number
		}
		c.pending = append(c.pending, line)
		return c.budget(number, line)
	case line == "* split":
		return c.wait(number, splitPause)
	case line == "* half-close":
		if err := c.flush(); err != nil {
			return err
		}
		c.acts = append(c.acts, act{halfClose: true})
	case strings.HasPrefix(line, "* pause "):
		pause, err := time.ParseDuration(strings.TrimPrefix(line, "* pause "))
		if err != nil || pause < 0 || pause > pauseAtMost {
			return fmt.Errorf("line %d: a pause is a time such as 300ms or 2s, of at most %v", number, pauseAtMost)
		}
		return c.wait(number, pause)
	case strings.HasPrefix(line, "* on ") || line == "* reset":
		return fmt.Errorf("line %d: the composer has one connection and cannot reset it", number)
	}
	return nil
}

// wait adds a pause after what is sent so far.
func (c *composing) wait(number int, pause time.Duration) error {
	if err := c.flush(); err != nil {
		return err
	}
	if c.paused += pause; c.paused > pausesAtMost {
		return fmt.Errorf("line %d: together the pauses are longer than %v", number, pausesAtMost)
	}
	c.acts = append(c.acts, act{pause: pause})
	return nil
}

// flush makes one write of the send lines so far.
func (c *composing) flush() error {
	if len(c.pending) == 0 {
		return nil
	}
	const head = "@id x\n@title x\n"
	file, err := conformance.Parse("composer", []byte(head+strings.Join(c.pending, "\n")+"\n* open\n"))
	if err != nil {
		return c.explain(err)
	}
	octets := file.Cases[0].Sent(c.host)[0].Octets
	c.pending = c.pending[:0]
	c.acts = append(c.acts, act{octets: octets})
	return nil
}

// explain gives an error of the fixture parser the line number of the editor.
func (c *composing) explain(err error) error {
	var e *conformance.Error
	if errors.As(err, &e) {
		return fmt.Errorf("line %d, column %d: %s", c.first+e.Line-3, e.Column, e.Message)
	}
	return err
}

// budget adds up what a line will send, before anything is made of it, and
// refuses the line with which the whole text becomes too long.
func (c *composing) budget(number int, line string) error {
	if strings.Contains(line, "${file ") {
		return fmt.Errorf("line %d: the composer sends no files", number)
	}
	n := c.size(line[min(len(line), len("> ")):])
	if line[0] == '>' {
		n += len("\r\n")
	}
	if c.total += n; c.total > composeAtMost {
		return fmt.Errorf("line %d: the composer sends at most %d octets, and up to here there are more", number, composeAtMost)
	}
	return nil
}

// size returns how many octets the text of a line makes at most, or something
// more than composeAtMost. What is wrong with the text is for the parser to say.
func (c *composing) size(text string) (n int) {
	for n <= composeAtMost {
		before, rest, found := strings.Cut(text, "${")
		n += unescapedSize(before)
		if !found {
			break
		}
		inner, after, _ := strings.Cut(rest, "}")
		n += c.substituted(inner)
		text = after
	}
	return n
}

// substituted is size for what stands in the braces of ${repeat N text} or ${host}.
func (c *composing) substituted(inner string) int {
	arg, found := strings.CutPrefix(inner, "repeat ")
	if !found {
		return len("http://") + len(c.host)
	}
	number, text, _ := strings.Cut(arg, " ")
	count, err := strconv.ParseUint(number, 10, 64)
	length := uint64(unescapedSize(text))
	switch {
	case err != nil || length == 0:
		return 0 // the parser takes no such number or text
	case count > composeAtMost/length:
		return composeAtMost + 1
	}
	return int(count * length)
}

// unescapedSize returns how many octets text without substitutions makes.
func unescapedSize(text string) (n int) {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
			if i < len(text) && text[i] == 'x' {
				i += len("HH")
			}
		}
		n++
	}
	return n
}
