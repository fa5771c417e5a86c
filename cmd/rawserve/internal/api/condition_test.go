package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// RFC 9110, Section 13. ${tag} stands for the tag of the message.
func TestConditions(t *testing.T) {
	for _, r := range []struct {
		name, method, condition string
		status                  int
	}{
		{"9110_13.1.2_get_same", "GET", `If-None-Match: ${tag}`, 304},
		{"9110_13.1.2_get_weak", "GET", `If-None-Match: W/${tag}`, 304},
		{"9110_13.1.2_get_among_others", "GET", `If-None-Match: "x", ${tag}`, 304},
		{"9110_13.1.2_get_any", "GET", `If-None-Match: *`, 304},
		{"9110_13.1.2_get_other", "GET", `If-None-Match: "x"`, 200},
		{"9110_13.1.2_head_same", "HEAD", `If-None-Match: ${tag}`, 304},
		{"9110_13.1.1_get_same", "GET", `If-Match: ${tag}`, 200},
		{"9110_13.1.1_get_other", "GET", `If-Match: "x"`, 412},

		{"9110_13.1.1_put_same", "PUT", `If-Match: ${tag}`, 200},
		{"9110_13.1.1_put_among_others", "PUT", `If-Match: "x", ${tag}`, 200},
		{"9110_13.1.1_put_any", "PUT", `If-Match: *`, 200},
		{"9110_13.1.1_put_other", "PUT", `If-Match: "x"`, 412},
		{"9110_13.1.1_put_weak", "PUT", `If-Match: W/${tag}`, 412},
		{"9110_13.1.1_put_unquoted", "PUT", `If-Match: x`, 412},
		{"9110_13.1.2_put_create_only", "PUT", `If-None-Match: *`, 412},
		{"9110_13.1.2_put_same", "PUT", `If-None-Match: ${tag}`, 412},
		{"9110_13.1.2_put_other", "PUT", `If-None-Match: "x"`, 200},
		{"9110_13.1.1_patch_same", "PATCH", `If-Match: ${tag}`, 200},
		{"9110_13.1.1_patch_other", "PATCH", `If-Match: "x"`, 412},
		{"9110_13.1.1_delete_same", "DELETE", `If-Match: ${tag}`, 204},
		{"9110_13.1.1_delete_other", "DELETE", `If-Match: "x"`, 412},

		// There are no dates to compare with.
		{"9110_13.1.3_no_date", "GET", `If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT`, 200},
		{"9110_13.1.4_no_date", "PUT", `If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT`, 200},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := dial(t, storeOf(t, "hi"))
			tag := c.do("GET", "/messages/1", "").Header.Get("ETag")
			body := ""
			if r.method == "PUT" || r.method == "PATCH" {
				body = `{"text":"ho"}`
			}
			a := c.do(r.method, "/messages/1", body, strings.ReplaceAll(r.condition, "${tag}", tag)).want(t, r.status)
			if r.status == 304 && (a.body != "" || a.Header.Get("ETag") != tag) {
				t.Errorf("got body %q, ETag %q; want none, %q", a.body, a.Header.Get("ETag"), tag)
			}
			if r.status == 412 {
				a.wantProblem(t, 412)
				c.do("GET", "/messages/1", "").wantBody(t, 200, `{"id":1,"text":"hi"}`+"\n")
			}
		})
	}
}

// A condition does not turn one failure into another. RFC 9110, Section 13.2.1.
func TestConditionsOfWhatFailsAnyway(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	c.do("PUT", "/messages/7", `{"text":"x"}`, "If-Match: *").wantProblem(t, 404)
	c.do("PUT", "/messages/7", `{"text":"x"}`, "If-None-Match: *").wantProblem(t, 404)
	c.do("DELETE", "/messages/7", "", `If-Match: "x"`).wantProblem(t, 404)
	c.do("PUT", "/messages/1", "x", `If-Match: "x"`, "Content-Type: text/plain").wantProblem(t, 415)
	c.do("GET", "/messages?limit=x", "", "If-None-Match: *").wantProblem(t, 400)
}

func TestConditionsOfTheCollection(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	tag := c.do("GET", "/messages", "").want(t, 200).Header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) {
		t.Fatalf("got ETag %q, want a weak one", tag)
	}
	c.do("GET", "/messages", "", "If-None-Match: "+tag).want(t, 304).wantField(t, "ETag", tag)
	c.do("POST", "/messages", `{"text":"x"}`, "If-Match: "+tag).wantProblem(t, 412)
	c.do("POST", "/messages", `{"text":"x"}`, "If-None-Match: *").wantProblem(t, 412)
	c.do("GET", "/messages", "", "If-None-Match: "+tag).want(t, 304)
	c.do("POST", "/messages", `{"text":"x"}`, "If-Match: *").want(t, 201)
	changed := c.do("GET", "/messages", "", "If-None-Match: "+tag).want(t, 200).Header.Get("ETag")
	c.do("DELETE", "/messages/2", "").want(t, 204)
	c.do("GET", "/messages", "", "If-None-Match: "+changed).want(t, 200).wantField(t, "ETag", tag)
	c.do("PUT", "/messages/1", `{"text":"hi"}`).want(t, 200)
	c.do("GET", "/messages", "", "If-None-Match: "+tag).want(t, 200)
}

