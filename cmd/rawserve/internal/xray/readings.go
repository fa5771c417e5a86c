package xray

import (
	"fmt"
	"strconv"
	"strings"

	"rawserve/httpwire/syntax"
)

// readings shows how readers that believe one of two lengths would divide the
// octets after the head, and so disagree where the next request begins.
func (b *build) readings() (readings []string) {
	if b.rule != syntax.BothLengths && b.rule != syntax.RepeatedLength {
		return nil
	}
	start, found := b.afterHead()
	body, shown := b.octets[start:], b.shown[start:]
	if !found || len(body) == 0 {
		return nil
	}
	for _, i := range b.fieldSpans("transfer-encoding", "content-length") {
		s := &b.m.Spans[i]
		if s.Kind != KindFieldValue {
			continue
		}
		reader := fmt.Sprintf("a reader that believes %s: %s", b.m.Spans[i-2].Octets, Visible(s.Octets))
		length, err := strconv.ParseUint(string(s.Octets), 10, 62)
		switch {
		case err == nil:
			readings = append(readings, reader+" "+divide(shown, int(min(length, 1<<40))))
		case strings.EqualFold(string(s.Octets), "chunked"):
			readings = append(readings, reader+" "+divide(shown, chunkedLength(body)))
		}
	}
	return readings
}

// afterHead returns the offset after the empty line of a refused head.
func (b *build) afterHead() (start int, found bool) {
	for i := range b.m.Spans {
		s := &b.m.Spans[i]
		if s.Kind == KindEmptyLine && s.Offset > b.m.Offset {
			return s.End(), true
		}
	}
	return 0, false
}

// chunkedLength returns how many octets at the beginning of b are a chunked body.
func chunkedLength(b []byte) (length int) {
	var decoder syntax.ChunkDecoder
	for {
		n, _, done, err := decoder.Next(b[length:])
		length += n
		switch {
		case done:
			return length
		case n == 0 || err != nil:
			return len(b) + 1
		}
	}
}

// divide says where a body of length octets ends, and what follows it.
func divide(b []byte, length int) string {
	if length > len(b) {
		return fmt.Sprintf("takes all %s that follow for body and waits for more", Octets(len(b)))
	}
	if length == len(b) {
		return fmt.Sprintf("takes all %s that follow for body", Octets(len(b)))
	}
	return fmt.Sprintf("takes %s for body; for it the next request begins with %s", Octets(length), quote(b[length:]))
}

// quote shows the beginning of octets.
func quote(b []byte) string {
	const most = 40
	text := Visible(b[:min(len(b), most)])
	if len(b) > most {
		text += "…"
	}
	return `"` + text + `"`
}
