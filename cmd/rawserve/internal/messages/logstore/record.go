package logstore

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"slices"
	"strconv"

	"rawserve/cmd/rawserve/internal/messages"
)

// What the header of a log says it is.
const (
	format  = "messages"
	version = 1
)

// header is the first line of a log.
type header struct {
	Format  string `json:"rawserve"` // format
	Version int    `json:"version"`
	Since   int64  `json:"since"` // all revisions of this store are above it
	After   string `json:"after"` // the log has all changes after this place; see messages.ParsePlace
	ID      int64  `json:"id"`    // the highest one used up to that place
}

// record is any other line of a log. The octets of all but its texts are few.
type record struct {
	Seq    int64    `json:"seq"` // 1 for the line after the header, then counting up
	Rev    int64    `json:"rev,omitempty"`
	Op     string   `json:"op"`
	ID     int64    `json:"id,omitempty"`
	Text   string   `json:"text,omitempty"`
	Texts  []string `json:"texts,omitempty"`  // of messages created together, ID being that of the first
	Joined bool     `json:"joined,omitempty"` // written together with the record before
}

// What a record says.
const (
	opKept     = "kept"     // the message was like this at the place that the header names
	opWhole    = "whole"    // what was written when the file was made ends here; the ID is the highest one used
	opCreated  = "created"  // these are the changes
	opReplaced = "replaced" //
	opDeleted  = "deleted"  //
)

// Bounds of lines and of what is written at once, in octets.
const (
	// lineAtMost is more than the longest record has: messages.MaxTogether texts
	// of messages.MaxText octets, each written as an escape of six.
	lineAtMost = 8 << 20

	// batchEnough is when no more records are added to what is written at once, and
	// batchAtMost is how much that may become with the last one.
	batchEnough = 1 << 20
	batchAtMost = 8 << 20
)

// changes returns the changes that a record stands for, in order, and reports
// whether it is a record of changes.
func (r *record) changes() ([]messages.Change, bool) {
	m := messages.Message{ID: r.ID, Text: r.Text, Revision: r.Rev}
	switch {
	case r.Op == opCreated && len(r.Texts) > 0:
		all := make([]messages.Change, len(r.Texts))
		for i, text := range r.Texts {
			all[i] = messages.Change{Kind: messages.Created, Message: messages.Message{ID: r.ID + int64(i), Text: text, Revision: r.Rev}}
		}
		return all, true
	case r.Op == opCreated:
		return []messages.Change{{Kind: messages.Created, Message: m}}, true
	case r.Op == opReplaced:
		return []messages.Change{{Kind: messages.Replaced, Message: m}}, true
	case r.Op == opDeleted:
		return []messages.Change{{Kind: messages.Deleted, Message: m}}, true
	}
	return nil, false
}

// changed returns the record of one change.
func changed(c messages.Change) record {
	return record{Op: c.Kind.String(), ID: c.Message.ID, Rev: c.Message.Revision, Text: c.Message.Text}
}

// lines are the octets of lines to be written.
type lines struct {
	bytes.Buffer
	json *json.Encoder
}

func newLines() *lines {
	l := new(lines)
	l.json = json.NewEncoder(&l.Buffer)
	l.json.SetEscapeHTML(false)
	return l
}

// add adds a header or a record as a line: JSON whose last member is the CRC-32C of
// all octets that precede the comma before it.
//
//	{"seq":1,"rev":1795246301184025,"op":"created","id":1,"text":"hi","crc":"cc0d2acc"}
func (l *lines) add(v any) {
	start := l.Len()
	if err := l.json.Encode(v); err != nil {
		panic(err) // header and record have nothing that JSON cannot say
	}
	l.Truncate(l.Len() - len("}\n"))
	l.Write(seal(l.Bytes()[start:]))
}

const (
	sealStart = `,"crc":"`
	sealEnd   = "\"}\n"
	crcDigits = 8
	sealSize  = len(sealStart) + crcDigits + len(sealEnd)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal returns what ends the line that begins with these octets.
func seal(octets []byte) []byte {
	sum := strconv.AppendUint(nil, 1<<32|uint64(crc32.Checksum(octets, castagnoli)), 16)
	return slices.Concat([]byte(sealStart), sum[1:], []byte(sealEnd))
}

// parseLine reads a line into a header or a record, and reports whether it is one:
// no octet of it is another than was written.
func parseLine(line []byte, v any) bool {
	end := len(line) - sealSize
	return end > 0 && bytes.Equal(line[end:], seal(line[:end])) && json.Unmarshal(line, v) == nil
}
