package syntax

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
	"testing"
)

// mark stands in the inputs of the tables before the octet that an error points
// to. It is taken out before parsing.
const mark = "¶"

// unmark takes the mark out of an input and returns where it stood, or -1.
func unmark(marked string) (in string, offset int) {
	return strings.Replace(marked, mark, "", 1), strings.Index(marked, mark)
}

// pipelined is a request that may follow any other.
const pipelined = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n"

// verdict is what a parser makes of octets: it has accepted so many of them, or
// refused them for a rule at an offset, or, if all is zero, wants more.
type verdict struct {
	accepted int
	rule     string
	offset   int
}

func (v verdict) String() string {
	switch {
	case v.rule != "":
		return fmt.Sprintf("%s at octet %d", v.rule, v.offset)
	case v.accepted > 0:
		return fmt.Sprintf("accepted %d octets", v.accepted)
	}
	return "needs more octets"
}

// wanted returns the verdict that a table row asks for: rule at the mark, or
// acceptance of everything before the mark, or of everything.
func wanted(in string, offset int, rule *Rule) verdict {
	switch {
	case rule != nil:
		return verdict{rule: rule.Name, offset: offset}
	case offset >= 0:
		return verdict{accepted: offset}
	}
	return verdict{accepted: len(in)}
}

// refused returns the verdict for an error of the grammar.
func refused(t testing.TB, err error) verdict {
	t.Helper()
	e, ok := err.(*Error)
	if !ok {
		t.Fatalf("error is a %T, want *Error", err)
	}
	return verdict{rule: e.Rule.Name, offset: int(e.Offset)}
}

// splits yields all the ways in which a test hands n octets to a parser: whole,
// octet by octet, and cut in two at every offset. A way is the lengths of the
// input after each read.
func splits(n int) iter.Seq2[string, []int] {
	return func(yield func(string, []int) bool) {
		each := make([]int, n)
		for i := range each {
			each[i] = i + 1
		}
		if !yield("whole", []int{n}) || !yield("octet by octet", each) {
			return
		}
		for cut := 1; cut < n; cut++ {
			if !yield(fmt.Sprintf("cut at %d", cut), []int{cut, n}) {
				return
			}
		}
	}
}

// parser is what the parsers of both kinds of head have in common.
type parser interface {
	Parse(window []byte) (consumed int, err error)
}

// parseHead hands octets to a parser of heads, in windows of the given lengths, and
// returns its verdict. No window shares memory with the one before, which is
// scribbled over: a slice that is kept for too long changes under the parser.
func parseHead(t testing.TB, p parser, in string, lengths []int) verdict {
	t.Helper()
	for _, n := range lengths {
		window := []byte(in[:n])
		consumed, err := p.Parse(window)
		if err != nil {
			if consumed != 0 {
				t.Fatalf("Parse consumed %d octets of a head it refuses", consumed)
			}
			return refused(t, err)
		}
		if consumed > 0 {
			return verdict{accepted: consumed}
		}
		scribble(window)
	}
	return verdict{}
}

// decoded is what came out of a chunked body.
type decoded struct {
	verdict
	data    string
	trailer string // the names and values of the trailer fields, each in brackets
}

// decodeChunked hands octets to a chunk decoder in reads that end at the given
// lengths. Whatever it has consumed is scribbled over.
func decodeChunked(t testing.TB, d *ChunkDecoder, in string, lengths []int) (got decoded) {
	t.Helper()
	at := 0
	for _, length := range lengths {
		window := []byte(in[at:length])
		for {
			consumed, data, done, err := d.Next(window)
			if err != nil {
				got.verdict = refused(t, err)
				return got
			}
			got.data += string(data)
			if done {
				for _, f := range d.Trailer() {
					got.trailer += fmt.Sprintf("[%s: %s]", window[f.Name:f.Colon], window[f.Value:f.End])
				}
				got.accepted = at + consumed
				return got
			}
			if consumed == 0 {
				break
			}
			scribble(window[:consumed])
			window = window[consumed:]
			at += consumed
		}
		scribble(window)
	}
	return got
}

func scribble(octets []byte) {
	copy(octets, bytes.Repeat([]byte("#"), len(octets)))
}

// tiles is a Span hook that reports spans which leave a gap or overlap.
type tiles struct {
	t   testing.TB
	end int64
}

func (c *tiles) report(kind SpanKind, start, end int64) {
	c.t.Helper()
	if start != c.end || end <= start {
		c.t.Errorf("%v stands at %d to %d, want it to begin at %d and not to be empty", kind, start, end, c.end)
	}
	c.end = end
}
