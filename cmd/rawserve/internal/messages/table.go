package messages

import (
	"cmp"
	"fmt"
	"slices"
)

// Size is how much a store holds, or how much it may hold.
type Size struct {
	Messages int
	Octets   int64 // of all texts
}

// Room fails with ErrFull if a store of this size would exceed most with more in
// it. What does not grow always fits. A bound that is negative is none.
func (s Size) Room(more, most Size) error {
	switch {
	case more.Messages > 0 && most.Messages >= 0 && s.Messages+more.Messages > most.Messages:
		return fmt.Errorf("%w: it holds %d messages", ErrFull, s.Messages)
	case more.Octets > 0 && most.Octets >= 0 && s.Octets+more.Octets > most.Octets:
		return fmt.Errorf("%w: its texts have %d octets, and %d more are too many", ErrFull, s.Octets, more.Octets)
	}
	return nil
}

// Plus returns the size after a change.
func (s Size) Plus(more Size) Size { return Size{s.Messages + more.Messages, s.Octets + more.Octets} }

// Growth returns how much more there is after a text has taken the place of an old
// one; either may be empty, which means that there is no message.
func Growth(old, text string) Size {
	return Size{present(text) - present(old), int64(len(text) - len(old))}
}

func present(text string) int { return min(1, len(text)) }

// blockLength is how many messages are kept next to each other, so that to remove
// one moves no more than that.
const blockLength = 512

// Table holds messages in ascending order of ID, for stores that answer from
// memory. The zero value is empty, and ready to use. Its methods must not be called
// at the same time, except for those that only read.
type Table struct {
	blocks [][]Message // in order; none is empty
	size   Size
}

// Size returns how much there is.
func (t *Table) Size() Size { return t.size }

// Get returns the message with this ID, and reports whether there is one.
func (t *Table) Get(id int64) (Message, bool) {
	block, i, found := t.find(id)
	if !found {
		return Message{}, false
	}
	return t.blocks[block][i], true
}

// List returns at most limit messages with an ID above after. The caller may change
// what it gets.
func (t *Table) List(after int64, limit int) []Message {
	block, i, found := t.find(after)
	if found {
		i++
	}
	var page []Message
	for ; block < len(t.blocks) && len(page) < limit; block, i = block+1, 0 {
		rest := t.blocks[block][i:]
		page = append(page, rest[:min(len(rest), limit-len(page))]...)
	}
	return page
}

// Put keeps a message, in the place of the one with its ID if there is one.
func (t *Table) Put(m Message) {
	block, i, found := t.find(m.ID)
	switch {
	case found:
		t.size = t.size.Plus(Growth(t.blocks[block][i].Text, m.Text))
		t.blocks[block][i] = m
		return
	case block < len(t.blocks):
		t.insert(block, i, m)
	case len(t.blocks) > 0 && len(t.blocks[block-1]) < blockLength:
		t.blocks[block-1] = append(t.blocks[block-1], m)
	default:
		t.blocks = append(t.blocks, append(make([]Message, 0, blockLength), m))
	}
	t.size = t.size.Plus(Growth("", m.Text))
}

// insert keeps a message before others, in a block that is cut when it gets long.
func (t *Table) insert(block, i int, m Message) {
	t.blocks[block] = slices.Insert(t.blocks[block], i, m)
	if b := t.blocks[block]; len(b) > 2*blockLength {
		t.blocks = slices.Insert(t.blocks, block+1, slices.Clone(b[blockLength:]))
		t.blocks[block] = slices.Clone(b[:blockLength])
	}
}

// Delete removes the message with this ID, if there is one.
func (t *Table) Delete(id int64) {
	block, i, found := t.find(id)
	if !found {
		return
	}
	t.size = t.size.Plus(Growth(t.blocks[block][i].Text, ""))
	t.blocks[block] = slices.Delete(t.blocks[block], i, i+1)
	if len(t.blocks[block]) == 0 {
		t.blocks = slices.Delete(t.blocks, block, block+1)
	}
}

// find returns the block and the index of the message with this ID, or of the next
// one, and reports whether it exists.
func (t *Table) find(id int64) (block, i int, found bool) {
	block, _ = slices.BinarySearchFunc(t.blocks, id, func(b []Message, id int64) int {
		return cmp.Compare(b[len(b)-1].ID, id)
	})
	if block == len(t.blocks) {
		return block, 0, false
	}
	i, found = slices.BinarySearchFunc(t.blocks[block], id, func(m Message, id int64) int {
		return cmp.Compare(m.ID, id)
	})
	return block, i, found
}
