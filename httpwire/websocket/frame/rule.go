package frame

import "fmt"

// Rule is one row of the catalog: one way in which frames can be invalid, or more
// than is read. Rules are compared by pointer, and a Rule is an error, so that
// errors.Is(err, Unmasked) works.
type Rule struct {
	Name     string // the Go name of the row
	Code     Code   // to close the connection with
	Section  string // of RFC 6455
	Sentence string // what is wrong with the octets, in plain words
	Hint     string // what the sender can do about it
}

// Error returns the sentence and its source.
func (r *Rule) Error() string { return r.Sentence + " (" + r.Source() + ")" }

// Source names the section that the rule comes from, as "RFC 6455, Section 5.1".
func (r *Rule) Source() string { return "RFC 6455, Section " + r.Section }

// At returns the error for the rule broken at an offset.
func (r *Rule) At(offset int) *Error { return &Error{Rule: r, Offset: int64(offset)} }

// Error is the only error that this package returns: the rule that frames break, and
// where.
type Error struct {
	Rule *Rule

	// Offset is where the frames became invalid, in octets from the first one
	// after the handshake, unless a function says otherwise. It is the same
	// however the octets were split into reads, and the octets before it alone
	// are not yet an error.
	Offset int64
}

// Error returns the code, the offset and the rule on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%d at octet %d: %s", e.Rule.Code, e.Offset, e.Rule.Error())
}

// Unwrap returns the rule.
func (e *Error) Unwrap() error { return e.Rule }

// after returns the error at an offset that is so many octets larger.
func (e *Error) after(octets int64) *Error { return &Error{e.Rule, e.Offset + octets} }

// Rules returns all rules, in the order in which a frame meets them.
func Rules() []*Rule { return catalog }

// catalog collects the rows of catalog.go; nothing changes it afterwards.
var catalog []*Rule

func rule(name string, code Code, section, sentence, hint string) *Rule {
	r := &Rule{name, code, section, sentence, hint}
	catalog = append(catalog, r)
	return r
}
