package syntax

// lines cuts a growing window into lines. It is the one place that knows how a
// line ends: CR LF, and nothing else. (The CR LF after chunk-data ends no line: see
// chunkEnd.) Stricter than the RFC, which lets a
// recipient take a single LF: where parsers disagree on line endings, one
// message can be read as two (RFC 9112, Section 2.2 and Section 11.2).
//
// Invariant: start <= searched <= len(window), and window[start:searched]
// holds no control character but HTAB.
type lines struct {
	start    int // where the line being looked for begins
	searched int // how far it has been searched, so that each octet is searched once
}

// next returns the next line without its line ending, and moves past it. The
// line aliases the window. It returns nil and no fault when octets are missing.
//
// A fault is a line that has no proper end: BareLF, BareCR, or tooLong when
// more than limit octets stand before the line ending. The line returned with
// it is what came before the fault, so that the caller can look there for an
// error that comes first.
//
// Any other control character but HTAB ends the line that is returned: no line
// has a place for one, so the caller finds it there, or an error before it.
// What follows is not looked at, so that the verdict is the same however
// the octets were split.
func (l *lines) next(window []byte, limit int, tooLong *Rule) (line []byte, fault *Error) {
	end := l.searched + contentRun(window[l.searched:])
	l.searched = end
	rest := window[end:]
	switch {
	case end-l.start > limit:
		end = l.start + limit
		fault = tooLong.At(end)
	case len(rest) == 0 || rest[0] == '\r' && len(rest) == 1:
		return nil, nil
	case rest[0] == '\r' && rest[1] == '\n':
		line = window[l.start:end:end]
		l.start, l.searched = end+2, end+2
		return line, nil
	case rest[0] == '\r':
		fault = BareCR.At(end)
	case rest[0] == '\n':
		fault = BareLF.At(end)
	case end-l.start == limit:
		fault = tooLong.At(end)
	default:
		end++
		line = window[l.start:end:end]
		l.start, l.searched = end, end
		return line, nil
	}
	return window[l.start:end:end], fault
}
