package explain

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire/syntax"
)

// minWidth is the fewest columns that the table fits in.
const minWidth = 60

// printer writes dissections for people.
type printer struct {
	*explainOptions
	w     io.Writer
	err   error
	color bool
	first bool // nothing has been written yet
	cut   bool // the present stream has more octets than were read

	offsetWidth, octetWidth, noteWidth int
}

// refWidth is how many columns a reference takes.
const refWidth = len("9112 §3.2.1")

// minOffset is the fewest columns that offsets take.
const minOffset = 6

func newPrinter(o *explainOptions, w io.Writer) *printer {
	return &printer{explainOptions: o, w: w, color: o.wantsColor(w), first: true}
}

// fit makes the columns wide enough for offsets below a number.
func (p *printer) fit(octets int) {
	p.offsetWidth = max(minOffset, len(fmt.Sprint(octets)))
	room := p.width - p.offsetWidth - refWidth - 3*len("  ")
	p.octetWidth = min(room*9/20, 48)
	if p.hex {
		p.octetWidth = hexPerRow*3 + 1 + hexPerRow
	}
	if p.hex || p.hidden {
		room += refWidth + len("  ")
	}
	p.noteWidth = max(room-p.octetWidth, 16)
}

// maxRows is how many rows are shown of a message; of more, those in the middle
// are left out.
const maxRows = 320

// printf writes, unless a write has failed before.
func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// stream prints everything about a stream and returns the exit status. Of many
// messages the first are shown, and the last if it is not accepted.
func (p *printer) stream(s *stream) int {
	if !p.first {
		p.printf("\n")
	}
	p.first, p.cut = false, s.cut > 0
	p.fit(len(s.octets))
	if s.title != "" {
		p.printf("%s\n\n", p.paint(styleStrong, xray.Visible([]byte(s.title))))
	}
	compare := s.compareSplit()
	defer compare.stop()
	var last *xray.Message
	var found tally
	skipped := skipped{}
	for m := range s.messages() {
		compare.message(m)
		found.add(m)
		last = m
		if m.Number > maxMessages && m.Verdict.Outcome == xray.Accept {
			skipped.add(m)
		} else {
			skipped.print(p)
			p.numbered(m, s)
		}
		if p.err != nil {
			break
		}
	}
	skipped.print(p)
	switch {
	case s.leftOut(last):
		p.printf("\n")
		p.item("left out", s.cutReason(), "")
	case last == nil:
		p.printf("  verdict    %s   nothing has arrived: a server waits for the first octet\n", p.paint(styleWarn, "NEED MORE"))
	}
	if p.split != "" && last != nil {
		compare.print(p)
	}
	return s.exitOf(last, found)
}

// numbered prints a message, after its number if it is not the only one.
func (p *printer) numbered(m *xray.Message, s *stream) {
	if m.Number > 1 {
		p.printf("\n")
	}
	if m.Number > 1 || m.Verdict.Outcome == xray.Accept && m.End() < len(s.octets) {
		p.printf("%s\n", p.paint(styleStrong, fmt.Sprintf("%s %d, octets %d to %d", m.Type, m.Number, m.Offset, m.End()-1)))
	}
	p.message(m)
	p.steps(m)
}

// skipped counts messages that are accepted and not shown.
type skipped struct {
	count             int
	first, start, end int
	kind              string // of the first
	found             tally
}

func (s *skipped) add(m *xray.Message) {
	if s.count == 0 {
		s.first, s.start, s.kind = m.Number, m.Offset, m.Type
	}
	s.count++
	s.end = m.End()
	s.found.add(m)
}

// print says what is not shown, once.
func (s *skipped) print(p *printer) {
	if s.count > 0 {
		p.printf("\n%s\n", p.paint(styleStrong, fmt.Sprintf("%ss %d to %d, octets %d to %d", s.kind, s.first, s.first+s.count-1, s.start, s.end-1)))
		p.item("verdict", fmt.Sprintf("%s   each of the %d, read in full and not shown one by one", p.paint(styleGood, "ACCEPT"), s.count), "")
		if s.found != (tally{}) {
			p.item("found", fmt.Sprintf("in them %d breaches of a MUST and %d of a SHOULD", s.found.must, s.found.should), "")
		}
	}
	s.count, s.found = 0, tally{}
}

// message prints the table and the decisions of one message.
func (p *printer) message(m *xray.Message) {
	p.heading()
	all := rows(m, p.hidden || p.hex)
	for i := range all {
		if left := len(all) - maxRows; left > 0 && i >= maxRows/2 && i < maxRows/2+left {
			if i == maxRows/2 {
				p.printf("%*s  … %d rows more\n", p.offsetWidth, "", left)
			}
			continue
		}
		p.row(m, &all[i])
	}
	if m.Verdict.Outcome == xray.Reject && m.Verdict.At >= m.End() {
		p.tableLine(p.caret(m, 0), "", "")
	}
	p.printf("\n")
	p.decisions(m)
}

// heading prints the names of the columns.
func (p *printer) heading() {
	what := [...]string{"off", "octets", "what it is"}
	if p.hidden {
		what[2] = "what a handler gets of it"
	}
	rule := p.noteWidth
	if !p.hidden && !p.hex {
		rule += 2 + refWidth
	}
	for _, line := range [...][3]string{what, {strings.Repeat("─", 3), strings.Repeat("─", p.octetWidth), strings.Repeat("─", rule)}} {
		p.printf("%s\n", p.paint(styleDim, fmt.Sprintf("%*s  %-*s  %s", p.offsetWidth, line[0], p.octetWidth, line[1], line[2])))
	}
}

