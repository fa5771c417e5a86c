package httpwire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"rawserve/httpwire/syntax"
)

// Problem is an error that is answered as application/problem+json. A handler
// returns one to choose the status code and what the client is told. The body
// has the members status, title (the reason phrase) and detail, and those of
// Extra. RFC 9457.
type Problem struct {
	Status int
	Detail string         // one sentence for the client; may be empty
	Err    error          // the cause, for logs; never sent
	Fields []string       // response fields to add: name, value, name, value, …
	Extra  map[string]any // further members of the JSON object
}

// Fail returns a Problem with a detail formatted as by fmt.Sprintf.
func Fail(status int, format string, args ...any) *Problem {
	return &Problem{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Error returns the status, the detail and the cause.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s", p.Status, syntax.StatusText(p.Status))
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Err != nil {
		text += ": " + p.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// refusalProblem describes a refusal: what, where, by which rule, and what to do.
func refusalProblem(e *syntax.Error) *Problem {
	return &Problem{
		Status: e.Rule.Status,
		Detail: e.Error() + "; " + e.Rule.Hint,
		Err:    e,
		Extra:  map[string]any{"rule": e.Rule.ID, "offset": e.Offset},
	}
}

// body encodes the problem. It ends with a newline, which a terminal likes.
func (p *Problem) body() []byte {
	var b bytes.Buffer
	member := func(name string, value any) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", name)
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			b.WriteString("null\n")
		}
		b.Truncate(b.Len() - 1) // the newline that Encode adds
	}
	b.WriteByte('{')
	member("status", p.Status)
	member("title", syntax.StatusText(p.Status))
	if p.Detail != "" {
		member("detail", p.Detail)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Extra)) {
		member(name, p.Extra[name])
	}
	b.WriteString("}\n")
	return b.Bytes()
}
