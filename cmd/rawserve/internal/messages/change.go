package messages

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Change is one change of a store.
type Change struct {
	Kind ChangeKind

	// Message is the message after the change. Of a deleted one there is its ID
	// and the revision of the deletion.
	Message Message
}

// ChangeKind says what happened to a message.
type ChangeKind uint8

// Kinds of changes.
const (
	Created ChangeKind = iota + 1
	Replaced
	Deleted
)

// String returns the kind as a word: "created", "replaced" or "deleted".
func (k ChangeKind) String() string {
	switch k {
	case Created:
		return "created"
	case Replaced:
		return "replaced"
	case Deleted:
		return "deleted"
	}
	return "ChangeKind(" + strconv.Itoa(int(k)) + ")"
}

// Place returns where the change stands among all changes of its store.
func (c Change) Place() Place { return Place{c.Message.Revision, c.Message.ID} }

// Place is where a change stands among all changes of a store: they are in
// ascending order of revision, and those that share one in ascending order of
// ID. The zero Place is before all changes.
type Place struct {
	Revision int64
	ID       int64
}

// AfterRevision returns the place after all changes of a revision.
func AfterRevision(revision int64) Place { return Place{revision, math.MaxInt64} }

// Compare returns -1 if p is before q, 0 if they are the same, and 1 if p is
// after q.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Revision, q.Revision), cmp.Compare(p.ID, q.ID))
}

// String returns the place as ParsePlace reads it: "17-5", or "0" for the zero
// Place.
func (p Place) String() string {
	if p == (Place{}) {
		return "0"
	}
	return strconv.FormatInt(p.Revision, 10) + "-" + strconv.FormatInt(p.ID, 10)
}

var errPlace = errors.New(`messages: a place in the feed is a revision and an id, such as "17-5", or "0"`)

// ParsePlace reads a place: "17-5", or "17" for the place after all changes of
// that revision, or "0" for the zero Place.
func ParsePlace(s string) (Place, error) {
	revision, id, both := strings.Cut(s, "-")
	r, ok := parseNumber(revision)
	switch {
	case !ok:
		return Place{}, errPlace
	case !both && r == 0:
		return Place{}, nil
	case !both:
		return AfterRevision(r), nil
	}
	i, ok := parseNumber(id)
	if !ok || r == 0 {
		return Place{}, errPlace
	}
	return Place{r, i}, nil
}

// parseNumber reads decimal digits without a sign and without a leading zero.
func parseNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s && n >= 0
}
