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

	// Revision identifies this state of the message. It is positive and never
	// used again: each change of any message in the store gets a larger one.
	Revision int64
}

// Any is the revision to expect where any will do.
const Any int64 = 0

// MaxText is the length of the longest text, in octets.
const MaxText = 16 << 10

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

	// Get returns a message, or ErrNotFound.
	Get(ctx context.Context, id int64) (Message, error)

	// Replace gives a message a new text, and so a new revision even if the
	// text is the same. It fails with ErrNotFound, with ErrConflict if expected
	// is neither Any nor the revision of the message, and as Create does.
	Replace(ctx context.Context, id int64, text string, expected int64) (Message, error)

	// Delete removes a message. It fails as Replace does, except for the text.
	Delete(ctx context.Context, id int64, expected int64) error
}

// Errors of a Store, which may be wrapped: compare with errors.Is.
var (
	ErrNotFound = errors.New("messages: no such message")
	ErrConflict = errors.New("messages: the message has another revision now")
	ErrFull     = errors.New("messages: the store is full")
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
