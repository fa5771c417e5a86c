package syntax

import (
	"fmt"
	"strings"
)

// Rule is one row of the catalog (catalog.go): one way in which a message can be invalid, or
// more than a parser reads. Rules are compared by pointer, and a Rule is an error,
// so that errors.Is(err, BareLF) works.
type Rule struct {
	Name     string // the Go name of the row
	Status   int    // of the answer to a request that breaks the rule; 502 of ResponseRules, for gateways
	ID       string // document, section, and the number this project gives the sentence there: "rfc9112-5.1-01"
	Sentence string // what is wrong with the octets, in plain words
	Hint     string // what the sender can do about it
}

// Error returns the sentence and its source.
func (r *Rule) Error() string { return r.Sentence + " (" + r.Source() + ")" }

// Source names the section the rule comes from, as "RFC 9112, Section 5.1".
func (r *Rule) Source() string {
	document, rest, _ := strings.Cut(r.ID, "-")
	section, _, _ := strings.Cut(rest, "-")
	return "RFC " + strings.TrimPrefix(document, "rfc") + ", Section " + section
}

// At returns the error for the rule broken at an offset of the message. The status
// code is in the rule.
func (r *Rule) At(offset int) *Error { return &Error{Rule: r, Offset: int64(offset)} }

// Error is the only error that the parsers of this package return: the rule that
// a message breaks, and where.
type Error struct {
	Rule *Rule

	// Offset is where the message became invalid, in octets from its first one.
	// It is the same however the octets were split into reads, and the octets
	// before it alone are not yet an error.
	Offset int64
}

// Error returns the status code, the offset and the rule on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%d at octet %d: %s", e.Rule.Status, e.Offset, e.Rule.Error())
}

// Unwrap returns the rule, so that errors.Is(err, BareLF) works.
func (e *Error) Unwrap() error { return e.Rule }

// earlier returns the error that stands first in the message.
func earlier(err, fault *Error) *Error {
	if err == nil || fault != nil && fault.Offset <= err.Offset {
		return fault
	}
	return err
}

// Rules returns all rules that a request can break, in the order in which it meets
// them.
func Rules() []*Rule { return catalog }

// ResponseRules returns the rules that only a response can break. It can break most
// of the others as well.
func ResponseRules() []*Rule { return []*Rule{BadStatusLine, BadReason} }

// catalog collects the rows of catalog.go that requests can break; rule appends to it while the package's
// variables are initialised, and nothing changes it afterwards.
var catalog []*Rule

func rule(name string, status int, id, sentence, hint string) *Rule {
	r := &Rule{name, status, id, sentence, hint}
	catalog = append(catalog, r)
	return r
}

// responseRule makes a row that no request can break.
func responseRule(name, id, sentence, hint string) *Rule {
	return &Rule{name, 502, id, sentence, hint}
}
