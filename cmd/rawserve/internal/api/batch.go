package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// Bounds of a batch. A store keeps it with one step, such as one fsync.
const (
	maxBatchLines  = messages.MaxTogether
	maxBatchOctets = 256 << 10 // of text, when the last line is added
)

// batch is lines of an import that are stored together, and then answered.
type batch struct {
	store  messages.Store
	w      *httpwire.Response
	lines  []entry
	texts  []string // of the lines that can be messages
	octets int      // of the texts
	unsent bool     // there are answers that have not been flushed
}

// entry is a line of a batch.
type entry struct {
	line, octet int64
	err         error // why it cannot be a message
}

// errImportEnds says that the import is over before its body is; the last answers
// say why.
var errImportEnds = errors.New("api: the import ends")

// add adds a line.
func (b *batch) add(l line) {
	text, err := textOf(l)
	if err == nil {
		b.texts = append(b.texts, text)
		b.octets += len(text)
	}
	b.lines = append(b.lines, entry{l.number, l.octet, err})
}

// textOf returns the text of the message on a line.
func textOf(l line) (string, error) {
	if l.err != nil {
		return "", l.err
	}
	d, err := parseDraft(l.text, "id", "text")
	if err != nil {
		return "", err
	}
	text, err := d.wholeText()
	if err != nil {
		return "", err
	}
	return text, messages.CheckText(text)
}

func (b *batch) isFull() bool { return len(b.lines) >= maxBatchLines || b.octets >= maxBatchOctets }

// commit stores the lines, answers them, and empties the batch. If the store fails,
// it returns errImportEnds; but if nothing has been stored or answered yet, it
// returns the failure, which then is the answer.
func (b *batch) commit() error {
	created, failure := b.create()
	if failure != nil && len(created) == 0 && b.w.BytesWritten() == 0 {
		return failure
	}
	for _, e := range b.lines {
		var err error
		switch {
		case e.err != nil:
			err = b.refuse(e, e.err)
		case len(created) > 0:
			err = b.accept(e, created[0])
			created = created[1:]
		default:
			err = b.refuse(e, failure)
		}
		if err != nil {
			return err
		}
	}
	b.lines, b.texts, b.octets = b.lines[:0], b.texts[:0], 0
	if failure != nil {
		return errImportEnds
	}
	return nil
}

// create stores the texts. A store that has no room for all of them may have some
// for the first ones: on failure, those created are returned too.
func (b *batch) create() (created []messages.Message, err error) {
	if len(b.texts) == 0 {
		return nil, nil
	}
	created, err = b.store.CreateAll(background, b.texts)
	if !errors.Is(err, messages.ErrFull) {
		return created, err
	}
	created = nil
	for _, text := range b.texts {
		m, err := b.store.Create(background, text)
		if err != nil {
			return created, err
		}
		created = append(created, m)
	}
	return created, nil
}

// accept answers a line with the id of its message.
func (b *batch) accept(e entry, m messages.Message) error {
	b.unsent = true
	_, err := fmt.Fprintf(b.w, "{\"line\":%d,\"id\":%d}\n", e.line, m.ID)
	return err
}

// refuse answers a line with what is wrong, as the members of a problem, and the
// octet of the body that it is about.
func (b *batch) refuse(e entry, cause error) error {
	var p *httpwire.Problem
	if !errors.As(problem(cause), &p) {
		return cause
	}
	answer := struct {
		Line   int64  `json:"line"`
		Octet  int64  `json:"octet"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Field  any    `json:"field,omitempty"`
	}{e.line, e.octet, p.Status, p.Detail, p.Extra["field"]}
	var syntax *jsonError
	if errors.As(cause, &syntax) {
		answer.Detail = syntax.reason
		answer.Octet += int64(max(0, syntax.offset))
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	b.unsent = true
	_, err = b.w.Write(append(text, '\n'))
	return err
}

// flush sends the answers. Without any it leaves the head open, so that a failure
// can still be answered with a status.
func (b *batch) flush() error {
	if !b.unsent {
		return nil
	}
	b.unsent = false
	return b.w.Flush()
}
