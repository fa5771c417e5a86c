package httpwire

import "bytes"

// lines cuts a growing window into lines. It is the one place that knows how a
// line ends: CR LF, and nothing else. Stricter than the RFC, which lets a
// recipient take a single LF: where parsers disagree on line endings, one
// message can be read as two (RFC 9112, Section 2.2 and Section 11.2).
//
// Invariant: start <= searched <= len(window), and window[start:searched]
// holds no LF.
type lines struct {
	start    int // where the line being looked for begins
	searched int // how far it has been searched, so that each octet is searched once
}

// next returns the next line without its line ending, and moves behind it. The
// line aliases the window. It returns nil and no fault when octets are missing.
//
// A fault is a line that has no proper end: BareLF, BareCR, or tooLong when
// more than limit octets stand before the line ending. The line returned with
// it is what came before the fault, so that the caller can look there for an
// error that comes first.
func (l *lines) next(window []byte, limit int, tooLong *Rule) (line []byte, fault *Error) {
	end, rule, found := l.end(window)
	if end-l.start > limit {
		end = l.start + limit
		rule, found = tooLong, true
		if window[end] == '\r' {
			rule = BareCR // more octets of the line follow it
		}
	}
	if !found {
		l.searched = len(window)
		return nil, nil
	}
	line = window[l.start:end:end]
	if rule != nil {
		return line, broken(rule, end)
	}
	l.start, l.searched = end+2, end+2
	return line, nil
}

// end returns where the line ends and the rule its ending breaks, if any. When
// the ending is not in sight, it returns how far the line reaches so far.
func (l *lines) end(window []byte) (end int, rule *Rule, found bool) {
	if n := bytes.IndexByte(window[l.searched:], '\n'); n >= 0 {
		end = l.searched + n
		if end > l.start && window[end-1] == '\r' {
			return end - 1, nil, true // a CR further in front is found by whoever reads the line
		}
		return end, BareLF, true
	}
	// No LF yet: a CR is bare unless it is the last octet, whose LF may follow.
	from := max(l.start, l.searched-1)
	if n := bytes.IndexByte(window[from:], '\r'); n >= 0 {
		end = from + n
		return end, BareCR, end+1 < len(window)
	}
	return len(window), nil, false
}

// earlier returns the error that stands first in the message.
func earlier(err, fault *Error) *Error {
	if err == nil || fault != nil && fault.Offset <= err.Offset {
		return fault
	}
	return err
}

// illegal returns the error for an octet that cannot stand where it does: a
// carriage return is called by its name wherever it is, any other breaks rule.
func illegal(rule *Rule, octet byte, offset int) *Error {
	if octet == '\r' {
		rule = BareCR
	}
	return broken(rule, offset)
}
