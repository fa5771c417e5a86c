package api

import (
	"bytes"
	"io"

	"rawserve/httpwire"
)

// maxLine is the length of the longest line of an import, in octets, without its
// end. It leaves room for the longest text with every character escaped.
const maxLine = 128 << 10

// line is one line of a body.
type line struct {
	number int64  // from 1
	octet  int64  // of the body: where the line begins
	text   []byte // without the line feed; valid until the next receive
	err    error  // in place of the text: the line is too long
}

// lineReader cuts a body into lines as it arrives. A line that is too long is skipped to
// its end, and told as one without text. What is held is never more than maxLine.
type lineReader struct {
	body     io.Reader
	room     []byte
	from, to int   // room[from:to] has arrived and is not cut
	number   int64 // of the line that was cut last
	octet    int64 // of the body: where the next line begins
	skipping bool  // the rest of a line that is too long
	skipped  int64 // octets of it
}

func newLines(body io.Reader) *lineReader {
	return &lineReader{body: body, room: make([]byte, maxLine+1)}
}

// receive waits for more of the body. It returns io.EOF at its end, when next may
// still have lines, the last of which need not end with a line feed.
func (l *lineReader) receive() error {
	l.to = copy(l.room, l.room[l.from:l.to])
	l.from = 0
	n, err := l.body.Read(l.room[l.to:])
	l.to += n
	return err
}

// next returns the next line, if one has arrived; at the end of the body also one
// without a line feed.
func (l *lineReader) next(atEnd bool) (line, bool) {
	arrived := l.room[l.from:l.to]
	n := bytes.IndexByte(arrived, '\n')
	switch {
	case n >= 0:
		return l.cut(n, n+1), true
	case atEnd && len(arrived)+int(l.skipped) > 0:
		return l.cut(len(arrived), len(arrived)), true
	case len(arrived) > maxLine || l.skipping:
		l.skipping = true
		l.skipped += int64(len(arrived))
		l.from = l.to
	}
	return line{}, false
}

// cut takes a line of n octets, and its end, out of what has arrived.
func (l *lineReader) cut(n, withEnd int) line {
	l.number++
	cut := line{number: l.number, octet: l.octet, text: l.room[l.from : l.from+n]}
	if l.skipping {
		cut.text, cut.err = nil, httpwire.Fail(413, "the line has more than %d octets", maxLine)
	}
	l.octet += l.skipped + int64(withEnd)
	l.from += withEnd
	l.skipping, l.skipped = false, 0
	return cut
}

// isBlank reports whether there is nothing on the line.
func (l line) isBlank() bool { return l.err == nil && len(bytes.TrimLeft(l.text, whitespace)) == 0 }
