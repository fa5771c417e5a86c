package xray

import (
	"fmt"
	"rawserve/httpwire/syntax"
	"strings"
)

// annotate gives each span its text, its place and what there is to say about it.
func (b *build) annotate() {
	a := annotator{build: b, part: b.m.Type + "-line", seenFields: map[string]bool{}}
	if b.m.Type == "response" {
		a.part = "status-line"
	}
	for i := range b.m.Spans {
		s := &b.m.Spans[i]
		s.Text = spanText(s)
		a.place(s)
		a.note(s)
		if b.head != nil && b.m.Verdict.Outcome == Accept && s.Kind != KindUnread && s.Kind != KindChunks {
			s.Seen = a.seen(s)
		}
	}
	if b.head != nil && b.m.Verdict.Outcome == Accept {
		b.m.Hidden = b.countHidden()
	}
}

// annotator walks over the spans of a message.
type annotator struct {
	*build
	part   string // of the message
	fields int    // field lines so far
	chunks int    // chunk-size lines so far
	field  string // name of the present field in lower case
	last   bool   // the present chunk is the last-chunk

	seenFields map[string]bool // names of the fields so far, in lower case
	repeats    bool            // the present field has been there before
}

// spanText returns the visible text of the first octets of a span.
func spanText(s *Span) string {
	shown := s.Octets[:min(len(s.Octets), TextOctets)]
	switch s.Kind {
	case KindSpace, KindColon, KindTrailingSpace, KindError, KindChunkExt:
		return visibleSpace(shown)
	}
	return Visible(shown)
}

// place says which part of the message a span belongs to.
func (a *annotator) place(s *Span) {
	switch s.Kind {
	case KindFieldName:
		a.fields++
		a.part = fmt.Sprintf("field line %d", a.fields)
		a.field = strings.ToLower(string(s.Octets))
		a.repeats = a.seenFields[a.field]
		a.seenFields[a.field] = true
	case KindChunkSize:
		a.chunks++
		a.part = fmt.Sprintf("chunk %d", a.chunks)
		a.last = strings.Trim(string(s.Octets), "0") == ""
		if a.last {
			a.part = "last chunk"
		}
	case KindChunks:
		a.part = fmt.Sprintf("chunks %d to %d", a.chunks+1, a.chunks+a.folded.chunks)
		a.chunks += a.folded.chunks
	case KindTrailerName:
		a.part = "trailer section"
		a.field = strings.ToLower(string(s.Octets))
	case KindBody:
		a.part = "body"
	case KindUnread:
		a.part = "after the refusal"
		if a.m.Verdict.Outcome == Accept {
			a.part = "after the last " + a.m.Type
		}
	}
	s.Part = a.part
	if s.Kind == KindEmptyLine {
		s.Part = a.emptyLine(s)
	}
}

// emptyLine says which section an empty line ends, if any.
func (a *annotator) emptyLine(s *Span) string {
	switch {
	case a.chunks > 0:
		return "trailer section"
	case s.Offset == a.m.Offset:
		return "before the request"
	case s.End() <= a.m.Offset+len("\r\n\r\n") && a.fields == 0 && a.m.Method == "" && a.m.Status == 0:
		return "before the request"
	}
	return "head"
}

// note says what a span is and what follows from it.
func (a *annotator) note(s *Span) {
	n := kindNotes[s.Kind]
	s.Note, s.Ref = n.note, n.ref
	switch s.Kind {
	case KindTarget:
		a.noteTarget(s)
	case KindFieldName, KindFieldValue, KindTrailerName:
		a.noteField(s)
	case KindLineEnd:
		s.Note = "end of the " + s.Part
		if s.Partly {
			s.Note = "carriage return; the line feed has not arrived"
		}
	case KindEmptyLine:
		a.noteEmptyLine(s)
	case KindChunkSize:
		s.Note = a.sizeNote(s)
	case KindChunks:
		s.Note = fmt.Sprintf("%s with %s of data: checked, not shown one by one", s.Part, Octets(a.folded.data))
	case KindChunkData, KindBody:
		s.Note = a.dataNote(s)
	case KindError:
		s.Note = a.m.Verdict.Broken.Sentence
		s.Ref = a.m.Verdict.Broken.Ref
	case KindUnread:
		a.noteUnread(s)
	}
	if s.Partly && s.Kind != KindBody && s.Kind != KindChunkData && s.Kind != KindLineEnd {
		s.Note = string(s.Kind) + " so far; its rest has not arrived"
	}
}

