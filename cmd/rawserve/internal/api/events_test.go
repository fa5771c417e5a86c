package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// told is an event as a browser reads it. One without a name and data is told to
// nobody, but for its id.
type told struct{ id, name, data string }

// stream reads the events of a feed.
type stream struct {
	*client
	answer *http.Response
	lines  *bufio.Reader
}

// follow asks for a feed and reads the head of the answer.
func (c *client) follow(target string, fields ...string) *stream {
	c.t.Helper()
	go io.WriteString(c.conn, "GET "+target+" HTTP/1.1\r\nHost: localhost\r\n"+strings.Join(append(fields, ""), "\r\n")+"\r\n")
	return c.stream()
}

// stream reads the head of an answer.
func (c *client) stream() *stream {
	c.t.Helper()
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &stream{c, response, bufio.NewReader(response.Body)}
}

// next returns the next event. Comments and the time to reconnect are left out.
func (s *stream) next() told {
	s.t.Helper()
	event, err := readEvent(s.lines)
	if err != nil {
		s.t.Errorf("the feed: %v", err)
	}
	return event
}

func readEvent(lines *bufio.Reader) (e told, err error) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		}
		if line == "" && e != (told{}) {
			return e, nil
		}
	}
}

// want checks what the next events are, but for their ids, and returns these.
func (s *stream) want(events ...string) (ids []string) {
	s.t.Helper()
	for _, want := range events {
		e := s.next()
		if got := strings.TrimSpace(e.name + " " + e.data); got != want {
			s.t.Fatalf("got event %q, want %q", got, want)
		}
		ids = append(ids, e.id)
	}
	return ids
}

// gapEvent is what stands for changes that are missing.
const gapEvent = `gap {"detail":"changes are missing here: list the messages again"}`

func TestFeed(t *testing.T) {
	store := storeOf(t, "before")
	feed := dial(t, store).follow("/messages/events")
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
	} {
		if got := feed.answer.Header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
	ids := feed.want("") // it begins now: only the place is told
	c := dial(t, store)
	c.do("POST", "/messages", `{"text":"a\r\nb\u2028<"}`).want(t, 201)
	c.do("PATCH", "/messages/2", `{"text":"c"}`).want(t, 200)
	c.do("DELETE", "/messages/1", "").want(t, 204)
	ids = append(ids, feed.want(`created {"id":2,"text":"a\r\nb\u2028<"}`, `replaced {"id":2,"text":"c"}`, `deleted {"id":1}`)...)
	if !slices.IsSortedFunc(ids, comparePlaces) || len(slices.Compact(ids)) != 4 {
		t.Errorf("the ids %q are not in order", ids)
	}
}

func comparePlaces(a, b string) int {
	p, _ := messages.ParsePlace(a)
	q, _ := messages.ParsePlace(b)
	return p.Compare(q)
}