// The link to the next page is part of a page: when it appears, the page has
// changed.
func TestTagOfAPageChangesWithItsLink(t *testing.T) {
	c := dial(t, storeOf(t, "a"))
	tag := c.do("GET", "/messages?limit=1", "").wantField(t, "Link", "").Header.Get("ETag")
	c.do("POST", "/messages", `{"text":"b"}`).want(t, 201)
	c.do("GET", "/messages?limit=1", "", "If-None-Match: "+tag).want(t, 200)
}

// racing is a store in which another client changes the message right before
// each of the next changes.
type racing struct {
	*messages.Memory
	left int
}

func (s *racing) interfere(ctx context.Context, id int64) {
	if s.left--; s.left >= 0 {
		s.Memory.Replace(ctx, id, "theirs", messages.Any)
	}
}

func (s *racing) Replace(ctx context.Context, id int64, text string, expected int64) (messages.Message, error) {
	s.interfere(ctx, id)
	return s.Memory.Replace(ctx, id, text, expected)
}

func (s *racing) Delete(ctx context.Context, id int64, expected int64) error {
	s.interfere(ctx, id)
	return s.Memory.Delete(ctx, id, expected)
}

// The change of another client that comes between the check of a condition and
// the change that depends on it is not lost.
func TestChangeInBetween(t *testing.T) {
	for _, r := range []struct {
		name, method, condition string
		times, status           int
	}{
		{"tag", "PUT", `If-Match: ${tag}`, 1, 412},
		{"tag_patch", "PATCH", `If-Match: ${tag}`, 1, 412},
		{"tag_delete", "DELETE", `If-Match: ${tag}`, 1, 412},
		{"any", "PUT", `If-Match: *`, 3, 200},
		{"not_other", "PUT", `If-None-Match: "x"`, 3, 200},
		{"any_delete", "DELETE", `If-Match: *`, 1, 204},
		{"for_ever", "PUT", `If-Match: *`, 1 << 30, 503},
		{"unconditional", "PUT", `X-Nothing: at all`, 1 << 30, 200},
	} {
		t.Run(r.name, func(t *testing.T) {
			store := &racing{storeOf(t, "hi"), r.times}
			c := dial(t, store)
			tag := c.do("GET", "/messages/1", "").Header.Get("ETag")
			c.do(r.method, "/messages/1", `{"text":"ours"}`, strings.ReplaceAll(r.condition, "${tag}", tag)).want(t, r.status)
			m, err := store.Get(t.Context(), 1)
			switch {
			case r.status == 412 && m.Text != "theirs":
				t.Errorf("got %v, %v, want the change of the other client", m, err)
			case r.status == 200 && m.Text != "ours":
				t.Errorf("got %v, %v, want our change", m, err)
			}
		})
	}
}

// Many clients count in the text of one message. With If-Match no step is lost.
func TestNoUpdateIsLost(t *testing.T) {
	const clients, steps = 8, 10
	store := storeOf(t, "0")
	var wg sync.WaitGroup
	for range clients {
		c := dial(t, store)
		wg.Go(func() {
			for range steps {
				for !countOn(c) {
				}
			}
		})
	}
	wg.Wait()
	if m, err := store.Get(t.Context(), 1); m.Text != strconv.Itoa(clients*steps) {
		t.Errorf("got %q, %v, want %d", m.Text, err, clients*steps)
	}
}

// countOn adds one to the number in message 1 and reports whether nobody else
// came first.
func countOn(c *client) bool {
	current := c.do("GET", "/messages/1", "")
	var n int
	if _, err := fmt.Sscanf(current.body, `{"id":1,"text":"%d"}`, &n); err != nil {
		c.t.Errorf("%q: %v", current.body, err)
		return true
	}
	body := fmt.Sprintf(`{"text":"%d"}`, n+1)
	a := c.do("PATCH", "/messages/1", body, "If-Match: "+current.Header.Get("ETag"))
	if a.StatusCode != 200 && a.StatusCode != 412 {
		a.want(c.t, 200)
		return true
	}
	return a.StatusCode == 200
}