// noteUnread says why octets are not looked at.
func (a *annotator) noteUnread(s *Span) {
	s.Note = fmt.Sprintf("%s not looked at: discarded, then the connection closes", Octets(s.Length))
	if a.m.Verdict.Outcome == Accept {
		reader := map[string]string{"request": "server", "response": "client"}[a.m.Type]
		s.Note, s.Ref = fmt.Sprintf("%s that the %s does not read: this %s is the last one: %s",
			Octets(s.Length), reader, a.m.Type, a.m.Connection.Reason), "9112 §9.6"
	}
}

// noteTarget names the form and the components of a request-target.
func (a *annotator) noteTarget(s *Span) {
	if a.m.Form == "" {
		return
	}
	s.Note = "request-target, " + a.m.Form
	s.Ref = map[string]string{"origin-form": "9112 §3.2.1", "absolute-form": "9112 §3.2.2",
		"authority-form": "9112 §3.2.3", "asterisk-form": "9112 §3.2.4"}[a.m.Form]
	if path, query, found := strings.Cut(s.Text, "?"); found && a.m.Form == "origin-form" {
		s.Effect = fmt.Sprintf("path %q, query %q", path, query)
	}
	if odd := syntax.NotInURI(s.Text); odd != "" && a.m.Form == "origin-form" && a.m.Verdict.Outcome != Reject {
		s.Effect = strings.TrimPrefix(s.Effect+"; "+odd+" not in RFC 3986, but browsers send it", "; ")
	}
}

// noteField says what a field is for.
func (a *annotator) noteField(s *Span) {
	n, known := fieldNotes[a.field]
	switch {
	case s.Kind == KindTrailerName && a.dropped[s.Offset]:
		s.Note, s.Effect = "trailer field that must not come here", "dropped: it could change how the message is read (9110 §6.5.1)"
	case s.Kind == KindTrailerName:
	case s.Kind == KindFieldName && known:
		s.Note, s.Ref = "field name: "+n.note, n.ref
	case s.Kind == KindFieldValue && known:
		s.Effect = n.effect
	}
}

// noteEmptyLine says what an empty line ends.
func (a *annotator) noteEmptyLine(s *Span) {
	switch {
	case s.Partly:
		s.Note = "carriage return; the line feed has not arrived"
	case s.Part == "trailer section":
		s.Note, s.Ref = "empty line: the chunked body ends here", "9112 §7.1"
	case s.Part == "before the request":
		s.Note, s.Ref = "an empty line before a request is ignored, once", "9112 §2.2"
	default:
		s.Note = fmt.Sprintf("empty line: the head is %s", Octets(s.End()-a.m.Offset))
	}
}

// sizeNote puts a chunk size into decimal.
func (a *annotator) sizeNote(s *Span) string {
	if a.last {
		return "last chunk: no more data, a trailer section follows"
	}
	var size int64
	if _, err := fmt.Sscanf(string(s.Octets), "%x", &size); err != nil {
		return "chunk size"
	}
	return fmt.Sprintf("chunk %d: size 0x%s = %d", a.chunks, strings.ToUpper(strings.TrimLeft(string(s.Octets), "0")), size)
}

// dataNote counts data.
func (a *annotator) dataNote(s *Span) string {
	what := map[Kind]string{KindBody: "body", KindChunkData: "chunk data"}[s.Kind]
	if s.Partly {
		return what + ", " + Octets(s.Length) + " so far"
	}
	return what + ", " + Octets(s.Length)
}
