package api

import "rawserve/cmd/rawserve/internal/messages"

// Bounds of what is taken from the store at a time, for a client that may not read
// what it gets: it keeps no more alive than about portionOctets, and never more than
// the largest portion of the longest texts.
const (
	firstPortion   = 2
	largestPortion = 64
	portionOctets  = 32 << 10 // of text
)

// portion says how many messages to take from the store next: many short ones, few
// long ones. The zero value is ready to use.
type portion struct{ messages int }

// next returns the number of messages to ask for.
func (p *portion) next() int {
	if p.messages == 0 {
		p.messages = firstPortion
	}
	return p.messages
}

// took learns from the messages that the store has returned.
func (p *portion) took(found []messages.Message) {
	octets := 0
	for _, m := range found {
		octets += len(m.Text)
	}
	switch {
	case octets > portionOctets:
		p.messages = max(p.messages/2, 1)
	case octets < portionOctets/4 && len(found) == p.messages:
		p.messages = min(2*p.messages, largestPortion)
	}
}