// Who was cut off after any event goes on after it, whichever way it says so.
func TestFeedResumes(t *testing.T) {
	store := storeOf(t, "a", "b", "c")
	ids := dial(t, store).follow("/messages/events", "Last-Event-ID: 0").want(`created {"id":1,"text":"a"}`, `created {"id":2,"text":"b"}`, `created {"id":3,"text":"c"}`)
	revision, _, _ := strings.Cut(ids[1], "-")
	for name, feed := range map[string]*stream{
		"field":    dial(t, store).follow("/messages/events", "Last-Event-ID: "+ids[1]),
		"query":    dial(t, store).follow("/messages/events?since=" + ids[1]),
		"both":     dial(t, store).follow("/messages/events?since=0", "Last-Event-ID: "+ids[1]),
		"revision": dial(t, store).follow("/messages/events?since=" + revision),
	} {
		t.Run(name, func(t *testing.T) {
			if got := feed.next(); got != (told{ids[2], "created", `{"id":3,"text":"c"}`}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

// What the first event tells is a place too: who is cut off before anything
// happens misses nothing.
func TestFeedResumesWhereItBegan(t *testing.T) {
	store := storeOf(t, "a")
	began := dial(t, store).follow("/messages/events").want("")
	dial(t, store).do("POST", "/messages", `{"text":"b"}`)
	dial(t, store).follow("/messages/events", "Last-Event-ID: "+began[0]).want(`created {"id":2,"text":"b"}`)
}

// With since=0 a client gets all there is, and what is changed while it reads comes
// after that.
func TestFeedFromTheBeginning(t *testing.T) {
	store := storeOfMany(t, 200)
	c := dial(t, store)
	c.do("DELETE", "/messages/7", "")
	feed := dial(t, store).follow("/messages/events?since=0")
	for id := 1; id <= 3; id++ {
		feed.want(fmt.Sprintf(`created {"id":%d,"text":"text %d"}`, id, id))
	}
	// The pipe holds back what follows the first messages.
	c.do("PATCH", "/messages/2", `{"text":"two"}`)
	c.do("PATCH", "/messages/190", `{"text":"late"}`)
	c.do("DELETE", "/messages/191", "")
	c.do("POST", "/messages", `{"text":"new"}`)
	for id := 4; id <= 200; id++ {
		if id != 7 && id != 190 && id != 191 {
			if ids := feed.want(fmt.Sprintf(`created {"id":%d,"text":"text %d"}`, id, id)); ids[0] != "" {
				t.Fatalf("message %d has the place %s while there are more to list", id, ids[0])
			}
		}
	}
	place := feed.want("")
	feed.want(`replaced {"id":2,"text":"two"}`, `replaced {"id":190,"text":"late"}`, `deleted {"id":191}`, `created {"id":201,"text":"new"}`)
	again := dial(t, store).follow("/messages/events?since=0", "Last-Event-ID: "+place[0])
	again.want(`replaced {"id":2,"text":"two"}`)
}

func TestFeedOfNothing(t *testing.T) {
	store := new(messages.Memory)
	feed := dial(t, store).follow("/messages/events?since=0")
	if got := feed.next(); got != (told{id: "0"}) {
		t.Errorf("got %v, want the place 0", got)
	}
	dial(t, store).do("POST", "/messages", `{"text":"first"}`)
	feed.want(`created {"id":1,"text":"first"}`)
}

// A place that the store does not know, of an earlier run or of another feed, is
// answered with a gap, after which the feed goes on.
func TestFeedGap(t *testing.T) {
	for name, last := range map[string]string{
		"earlier_run": "17-3", "later": "9223372036854775807-1", "no_place": "b3b0-x", "empty": "", "negative": "-1", "too_large": "9223372036854775808",
	} {
		t.Run(name, func(t *testing.T) {
			store := storeOf(t, "a")
			feed := dial(t, store).follow("/messages/events?since=0", "Last-Event-ID: "+last)
			place := feed.want(gapEvent)
			dial(t, store).do("POST", "/messages", `{"text":"b"}`)
			feed.want(`created {"id":2,"text":"b"}`)
			dial(t, store).follow("/messages/events", "Last-Event-ID: "+place[0]).want(`created {"id":2,"text":"b"}`)
		})
	}
}

func TestFeedSinceNoPlace(t *testing.T) {
	c := dial(t, storeOf(t, "a"))
	for _, since := range []string{"", "x", "-1", "00", "17-", "17-05", "0-1", "1&since=2", "9223372036854775808"} {
		if members := c.do("GET", "/messages/events?since="+since, "").wantProblem(t, 400); members["parameter"] != "since" {
			t.Errorf("since=%s: got %v, want the parameter named", since, members)
		}
	}
}

// One that falls too far back is told, and nobody waits for it.
func TestFeedOfSlowClient(t *testing.T) {
	store := storeOf(t, "a")
	feed := dial(t, store).follow("/messages/events")
	place := feed.want("")
	for range messages.DefaultHistoryChanges + 2000 {
		if _, err := store.Replace(t.Context(), 1, "b", messages.Any); err != nil {
			t.Fatal(err)
		}
	}
	for told := ""; told != gapEvent; {
		e := feed.next()
		if told = strings.TrimSpace(e.name + " " + e.data); told != gapEvent && told != `replaced {"id":1,"text":"b"}` {
			t.Fatalf("got event %q", told)
		}
	}
	dial(t, store).do("DELETE", "/messages/1", "")
	feed.want(`deleted {"id":1}`)
	dial(t, store).follow("/messages/events?since=" + place[0]).want(gapEvent)
}

func TestFeedHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storeOf(t, "a")
		feed := dial(t, store).follow("/messages/events")
		if hint, _ := feed.lines.ReadString('\n'); hint != "retry: 2000\n" {
			t.Errorf("the feed begins with %q", hint)
		}
		feed.want("")
		start := time.Now()
		time.Sleep(heartbeat - time.Second)
		dial(t, store).do("POST", "/messages", `{"text":"b"}`)
		feed.want(`created {"id":2,"text":"b"}`)
		for beat := range 3 {
			if line, err := feed.lines.ReadString('\n'); line != ": still here\n" {
				t.Fatalf("got %q, %v", line, err)
			}
			feed.lines.ReadString('\n')
			if got, want := time.Since(start), time.Duration(beat+2)*heartbeat-time.Second; got != want {
				t.Errorf("heartbeat %d came after %v, want %v", beat+1, got, want)
			}
		}
	})
}

func TestFeedEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, storeOf(t, "a"))
		c.follow("/messages/events").want("")
		start := time.Now()
		c.conn.Close()
		<-c.served
		if took := time.Since(start); took > 0 {
			t.Errorf("ended after %v", took)
		}
	})
}

