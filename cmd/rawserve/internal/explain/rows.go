package explain

import (
	"slices"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// row is one line of the printed table, possibly wrapped: a run of spans and
// what there is to say about it.
type row struct {
	spans []xray.Span
	note  string
	ref   string
}

func (r *row) offset() int { return r.spans[0].Offset }
func (r *row) end() int    { return r.spans[len(r.spans)-1].End() }

// rows lays out the spans of a message. What decides something gets a row for
// each part, other field lines and chunk lines one for the whole line.
func rows(m *xray.Message, apart bool) (all []row) {
	for spans := m.Spans; len(spans) > 0; {
		n := lineLength(spans)
		line := spans[:n]
		spans = spans[n:]
		switch {
		case !apart && isFieldLine(line) && !decisive(m, line):
			all = append(all, fieldRow(m, line))
		case !apart && line[0].Kind == xray.KindChunkSize && !faulty(m, line):
			all = append(all, chunkRow(line))
		default:
			for i := range line {
				all = append(all, spanRow(line[i:i+1]))
			}
		}
	}
	return all
}

// lineLength returns how many spans belong to the line that spans begin with.
func lineLength(spans []xray.Span) int {
	for i := range spans {
		switch spans[i].Kind {
		case xray.KindLineEnd, xray.KindEmptyLine, xray.KindBody, xray.KindChunkData, xray.KindUnread:
			return i + 1
		}
	}
	return len(spans)
}

func isFieldLine(line []xray.Span) bool {
	return line[0].Kind == xray.KindFieldName || line[0].Kind == xray.KindTrailerName
}

// decisiveFields are those that decide about the message as a whole.
var decisiveFields = strings.Fields("host content-length transfer-encoding connection expect upgrade")

// decisive reports whether a field line should be shown part by part.
func decisive(m *xray.Message, line []xray.Span) bool {
	name := strings.ToLower(string(line[0].Octets))
	return line[0].Kind == xray.KindFieldName && slices.Contains(decisiveFields, name) || faulty(m, line)
}

// faulty reports whether the line is where the message is refused, or not whole.
func faulty(m *xray.Message, line []xray.Span) bool {
	last := &line[len(line)-1]
	refused := m.Verdict.Outcome == xray.Reject && m.Verdict.At >= line[0].Offset && m.Verdict.At < last.End()
	return refused || last.Kind != xray.KindLineEnd || last.Partly
}

// spanRow is the row of one span.
func spanRow(span []xray.Span) row {
	s := &span[0]
	note := s.Note
	switch {
	case s.Kind == xray.KindFieldValue && s.Effect != "":
		note = s.Effect
	case s.Kind == xray.KindLineEnd && s.Part != "request-line" && s.Part != "status-line" && !s.Partly:
		return row{spans: span}
	case s.Effect != "":
		note += ": " + s.Effect
	}
	return row{span, note, s.Ref}
}

// fieldRow is the row of a field line that decides nothing.
func fieldRow(m *xray.Message, line []xray.Span) row {
	name := &line[0]
	note := "field, handed to the handler as it is"
	if m.Type == "response" || m.Verdict.Outcome == xray.Reject {
		note = "field"
	}
	if what, known := strings.CutPrefix(name.Note, "field name: "); known {
		note = "field: " + what
	}
	if name.Kind == xray.KindTrailerName {
		note = name.Note
		if name.Effect != "" {
			note += ": " + name.Effect
		}
	}
	return row{line, note, name.Ref}
}

// chunkRow is the row of a chunk-size line.
func chunkRow(line []xray.Span) row {
	note := line[0].Note
	for i := range line {
		if line[i].Kind == xray.KindChunkExt {
			note += ", extension " + strings.TrimLeft(line[i].Text, ";· ␉") + " (checked, then ignored)"
		}
	}
	return row{line, note, line[0].Ref}
}
