package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// messageView is a message as clients see it.
type messageView struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

func view(m messages.Message) messageView { return messageView{m.ID, m.Text} }

func pageView(shown []messages.Message) []messageView {
	views := make([]messageView, len(shown)) // not nil, which would be null
	for i, m := range shown {
		views[i] = view(m)
	}
	return views
}

// encode returns v as one line of JSON. The characters < > & are not escaped:
// nosniff keeps a browser from taking JSON for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// send answers with v as JSON. It is encoded before anything is sent, so that an
// error can still be answered 500.
func send(w *httpwire.Response, status int, v any, nameValues ...string) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return sendEncoded(w, status, body, nameValues...)
}

// sendEncoded answers with a body that is JSON already.
func sendEncoded(w *httpwire.Response, status int, body []byte, nameValues ...string) error {
	fields := append([]string{
		"Content-Type", "application/json",
		"X-Content-Type-Options", "nosniff",
	}, nameValues...)
	if err := w.WriteHead(status, fields...); err != nil {
		return err
	}
	w.SetContentLength(int64(len(body)))
	_, err := w.Write(body)
	return err
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
	case errors.Is(err, context.DeadlineExceeded):
		return &httpwire.Problem{Status: 503, Detail: "the store did not answer in time", Err: err}
	}
	return err
}

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