// row prints a row: octets on the left, their meaning on the right, each wrapped,
// and a caret under the octet that was refused.
func (p *printer) row(m *xray.Message, r *row) {
	left := p.cells(m, r)
	right := wrap(r.note, p.noteWidth)
	ref := r.ref
	if p.hidden {
		right = p.fates(r)
	}
	if p.hidden || p.hex {
		ref = "" // there is no room for it
	}
	for len(left)+len(right) > 0 {
		octets, note := line{}, ""
		if len(left) > 0 {
			octets, left = left[0], left[1:]
		}
		if len(right) > 0 && octets.width <= p.octetWidth {
			note, right = right[0], right[1:]
		}
		p.tableLine(octets, note, ref)
		ref = ""
	}
}

// tableLine prints one line of the table without blanks at its end.
func (p *printer) tableLine(octets line, note, ref string) {
	offset := ""
	if octets.octets > 0 {
		offset = fmt.Sprint(octets.offset)
	}
	text := fmt.Sprintf("%*s  ", p.offsetWidth, offset) + octets.text
	if note != "" || ref != "" {
		text += strings.Repeat(" ", max(0, p.octetWidth-octets.width)) + "  " + note
	}
	if ref != "" {
		text += strings.Repeat(" ", max(0, p.noteWidth-utf8.RuneCountInString(note))) + "  " + p.paint(styleDim, ref)
	}
	p.printf("%s\n", strings.TrimRight(text, " "))
}

// caret is a line that points to a column of the octets above it.
func (p *printer) caret(m *xray.Message, column int) line {
	text := "^ REJECT"
	if m.Verdict.Status > 0 {
		text += fmt.Sprintf(" %d", m.Verdict.Status)
	}
	text += fmt.Sprintf(" here (octet %d)", m.Verdict.At)
	return line{text: strings.Repeat(" ", column) + p.paint(styleError, text), width: column + len(text), caret: -1}
}

// decisions prints what follows from the message.
func (p *printer) decisions(m *xray.Message) {
	if f := m.Framing; f != nil {
		p.item("framing", f.Value+": "+f.Reason, f.Ref)
	}
	if c := m.Connection; c != nil {
		p.item("connection", c.Value+": "+c.Reason, c.Ref)
	}
	for _, effect := range m.Effects {
		p.item("also", effect, "")
	}
	v := &m.Verdict
	switch {
	case v.Outcome == xray.Accept:
		p.item("verdict", p.paint(styleGood, "ACCEPT")+"   "+fmt.Sprintf("%d of %d octets used", v.Used, m.Length), "")
	case v.Outcome == xray.NeedMore && p.cut:
		p.item("verdict", p.paint(styleWarn, "NOT KNOWN")+"   the message goes on in what was left out", "")
	case v.Outcome == xray.NeedMore:
		p.item("verdict", p.paint(styleWarn, "NEED MORE")+"   "+v.Missing, "")
		if v.Timer != "" {
			p.item("", "the server waits now; "+v.Timer, "")
		}
	default:
		p.refusal(v)
	}
	if v.Outcome == xray.Accept && v.Sends != "" {
		p.item("we send", v.Sends, "")
	}
	p.findings(m)
	p.hiddenCount(m)
}

// refusal prints why a message is refused, and what to do.
func (p *printer) refusal(v *xray.Verdict) {
	b := v.Broken
	status := ""
	if v.Status > 0 {
		status = fmt.Sprintf(" %d %s", v.Status, syntax.StatusText(v.Status))
	}
	p.item("verdict", p.paint(styleError, "REJECT"+status)+fmt.Sprintf("   octet %d: %s", v.At, b.Sentence), "")
	if b.ID != "" {
		p.item("rule", strings.TrimSpace(b.ID+" "+b.Level), b.Ref)
	}
	p.item("why", b.Why, "")
	for _, reading := range v.Readings {
		p.item("here", reading, "")
	}
	if b.Hint != "" {
		p.item("instead", b.Hint, "")
	}
	if v.Sends != "" {
		p.item("we send", v.Sends, "")
	}
	if p.opinions && v.Status > 0 { // others were sent requests only
		p.others(b)
	}
	if b.Source != "" {
		next := b.Source + " · RFC " + strings.ReplaceAll(b.Ref, " §", ", Section ")
		if b.Fixture != "" {
			next += " · rawserve explain -case " + b.Fixture
		}
		p.item("read next", next, "")
	}
}

// labelWidth is how many columns the names of the decisions take.
const labelWidth = len("  connection ")

// item prints a decision, wrapped, followed by its reference.
func (p *printer) item(label, text, ref string) {
	if ref != "" {
		text += "  (" + ref + ")"
	}
	for i, l := range wrap(text, p.width-labelWidth) {
		if i > 0 {
			label = ""
		}
		p.printf("%s%s\n", p.paint(styleStrong, fmt.Sprintf("  %-*s", labelWidth-2, label)), strings.TrimRight(l, " "))
	}
}

// wrap breaks a text into lines of at most width columns, between words.
func wrap(text string, width int) (lines []string) {
	current, columns := "", 0
	for word := range strings.SplitSeq(text, " ") {
		n := visibleWidth(word)
		if current != "" && columns+1+n > width {
			lines = append(lines, current)
			current, columns = "", 0
		} else if current != "" {
			current += " "
			columns++
		}
		current += word
		columns += n
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}
