package cluster

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// kind is what a client asks.
type kind int

const (
	creates kind = iota
	gets
	replaces
	deletes
)

// operation is one request and its answer.
type operation struct {
	kind     kind
	id       int64
	text     string // that is sent
	expected int64  // of If-Match; 0 for none

	status   int // of the answer; 0 if nobody knows whether the change was made
	revision int64
	got      string // text of the answer

	client       int
	call, answer int64 // instants
}

// message is the state of one message.
type message struct {
	exists, gone bool // it exists; it has existed
	revision     int64
	text         string
}

// model is what a message may do.
func model() porcupine.Model {
	return (&porcupine.NondeterministicModel{
		Init:              func() []any { return []any{message{}} },
		Step:              func(state, input, _ any) []any { return step(state.(message), input.(*operation)) },
		Equal:             func(a, b any) bool { return a == b },
		DescribeOperation: func(input, _ any) string { return fmt.Sprintf("%+v", *input.(*operation)) },
	}).ToModel()
}

// step returns the states that an operation may lead to, none if it cannot have
// ended as it did. The revision of a change that nobody knows of is the one that
// the feed told, or 0 if it told none: then the change was not made.
func step(m message, op *operation) []any {
	matches := m.exists && (op.expected == 0 || op.expected == m.revision)
	changed := message{exists: true, revision: op.revision, text: op.text}
	var next []any
	switch {
	case op.kind == creates:
		if !m.exists && !m.gone {
			next = append(next, changed)
		}
	case op.status == 404:
		if !m.exists {
			next = append(next, m)
		}
	case op.status == 412: // also of one that does not exist
		if !matches {
			next = append(next, m)
		}
	case op.kind == gets:
		if m.exists && m.revision == op.revision && m.text == op.got {
			next = append(next, m)
		}
	case op.kind == replaces && op.status == 200:
		if matches && op.revision > m.revision {
			next = append(next, changed)
		}
	case op.kind == replaces:
		if matches && op.revision > m.revision {
			next = append(next, changed)
		}
		if op.revision == 0 {
			next = append(next, m)
		}
	case op.kind == deletes:
		if matches {
			next = append(next, message{gone: true})
		}
		if op.status == 0 {
			next = append(next, m)
		}
	}
	return next
}

// checkLinearizable checks the history of each message.
func checkLinearizable(t *testing.T, history []*operation) {
	t.Helper()
	byID := make(map[int64][]*operation)
	for _, op := range history {
		byID[op.id] = append(byID[op.id], op)
	}
	for id, all := range byID {
		if result := porcupine.CheckOperationsTimeout(model(), operations(all), 20*time.Second); result != porcupine.Ok {
			t.Errorf("the history of message %d is %v:", id, result)
			for _, op := range all {
				t.Logf("  %+v", *op)
			}
			return
		}
	}
	t.Logf("%d histories are linearizable", len(byID))
}

// operations returns a history as the checker takes it.
func operations(history []*operation) (all []porcupine.Operation) {
	for _, op := range history {
		answer := op.answer
		if op.status == 0 {
			answer = math.MaxInt64 // it may have happened at any time since
		}
		all = append(all, porcupine.Operation{ClientId: op.client, Input: op, Call: op.call, Output: op, Return: answer})
	}
	return all
}

// The checker finds what must not be.
func TestModel(t *testing.T) {
	const id = 1
	made := &operation{kind: creates, id: id, text: "a", status: 201, revision: 5, call: 1, answer: 2}
	replaced := &operation{kind: replaces, id: id, text: "b", expected: 5, status: 200, revision: 6, call: 3, answer: 4}
	for _, c := range []struct {
		name string
		then []*operation
		want porcupine.CheckResult
	}{
		{"read", []*operation{{kind: gets, id: id, status: 200, revision: 6, got: "b", call: 5, answer: 6}}, porcupine.Ok},
		{"stale_read", []*operation{{kind: gets, id: id, status: 200, revision: 5, got: "a", call: 5, answer: 6}}, porcupine.Illegal},
		{"lost", []*operation{{kind: gets, id: id, status: 404, call: 5, answer: 6}}, porcupine.Illegal},
		{"conflict", []*operation{{kind: replaces, id: id, text: "c", expected: 5, status: 412, call: 3, answer: 9}}, porcupine.Ok},
		{"missed_conflict", []*operation{{kind: replaces, id: id, text: "c", expected: 5, status: 200, revision: 7, call: 3, answer: 9}}, porcupine.Illegal},
		{"false_conflict", []*operation{{kind: replaces, id: id, text: "c", expected: 6, status: 412, call: 5, answer: 9}}, porcupine.Illegal},
		{"deleted_twice", []*operation{
			{kind: deletes, id: id, status: 204, call: 5, answer: 6}, {kind: deletes, id: id, status: 204, call: 5, answer: 6}}, porcupine.Illegal},
		{"perhaps_deleted", []*operation{
			{kind: deletes, id: id, call: 5, answer: 6}, {kind: gets, id: id, status: 404, call: 7, answer: 8}}, porcupine.Ok},
		{"perhaps_not_deleted", []*operation{
			{kind: deletes, id: id, call: 5, answer: 6}, {kind: gets, id: id, status: 200, revision: 6, got: "b", call: 7, answer: 8}}, porcupine.Ok},
	} {
		if got := porcupine.CheckOperationsTimeout(model(), operations(append(c.then, made, replaced)), time.Minute); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
