package api

import (
	"context"
	"errors"
	"fmt"
	"io"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// typeJSON is the media type of JSON.
const typeJSON = "application/json"

// writeHead sets status and fields of an answer that has JSON and is no problem. A
// type among the fields takes the place of the usual one.
func writeHead(w *httpwire.Response, status int, nameValues ...string) error {
	return w.WriteHead(status, append([]string{
		"Content-Type", typeJSON,
		"X-Content-Type-Options", "nosniff",
	}, nameValues...)...)
}

// sendMessage answers with a message. Its length is counted first, and declared:
// encoded whole, a text of control characters would be six times as long.
func sendMessage(w *httpwire.Response, status int, m messages.Message, nameValues ...string) error {
	if err := writeHead(w, status, nameValues...); err != nil {
		return err
	}
	var length counter
	if err := writeMessage(&length, m); err != nil {
		return err
	}
	w.SetContentLength(int64(length))
	return writeMessage(w, m)
}

// writeMessage writes a message as one line of JSON.
func writeMessage(to io.Writer, m messages.Message) error {
	e := newEncoder(to)
	e.line(m)
	return e.err
}

// answering wraps a handler so that its errors are answered as problem says.
func answering(h httpwire.Handler) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
		return problem(h(w, r))
	}
}

// problem translates errors of the store and of the JSON reader into answers. Any
// other error is returned as it is: if it has no status, it is answered 500.
func problem(err error) error {
	var syntax *jsonError
	var text *messages.TextError
	switch {
	case errors.As(err, &syntax):
		return syntax.problem()
	case errors.As(err, &text):
		return &httpwire.Problem{Status: 422, Detail: text.Reason, Err: err, Extra: map[string]any{"field": "text"}}
	case errors.Is(err, messages.ErrNotFound):
		return &httpwire.Problem{Status: 404, Detail: "there is no such message", Err: err}
	case errors.Is(err, messages.ErrFull):
		return &httpwire.Problem{Status: 507, Detail: "the store is full: delete some messages first", Err: err}
	case errors.Is(err, messages.ErrReadOnly):
		return &httpwire.Problem{Status: 503, Detail: "the store takes no more changes until the server is started again", Err: err}
	case errors.Is(err, messages.ErrUnavailable):
		return unavailable("the store cannot be reached now: after a change, look whether it was made", err)
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable("the store did not answer in time", err)
	}
	return err
}

// unavailable returns the answer where trying again later may help.
func unavailable(detail string, cause error) error {
	return &httpwire.Problem{Status: 503, Detail: detail, Err: cause, Fields: []string{"Retry-After", retryAfter}}
}

// retryAfter is when a client that got a 503 may try again, in seconds.
const retryAfter = "1"

// problem returns the answer to a body that is not the JSON wanted.
func (e *jsonError) problem() *httpwire.Problem {
	p := httpwire.Fail(400, "%s", e.reason)
	p.Extra = make(map[string]any)
	if e.field != "" {
		p.Extra["field"] = e.field
	}
	if e.offset >= 0 {
		p.Detail = fmt.Sprintf("at octet %d of the body: %s", e.offset, e.reason)
		p.Extra["offset"] = e.offset
	}
	return p
}
