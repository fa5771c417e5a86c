// Package messages keeps short texts under numbers. It knows nothing of HTTP:
// its operations carry a revision instead, which is all that conditional
// requests need, and which a store on another machine can offer as well.
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
	// counting up. A number is never given twice, not even after a deletion.
	ID int64

	// Text is what the message says: not empty, at most MaxText octets, valid
	// UTF-8, and otherwise kept exactly as it was given.
	Text string

	// Revision identifies this state of the message. It is positive, every
	// change of any message in the store gets a larger one, and it is never
	// used again.
	Revision int64
}

// Any is the revision to expect when any will do.
const Any int64 = 0

// MaxText is the length of the longest text, in octets.
const MaxText = 16 << 10

// Store keeps messages. All methods may be called at the same time from many
// goroutines; each is one atomic step. They return the error of ctx if it is
// done before they have begun, and then have changed nothing.
type Store interface {
	// List returns at most limit messages whose ID is greater than after, in
	// ascending order of ID.
	List(ctx context.Context, after int64, limit int) ([]Message, error)

	// Create keeps a new message. It fails with a *TextError if text is not one
	// a message can have, and with ErrFull if there is no room.
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

// What a store cannot do. Stores may wrap these errors; compare with errors.Is.
var (
	ErrNotFound = errors.New("messages: no such message")
	ErrConflict = errors.New("messages: the message has another revision by now")
	ErrFull     = errors.New("messages: the store is full")
)

// TextError says why a text cannot be the text of a message.
type TextError struct {
	Reason string // a sentence about the text, in plain words
}

// Error returns the reason.
func (e *TextError) Error() string { return "messages: " + e.Reason }

// CheckText returns a *TextError if text cannot be the text of a message. Stores
// call it, so that no way into a store can forget to.
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
