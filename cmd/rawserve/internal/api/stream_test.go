package api

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

const acceptNDJSON = "Accept: application/x-ndjson"

// lines returns messages as they are streamed.
func lines(from, to int) string {
	var b strings.Builder
	for id := from; id <= to; id++ {
		fmt.Fprintf(&b, "{\"id\":%d,\"text\":\"text %d\"}\n", id, id)
	}
	return b.String()
}

// storeOfMany returns a store with messages from "text 1" to "text n".
func storeOfMany(t *testing.T, n int) *messages.Memory {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprint("text ", i+1)
	}
	return storeOf(t, texts...)
}

func TestStream(t *testing.T) {
	c := dial(t, storeOfMany(t, 1500))
	for _, s := range []struct{ name, query, want string }{
		{"all", "", lines(1, 1500)},
		{"after", "?after=1400", lines(1401, 1500)},
		{"limit", "?limit=3", lines(1, 3)},
		{"both", "?after=10&limit=1200", lines(11, 1210)},
		{"end", "?after=1500", ""},
	} {
		t.Run(s.name, func(t *testing.T) {
			a := c.do("GET", "/messages"+s.query, "", acceptNDJSON).want(t, 200)
			a.wantField(t, "Content-Type", typeNDJSON).wantField(t, "Vary", "Accept").wantField(t, "X-Content-Type-Options", "nosniff")
			if a.body != s.want {
				t.Errorf("got %d octets, want %d", len(a.body), len(s.want))
			}
		})
	}
	c.do("HEAD", "/messages", "", acceptNDJSON).want(t, 200).wantField(t, "Content-Type", typeNDJSON)
	c.do("GET", "/messages?limit=0", "", acceptNDJSON).wantProblem(t, 400)
	c.do("GET", "/messages?after=x", "", acceptNDJSON).wantProblem(t, 400)
	c.do("GET", "/messages", "", acceptNDJSON, "If-None-Match: *").want(t, 304).wantField(t, "Vary", "Accept")
	c.do("GET", "/messages", "", acceptNDJSON, `If-Match: "x"`).wantProblem(t, 412)
}

// The list is a page of JSON for everybody else, and says that there is a choice.
func TestListForms(t *testing.T) {
	c := dial(t, storeOf(t, "a"))
	for accepted, want := range map[string]string{
		"*/*":                               typeJSON,
		"application/json":                  typeJSON,
		"text/html":                         typeJSON,
		"application/*":                     typeJSON,
		"application/x-ndjson;q=0, */*":     typeJSON,
		"application/x-ndjson;q=0.9, */*":   typeJSON,
		"application/x-ndjson, */*;q=0.9":   typeNDJSON,
		"application/json;q=0.2, */*;q=0.3": typeNDJSON,
	} {
		t.Run(accepted, func(t *testing.T) {
			c.do("GET", "/messages", "", "Accept: "+accepted).want(t, 200).wantField(t, "Content-Type", want).wantField(t, "Vary", "Accept")
		})
	}
	page := c.do("GET", "/messages", "")
	c.do("GET", "/messages", "", "If-None-Match: "+page.Header.Get("ETag")).want(t, 304).wantField(t, "Vary", "Accept")
}

// A stream that the store cuts short is visibly not whole; one that has not begun is
// answered with the cause.
func TestStreamThatFails(t *testing.T) {
	store := storeOfMany(t, 1500)
	dial(t, &failsLater{store, 0}).do("GET", "/messages", "", acceptNDJSON).wantField(t, "Retry-After", "1").wantProblem(t, 503)
	stream := dial(t, &failsLater{store, 20}).follow("/messages", acceptNDJSON)
	got, err := io.ReadAll(stream.lines)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) == 0 || !strings.HasPrefix(lines(1, 1500), string(got)) {
		t.Errorf("got %d octets and error %v, want the beginning and %v", len(got), err, io.ErrUnexpectedEOF)
	}
}
