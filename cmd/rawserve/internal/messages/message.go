// Package messages keeps short texts, each with a number of its own. It knows
// nothing of HTTP: its operations take and return revisions, which is all that
// conditional requests need, and which a store on another machine can offer too.
package messages

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Message is one message as it stands at one revision.
type Message struct {
	// ID is the number of the message: 1 for the first one of a store, then
	// counting up. No number is used twice, not even after a deletion.
	ID int64

	// Text is what the message says: not empty, at most MaxText octets, valid
	// UTF-8, and otherwise kept exactly as it was given.
	Text string

	// Revision identifies this state of the message. It is positive, grows with
	// each change of any message in the store, and is never used again, except
	// that messages created together have the same one.
	Revision int64
}

// Any is the revision to expect where any will do.
const Any int64 = 0

// MaxText is the length of the longest text, in octets.
const MaxText = 16 << 10

// MaxTogether is how many messages CreateAll makes at most.
const MaxTogether = 64

// Store keeps messages. All methods may be called from many goroutines at the
// same time; each is one atomic step. If ctx is done before a method has begun,
// the method changes nothing and returns the error of ctx.
type Store interface {
	// List returns at most limit messages whose ID is greater than after, in
	// ascending order of ID.
	List(ctx context.Context, after int64, limit int) ([]Message, error)

	// Create keeps a new message. It fails with a *TextError if no message can
	// have this text, and with ErrFull if there is no room.
	Create(ctx context.Context, text string) (Message, error)

	// CreateAll keeps new messages, all or none, with IDs in the order of texts.
	// It fails as Create does, and for more than MaxTogether texts.
	CreateAll(ctx context.Context, texts []string) ([]Message, error)

	// Get returns a message, or ErrNotFound.
	Get(ctx context.Context, id int64) (Message, error)

	// Replace gives a message a new text, and so a new revision even if the
	// text is the same. It fails with ErrNotFound, with ErrConflict if expected
	// is neither Any nor the revision of the message, and as Create does.
	Replace(ctx context.Context, id int64, text string, expected int64) (Message, error)

	// Delete removes a message. It fails as Replace does, except for the text.
	Delete(ctx context.Context, id int64, expected int64) error

	// Latest returns the place of the latest change; the zero Place if there
	// has been none.
	Latest(ctx context.Context) (Place, error)

	// Changes returns the changes after a place, in their order: at least one and
	// at most limit, which is positive. If there is none yet, it waits for one.
	// It fails with ErrCompacted if the store no longer has them all, or if no
	// change of this store has been at that place yet, and with the error of ctx
	// when that is done.
	Changes(ctx context.Context, after Place, limit int) ([]Change, error)

	// Health returns nil if the store can keep and return messages, and
	// otherwise why not, in words for those who operate it.
	Health(ctx context.Context) error
}

// Errors of a Store, which may be wrapped: compare with errors.Is.
var (
	ErrNotFound = errors.New("messages: no such message")
	ErrConflict = errors.New("messages: the message has another revision now")
	ErrFull     = errors.New("messages: the store is full")

	// ErrUnavailable says that the store cannot be reached now. Whether a change
	// was made is not known.
	ErrUnavailable = errors.New("messages: the store cannot be reached")

	// ErrReadOnly says that the store makes no more changes until it is started
	// again, because it could not keep one.
	ErrReadOnly = errors.New("messages: the store is read-only")

	// ErrCompacted says that the changes after a place are no longer known: who
	// follows them has to list the messages again.
	ErrCompacted = errors.New("messages: the changes asked for are no longer known")
)

// TextError says why a text cannot be the text of a message.
type TextError struct {
	Reason string // a sentence about the text, in plain words
}

// Error returns the reason.
func (e *TextError) Error() string { return "messages: " + e.Reason }

// CheckText returns a *TextError if text cannot be the text of a message. Every
// Store calls it, so that its callers need not.
func CheckText(text string) error {
	switch {
	case text == "":
		return &TextError{"the text is empty"}
	case len(text) > MaxText:
		return &TextError{fmt.Sprintf("the text has %d octets, more than the %d allowed", len(text), MaxText)}
	case !utf8.ValidString(text):
		return &TextError{"the text is not valid UTF-8"}
	}
	return nil
}

// CheckTexts returns an error if CreateAll cannot make messages of these texts.
func CheckTexts(texts []string) error {
	if len(texts) > MaxTogether {
		return fmt.Errorf("messages: %d texts at once, more than the %d allowed", len(texts), MaxTogether)
	}
	for _, text := range texts {
		if err := CheckText(text); err != nil {
			return err
		}
	}
	return nil
}
