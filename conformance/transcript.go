package conformance

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Entry is one thing that happened while a case was played.
type Entry struct {
	At     time.Duration // since the case began
	Conn   string        // name of the connection; "" for the first
	Kind   EntryKind
	Octets string // the first 4 KiB of what was sent or received; or the words of an event
	Size   int    // how many octets there were in all
}

// EntryKind says what an Entry is about.
type EntryKind string

// The kinds of entries.
const (
	SentOctets     EntryKind = "sent"
	ReceivedOctets EntryKind = "received"
	Happened       EntryKind = "event" // the connection closed, curl ran, a wait began, ...
)

// Bounds of a transcript: octets kept of one entry, and entries.
const (
	maxEntryOctets = 4 << 10
	maxEntries     = 200
)

// transcript collects what happens. Several goroutines write to it.
type transcript struct {
	began time.Time

	mu      sync.Mutex
	entries []Entry
}

// sent notes octets sent.
func (t *transcript) sent(conn, octets string) { t.add(conn, SentOctets, octets) }

// received notes octets received.
func (t *transcript) received(conn string, octets []byte) {
	t.add(conn, ReceivedOctets, string(octets))
}

// event notes what else happened.
func (t *transcript) event(conn, words string) { t.add(conn, Happened, words) }

// add appends an entry, within the bounds. Octets received one after the other
// are one entry: how they were cut says nothing about the server.
func (t *transcript) add(conn string, kind EntryKind, octets string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := len(octets)
	if n := len(t.entries); n > 0 && kind == ReceivedOctets && t.entries[n-1].Kind == ReceivedOctets && t.entries[n-1].Conn == conn {
		last := &t.entries[n-1]
		last.Size += size
		last.Octets += octets[:min(size, maxEntryOctets-len(last.Octets))]
		return
	}
	if len(t.entries) < maxEntries {
		t.entries = append(t.entries, Entry{time.Since(t.began), conn, kind, octets[:min(size, maxEntryOctets)], size})
	}
}

// all returns the entries so far.
func (t *transcript) all() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Entry(nil), t.entries...)
}

// Lines returns the entry as lines with the signs of curl -v: ">" and "<" for
// lines sent and received, without the CR LF that ended them; "}" and "{" for
// octets that no CR LF ended; "*" for an event. The name of the connection stands
// first, if it has one. Control octets are escaped as in the .wire format.
func (e Entry) Lines() []string {
	conn := ""
	if e.Conn != "" {
		conn = e.Conn + " "
	}
	var lines []string
	for line := range strings.SplitAfterSeq(e.Octets, "\n") {
		if line == "" {
			continue
		}
		text, whole := strings.CutSuffix(line, "\r\n")
		if e.Kind == Happened {
			text = strings.TrimSuffix(text, "\n")
		}
		lines = append(lines, strings.TrimRight(conn+e.Kind.sign(whole)+" "+visible(text), " "))
	}
	if e.Size > len(e.Octets) {
		lines = append(lines, fmt.Sprintf("%s* ... %d octets in all", conn, e.Size))
	}
	return lines
}

// sign returns the sign of a line, which is whole if CR LF ended it.
func (k EntryKind) sign(whole bool) string {
	switch {
	case k == Happened:
		return "*"
	case k == SentOctets && whole:
		return ">"
	case k == SentOctets:
		return "}"
	case whole:
		return "<"
	}
	return "{"
}

// Bounds of what a report shows of one entry.
const (
	maxShownLines   = 24
	maxShownColumns = 240
)

// shortLines returns the lines of an entry, cut to a number and a length that
// can still be read.
func (e Entry) shortLines() []string {
	lines := e.Lines()
	if len(lines) > maxShownLines {
		lines = append(lines[:maxShownLines], fmt.Sprintf("... %d more lines", len(lines)-maxShownLines))
	}
	for i, line := range lines {
		if len(line) > maxShownColumns {
			lines[i] = line[:maxShownColumns] + "..."
		}
	}
	return lines
}
