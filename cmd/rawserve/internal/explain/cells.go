package explain

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/xray"
)

// line is one line of the octets column.
type line struct {
	text   string // painted
	width  int    // columns it takes
	offset int    // of its first octet
	octets int    // how many it shows
	caret  int    // column of the octet that was refused, -1 if that is elsewhere
}

// maxLines is how many lines of octets are shown of a row; what is longer, a
// body for example, is cut.
const maxLines = 4

// hexPerRow is how many octets a line shows with -hex.
const hexPerRow = 16

// cells lays out the octets of a row.
func (p *printer) cells(m *xray.Message, r *row) []line {
	l := &layout{printer: p, fault: -1}
	if m.Verdict.Outcome == xray.Reject && m.Verdict.At >= r.offset() && m.Verdict.At < r.end() {
		l.fault = m.Verdict.At
	}
	for i := range r.spans {
		l.span(&r.spans[i])
	}
	l.endLine()
	return p.withCaret(m, l.shorten(r.end()))
}

// withCaret puts a caret under the line at fault.
func (p *printer) withCaret(m *xray.Message, lines []line) []line {
	for i := range lines {
		if lines[i].caret >= 0 {
			return slices.Insert(lines, i+1, p.caret(m, lines[i].caret))
		}
	}
	return lines
}

// layout breaks octets into lines.
type layout struct {
	*printer
	fault int // offset
	lines []line
	now   line
	run   strings.Builder // text of one style, not painted yet
	style style           // of run
	ascii strings.Builder // with -hex, the octets as text
}

// span appends the octets of a span.
func (l *layout) span(s *xray.Span) {
	for i, octet := range s.Octets {
		at := s.Offset + i
		// Octets far from either end cannot be shown: only the fault is looked for.
		if len(l.lines) > maxLines && at < l.fault {
			if l.fault-at > l.octetWidth {
				l.endLine()
				continue
			}
		} else if len(l.lines) > maxLines && at > l.fault {
			return
		}
		l.octet(s, at, octet)
	}
}

// octet appends one octet.
func (l *layout) octet(s *xray.Span, at int, octet byte) {
	text := xray.VisibleOctet(octet)
	if octet == ' ' && s.Kind != xray.KindFieldValue && s.Kind != xray.KindBody && s.Kind != xray.KindChunkData && s.Kind != xray.KindUnread && s.Kind != xray.KindReason {
		text = "·"
	}
	columns := utf8.RuneCountInString(text)
	if l.hex {
		l.ascii.WriteString(p1(text, columns))
		text, columns = fmt.Sprintf("%02x ", octet), 3
	}
	if !l.hex && l.now.width+columns > l.octetWidth || l.now.octets == hexPerRow && l.hex {
		l.endLine()
	}
	if l.now.octets == 0 {
		l.now = line{offset: at, caret: -1}
	}
	if at == l.fault {
		l.now.caret = l.now.width
	}
	if style := kindStyles[s.Kind]; style != l.style {
		l.endRun()
		l.style = style
	}
	l.run.WriteString(text)
	l.now.width += columns
	l.now.octets++
}

// endRun paints the text of one style.
func (l *layout) endRun() {
	if l.run.Len() > 0 {
		l.now.text += l.paint(l.style, l.run.String())
		l.run.Reset()
	}
}

// p1 returns text if it takes one column, and a dot otherwise.
func p1(text string, columns int) string {
	if columns == 1 {
		return text
	}
	return "."
}

// endLine completes the present line.
func (l *layout) endLine() {
	if l.now.octets == 0 {
		return
	}
	l.endRun()
	if l.hex {
		gap := strings.Repeat(" ", 3*(hexPerRow-l.now.octets)+1)
		l.now.text += gap + l.paint(styleDim, l.ascii.String())
		l.now.width += len(gap) + l.now.octets
		l.ascii.Reset()
	}
	l.lines = append(l.lines, l.now)
	l.now = line{caret: -1}
}

// shorten leaves out lines in the middle of many, but not the one at fault, and
// says how many octets are not shown. The row ends at offset end.
func (l *layout) shorten(end int) []line {
	if len(l.lines) <= maxLines {
		return l.lines
	}
	short := append([]line{}, l.lines[:maxLines-1]...)
	next := l.lines[maxLines-1].offset
	for _, candidate := range l.lines[maxLines-1:] {
		if candidate.caret >= 0 {
			short = append(short, l.gap(next, candidate.offset)...)
			short = append(short, candidate)
			next = candidate.offset + candidate.octets
		}
	}
	return append(short, l.gap(next, end)...)
}

// gap is a line that stands for octets not shown.
func (l *layout) gap(from, to int) []line {
	if to <= from {
		return nil
	}
	text := fmt.Sprintf("… %s more", xray.Octets(to-from))
	return []line{{text: l.paint(styleDim, text), width: utf8.RuneCountInString(text), offset: from, caret: -1}}
}
