package messages

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// A table is a sorted slice: whatever is put into it and removed, in any order.
func TestTable(t *testing.T) {
	var table Table
	var want []Message
	random := rand.New(rand.NewPCG(1, 2))
	text := "a text of some length"
	for i := range 20_000 {
		m := Message{ID: random.Int64N(4000) + 1, Text: text[:1+random.IntN(len(text))], Revision: int64(i)}
		at, found := slices.BinarySearchFunc(want, m.ID, func(a Message, id int64) int { return cmp.Compare(a.ID, id) })
		switch {
		case i%3 == 0 && i > 8000 && found:
			table.Delete(m.ID)
			want = slices.Delete(want, at, at+1)
		case i%3 == 0:
			m.ID += 4000 * int64(i%2) // some are appended
			fallthrough
		default:
			at, found = slices.BinarySearchFunc(want, m.ID, func(a Message, id int64) int { return cmp.Compare(a.ID, id) })
			table.Put(m)
			if found {
				want[at] = m
			} else {
				want = slices.Insert(want, at, m)
			}
		}
	}
	table.Delete(1 << 40)
	if got := table.List(0, len(want)+1); !slices.Equal(got, want) {
		t.Fatalf("got %d messages, want %d: or others", len(got), len(want))
	}
	var size Size
	for _, m := range want {
		size = size.Plus(Size{1, int64(len(m.Text))})
		if got, found := table.Get(m.ID); got != m || !found {
			t.Fatalf("Get(%d): got %v, %v", m.ID, got, found)
		}
	}
	if table.Size() != size {
		t.Errorf("got size %v, want %v", table.Size(), size)
	}
	for _, m := range want {
		table.Delete(m.ID)
	}
	if table.Size() != (Size{}) || len(table.blocks) != 0 {
		t.Errorf("when all are gone: size %v, %d blocks", table.Size(), len(table.blocks))
	}
}
