package middleware_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router/middleware"
)

func TestRecover(t *testing.T) {
	var log bytes.Buffer
	var seen error
	// watch is outside Recover: it sees an error like any other.
	watch := func(next httpwire.Handler) httpwire.Handler {
		return func(w *httpwire.Response, r *httpwire.Request) error {
			seen = next(w, r)
			return seen
		}
	}
	handler := watch(middleware.Recover(slog.New(slog.NewTextHandler(&log, nil)))(explode))

	response, body := ask(t, handler, "GET /?x=%0A")
	if response.StatusCode != 500 || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d, %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	if strings.Contains(body, "secret") {
		t.Errorf("the client is told the cause: %s", body)
	}
	var problem *httpwire.Problem
	if !errors.As(seen, &problem) || !strings.Contains(seen.Error(), "the secret cause") {
		t.Errorf("the middleware outside saw %v", seen)
	}
	for _, want := range []string{"conn=1", "request=1", "the secret cause", "explode", "recover_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log has no %q:\n%s", want, log.String())
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("the log record has %d lines, want 1", n)
	}
}

// explode is a handler with a mistake.
func explode(*httpwire.Response, *httpwire.Request) error {
	panic("the secret cause\nlevel=INFO msg=forged")
}

// TestRecoverAfterHead panics when the head was sent. The client must see that
// the response is not whole.
func TestRecoverAfterHead(t *testing.T) {
	recovered := middleware.Recover(slog.New(slog.DiscardHandler))
	response, body := ask(t, recovered(func(w *httpwire.Response, r *httpwire.Request) error {
		w.WriteString("half of ")
		if err := w.Flush(); err != nil {
			return err
		}
		panic("cause")
	}), "GET /")
	if response.StatusCode != 200 || !strings.HasPrefix(body, "half of  and then: ") {
		t.Errorf("got %d %q, want a body cut off", response.StatusCode, body)
	}
}
