package httpwire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"rawserve/httpwire/syntax"
)

// Handler answers one request. Returning is the end of the response. An error is
// answered as application/problem+json, with the status code it carries (see
// Problem and syntax.Error) or 500, if nothing of the response has been sent;
// otherwise the connection is cut, so that the client can see the response is not
// whole.
//
// Request and Response are for one goroutine at a time: the handler's, or one
// that it waits for. A goroutine that is still reading or writing when the
// handler returns costs the connection. One that is setting a status or a field at
// that very moment is a data race like any other, and nothing here notices it.
type Handler func(w *Response, r *Request) error

const problemType = "application/problem+json"

// Problem is an error that is answered as application/problem+json. A handler
// returns one to choose the status code and what the client is told. The body
// has the members status, title (the reason phrase) and detail, and those of
// Extra. RFC 9457.
type Problem struct {
	Status int
	Detail string         // one sentence for the client; may be empty
	Err    error          // the cause, for logs; never sent
	Fields []string       // response fields: name, value, name, value, …; a name without a value is logged and left out
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

// content encodes the problem. It ends with a newline, which a terminal likes.
func (p *Problem) content() []byte {
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