// A client that sends no more looks like one that has gone, but can still read: it
// gets what there is, and then the feed ends in good order.
func TestFeedOfClientThatSendsNoMore(t *testing.T) {
	store := storeOfMany(t, 500)
	for _, when := range []string{"at_once", "later"} {
		t.Run(when, func(t *testing.T) {
			c := dialTCP(t, store)
			io.WriteString(c.conn, "GET /messages/events?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
			if when == "at_once" {
				c.conn.(*net.TCPConn).CloseWrite()
			}
			feed := c.stream()
			for id := range 500 {
				feed.want(fmt.Sprintf(`created {"id":%d,"text":"text %d"}`, id+1, id+1))
			}
			feed.want("")
			c.conn.(*net.TCPConn).CloseWrite()
			if rest, err := io.ReadAll(feed.lines); len(rest) > 0 || err != nil {
				t.Errorf("after the last event: got %q, %v; want the end", rest, err)
			}
		})
	}
}

func TestFeedEndsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		followers := new(Followers)
		c := dialServer(t, storeOf(t, "a"), followers, new(httpwire.Server))
		feed := c.follow("/messages/events")
		feed.want("")
		followers.End()
		if rest, err := io.ReadAll(feed.lines); len(rest) > 0 || err != nil {
			t.Errorf("after the end: got %q, %v", rest, err)
		}
		c.do("GET", "/messages/events", "").wantProblem(t, 503)
		if len(followers.present) != 0 {
			t.Errorf("%d followers are left", len(followers.present))
		}
	})
}

// away is a store that cannot be reached now and then.
type away struct {
	messages.Store
	gone atomic.Bool
}

func (a *away) Changes(ctx context.Context, after messages.Place, limit int) ([]messages.Change, error) {
	if a.gone.Load() {
		return nil, fmt.Errorf("node 3: %w", messages.ErrUnavailable)
	}
	return a.Store.Changes(ctx, after, limit)
}

func (a *away) Latest(ctx context.Context) (messages.Place, error) {
	if a.gone.Load() {
		return messages.Place{}, messages.ErrUnavailable
	}
	return a.Store.Latest(ctx)
}

// A feed outlives a store that cannot be reached for a while. One that cannot begin
// without the store says so with a status.
func TestFeedOfAStoreThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &away{Store: storeOf(t, "a")}
		store.gone.Store(true)
		dial(t, store).do("GET", "/messages/events?since=0", "").wantField(t, "Retry-After", "1").wantProblem(t, 503)
		feed := dial(t, store).follow("/messages/events", "Last-Event-ID: 0")
		start := time.Now()
		for line := ""; line != ": still here\n"; {
			line, _ = feed.lines.ReadString('\n')
		}
		if got := time.Since(start); got != heartbeat {
			t.Errorf("the heartbeat came after %v, want %v", got, heartbeat)
		}
		synctest.Wait()
		store.gone.Store(false)
		feed.want(`created {"id":1,"text":"a"}`)
	})
}

func TestFeedMethodsAndVersions(t *testing.T) {
	store := storeOf(t, "a")
	c := dial(t, store)
	c.do("HEAD", "/messages/events", "").want(t, 200).wantField(t, "Content-Type", "text/event-stream")
	c.do("POST", "/messages/events", "{}").want(t, 405)
	go io.WriteString(c.conn, "GET /messages/events HTTP/1.0\r\nLast-Event-ID: 0\r\n\r\n")
	feed := c.stream()
	if feed.answer.TransferEncoding != nil || !feed.answer.Close {
		t.Errorf("got %v; want an answer that the close ends", feed.answer)
	}
	feed.want(`created {"id":1,"text":"a"}`)
}

func TestTooManyFollowers(t *testing.T) {
	followers := new(Followers)
	for range maxFollowers {
		_, leave, err := followers.join(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	c := dialServer(t, storeOf(t, "a"), followers, new(httpwire.Server))
	a := c.do("GET", "/messages/events", "")
	a.wantField(t, "Retry-After", "1").wantProblem(t, 503)
	c.do("HEAD", "/messages/events", "").want(t, 200)
}
