package api

import (
	"encoding/json"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

func TestQuery(t *testing.T) {
	c := dial(t, storeOf(t, "a", "b", "c"))
	for _, r := range []struct{ name, query, want, link string }{
		{"all", "", "123", ""},
		{"first", "?limit=1", "1", "</messages?after=1&limit=1>; rel=\"next\""},
		{"middle", "?after=1&limit=1", "2", "</messages?after=2&limit=1>; rel=\"next\""},
		{"last", "?after=2&limit=1", "3", ""},
		{"exactly", "?limit=3", "123", ""},
		{"nothing_left", "?after=3", "", ""},
		{"after_zero", "?after=0", "123", ""},
		{"far_behind", "?after=9223372036854775807", "", ""},
		{"at_most", "?limit=1000", "123", ""},
		{"other_parameters", "?x=1&Limit=1", "123", ""},
		{"encoded", "?%6cimit=%31", "1", "</messages?after=1&limit=1>; rel=\"next\""},
	} {
		t.Run(r.name, func(t *testing.T) {
			a := c.do("GET", "/messages"+r.query, "").want(t, 200).wantField(t, "Link", r.link)
			var page []struct{ ID json.Number }
			if err := json.Unmarshal([]byte(a.body), &page); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, m := range page {
				got += m.ID.String()
			}
			if got != r.want {
				t.Errorf("got messages %q, want %q", got, r.want)
			}
		})
	}
}

func TestBadQuery(t *testing.T) {
	c := dial(t, storeOf(t, "a"))
	for _, r := range []struct{ query, parameter string }{
		{"limit=0", "limit"}, {"limit=1001", "limit"}, {"limit=-1", "limit"}, {"limit=", "limit"}, {"limit", "limit"},
		{"limit=1abc", "limit"}, {"limit=01", "limit"}, {"limit=%2B1", "limit"}, {"limit=+1", "limit"}, {"limit=1e2", "limit"},
		{"limit=1&limit=1", "limit"}, {"limit=99999999999999999999", "limit"}, {"limit=1%00", "limit"},
		{"after=-1", "after"}, {"after=x", "after"}, {"after=1&after=2", "after"}, {"after=9223372036854775808", "after"},
	} {
		t.Run(r.query, func(t *testing.T) {
			if got := c.do("GET", "/messages?"+r.query, "").wantProblem(t, 400)["parameter"]; got != r.parameter {
				t.Errorf("got parameter %v, want %q", got, r.parameter)
			}
		})
	}
}

// Following the links shows every message once, in order, in pages of bounded
// size, although half of the texts together are larger than a page.
func TestFollowTheLinks(t *testing.T) {
	const count = 250
	long := strings.Repeat("x", messages.MaxText)
	store := new(messages.Memory)
	for range count {
		if _, err := store.Create(t.Context(), long); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, store)
	var next int64
	pages := 0
	for target := "/messages"; target != ""; pages++ {
		a := c.do("GET", target, "").want(t, 200)
		if len(a.body) > maxPageText+100*64 {
			t.Errorf("a page of %d octets", len(a.body))
		}
		var shown []messageView
		if err := json.Unmarshal([]byte(a.body), &shown); err != nil {
			t.Fatal(err)
		}
		for _, m := range shown {
			if next++; m.ID != next || m.Text != long {
				t.Fatalf("got message %d, want %d", m.ID, next)
			}
		}
		target, _ = strings.CutSuffix(strings.TrimPrefix(a.Header.Get("Link"), "<"), `>; rel="next"`)
	}
	if next != count || pages != 4 {
		t.Errorf("got %d messages on %d pages, want %d on 4", next, pages, count)
	}
}

func TestPageFits(t *testing.T) {
	long := strings.Repeat("x", maxPageText+1)
	p := page{limit: 2}
	for _, c := range []struct {
		name  string
		texts []string
		want  int
	}{
		{"none", nil, 0},
		{"limit", []string{"a", "b", "c"}, 2},
		{"one_that_is_too_long", []string{long, "b"}, 1},
		{"second_too_long", []string{"a", long}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var found []messages.Message
			for _, text := range c.texts {
				found = append(found, messages.Message{Text: text})
			}
			if got := len(p.fit(found)); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
