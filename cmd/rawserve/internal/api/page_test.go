package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// messageView is a message as clients see it.
type messageView struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

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
		if len(a.body) > maxPage+100 {
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

// What a page shows is bounded by its octets as JSON, not by those of its texts.
func TestPageEnds(t *testing.T) {
	long, controls := strings.Repeat("x", messages.MaxText), strings.Repeat("\x01", messages.MaxText)
	for _, c := range []struct {
		name  string
		limit int
		texts []string
		want  int
	}{
		{"none", 2, nil, 0},
		{"limit", 2, []string{"a", "b", "c"}, 2},
		{"octets", 1000, slices.Repeat([]string{long}, 70), maxPage / (messages.MaxText + 22)},
		{"octets_as_json", 1000, slices.Repeat([]string{controls}, 70), maxPage / (6*messages.MaxText + 22)},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &api{store: storeOf(t, c.texts...)}
			e, err := a.measure(page{limit: c.limit})
			if err != nil || int(e.last) != c.want || e.more != (c.want < len(c.texts)) {
				t.Errorf("got %+v, %v, want %d messages of %d", e, err, c.want, len(c.texts))
			}
			var sent counter
			if err := a.writePage(&sent, 0, e.last); err != nil || sent > maxPage+100 {
				t.Errorf("got %d octets, %v", sent, err)
			}
		})
	}
}

// A text is encoded in pieces, and comes out as if it had been encoded whole.
func TestPieces(t *testing.T) {
	for _, unit := range []string{"x", "é", "€", "🧵", "\x01", "\u2028", `"\<`} {
		for shift := range 4 {
			text := strings.Repeat("a", shift) + strings.Repeat(unit, maxPiece)
			var got bytes.Buffer
			if err := writeMessage(&got, messages.Message{ID: 1, Text: text}); err != nil {
				t.Fatal(err)
			}
			var m messageView
			if err := json.Unmarshal(got.Bytes(), &m); err != nil || m.Text != text || m.ID != 1 {
				t.Errorf("%q after %d octets: it does not come back: %v", unit, shift, err)
			}
		}
	}
}

// A page is made of what is there when its turn comes.
func TestPageOfAChangingStore(t *testing.T) {
	store := storeOf(t, "a", "b", "c", "d")
	a := &api{store: store}
	e, err := a.measure(page{limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	store.Delete(t.Context(), 1, messages.Any)
	store.Delete(t.Context(), 3, messages.Any)
	store.Replace(t.Context(), 2, "B", messages.Any)
	store.Create(t.Context(), "e")
	var got bytes.Buffer
	if err := a.writePage(&got, 0, e.last); err != nil {
		t.Fatal(err)
	}
	if want := `[{"id":2,"text":"B"}]` + "\n"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
	if again, _ := a.measure(page{limit: 3}); again.etag == e.etag {
		t.Error("the changed page has the entity tag of the old one")
	}
}

// failsLater is a store that cannot list anything after some calls.
type failsLater struct {
	messages.Store
	calls int
}

func (f *failsLater) List(ctx context.Context, after int64, limit int) ([]messages.Message, error) {
	if f.calls--; f.calls < 0 {
		return nil, context.DeadlineExceeded
	}
	return f.Store.List(ctx, after, limit)
}

// A store is not asked for each message of a page: it may be on another machine.
func TestPageTakesPortions(t *testing.T) {
	store := &failsLater{storeOf(t, slices.Repeat([]string{"a"}, 100)...), 1 + 6} // to measure; 2, 4, 8, 16, 32, 64
	dial(t, store).do("GET", "/messages", "").want(t, 200)
	if store.calls != 0 {
		t.Errorf("%d calls are left", store.calls)
	}
}

// An error before the head has left is an answer of its own; afterwards the page
// is cut off, so that no client takes a part for the whole.
func TestPageThatFails(t *testing.T) {
	short := &failsLater{storeOf(t, "a", "b", "c"), 2}
	dial(t, short).do("GET", "/messages", "").wantField(t, "Link", "").wantProblem(t, 503)

	long := &failsLater{storeOf(t, slices.Repeat([]string{strings.Repeat("x", messages.MaxText)}, 4)...), 2}
	c := dial(t, long)
	go io.WriteString(c.conn, "GET /messages HTTP/1.1\r\nHost: localhost\r\n\r\n")
	response, err := http.ReadResponse(c.in, nil)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("got %v, %v", response, err)
	}
	if body, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d octets and error %v, want %v", len(body), err, io.ErrUnexpectedEOF)
	}
}

// HEAD has the fields of GET, for a page that fits the buffer and one that does not.
func TestHeadOfAPage(t *testing.T) {
	long := slices.Repeat([]string{strings.Repeat("x", messages.MaxText)}, 4)
	for _, texts := range [][]string{{"a", "b", "c", "d"}, long} {
		c := dial(t, storeOf(t, texts...))
		get := c.do("GET", "/messages?limit=3", "").want(t, 200)
		head := c.do("HEAD", "/messages?limit=3", "").want(t, 200)
		for _, name := range []string{"ETag", "Link", "Content-Type", "Content-Length"} {
			head.wantField(t, name, get.Header.Get(name))
		}
		if got := head.TransferEncoding; !slices.Equal(got, get.TransferEncoding) {
			t.Errorf("got coding %v, want %v", got, get.TransferEncoding)
		}
		same := "If-None-Match: " + get.Header.Get("ETag")
		c.do("GET", "/messages?limit=3", "", same).want(t, 304).wantField(t, "Link", get.Header.Get("Link"))
	}
}
