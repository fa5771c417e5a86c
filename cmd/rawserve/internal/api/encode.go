package api

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/messages"
)

// maxPiece is how many octets of a text are encoded at a time. As JSON they can
// take six times as many, which is what one answer holds at most while its client
// does not read.
const maxPiece = 1 << 10

// encoder writes messages as JSON, a piece at a time. The first error stops it.
type encoder struct {
	to      io.Writer
	err     error
	json    *json.Encoder // into scratch
	scratch *bytes.Buffer
}

// newEncoder returns an encoder. The characters < > & are not escaped: nosniff
// keeps a browser from taking JSON for HTML.
func newEncoder(to io.Writer) *encoder {
	scratch := new(bytes.Buffer)
	e := &encoder{to: to, json: json.NewEncoder(scratch), scratch: scratch}
	e.json.SetEscapeHTML(false)
	return e
}

// message writes a message as clients see it: an object with id and text.
func (e *encoder) message(m messages.Message) {
	e.octets(`{"id":`)
	e.id(m)
	e.octets(`,"text":"`)
	e.characters(m.Text)
	e.octets(`"}`)
}

// line writes a message as one line.
func (e *encoder) line(m messages.Message) {
	e.message(m)
	e.octets("\n")
}

// id writes the number of a message.
func (e *encoder) id(m messages.Message) { e.octets(strconv.FormatInt(m.ID, 10)) }

// characters writes what stands between the quotation marks of a string. Each
// character is escaped by itself, so the text can be cut between any two.
func (e *encoder) characters(text string) {
	for text != "" && e.err == nil {
		n := pieceOf(text)
		e.scratch.Reset()
		if e.err = e.json.Encode(text[:n]); e.err != nil {
			return
		}
		quoted := bytes.TrimSuffix(e.scratch.Bytes(), []byte("\n"))
		_, e.err = e.to.Write(quoted[1 : len(quoted)-1])
		text = text[n:]
	}
}

// octets writes JSON that needs no encoding.
func (e *encoder) octets(s string) {
	if e.err == nil {
		_, e.err = io.WriteString(e.to, s)
	}
}

// pieceOf returns the length of the first piece of a text: at most maxPiece, and
// no character is cut.
func pieceOf(text string) int {
	if len(text) <= maxPiece {
		return len(text)
	}
	n := maxPiece
	for n > maxPiece-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// counter is a writer that only counts.
type counter int64

// Write counts the octets of p.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
