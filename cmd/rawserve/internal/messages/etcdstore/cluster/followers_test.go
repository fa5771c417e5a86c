package cluster

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// told is one event of the feed.
type told struct {
	revision, id int64
	kind, text   string
}

// follower follows the feed, at another server whenever it is cut off.
type follower struct {
	servers []*server
	next    int // server to ask

	mu     sync.Mutex
	events []told
	gaps   int
	last   string // id of the last event
	cut    int    // how often it was cut off
}

// startFollowers starts a follower at each server. They end with the test.
func startFollowers(t *testing.T, servers []*server) (followers []*follower) {
	ended := make(chan struct{})
	var running sync.WaitGroup
	for i := range servers {
		f := &follower{servers: servers, next: i}
		followers = append(followers, f)
		running.Go(func() { f.follow(ended) })
	}
	t.Cleanup(func() {
		for _, s := range servers {
			s.kill() // which ends what is being read
		}
		close(ended)
		running.Wait()
	})
	return followers
}

// follow follows until the end.
func (f *follower) follow(ended <-chan struct{}) {
	for {
		f.read(f.servers[f.next%len(f.servers)].address)
		f.next++
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// read reads the feed of one server until that breaks off.
func (f *follower) read(address string) {
	f.mu.Lock()
	last := f.last
	f.cut++
	f.mu.Unlock()
	r, _ := http.NewRequest("GET", "http://"+address+"/messages/events?since=0", nil)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return
	}
	lines := bufio.NewScanner(answer.Body)
	var id, kind, data string
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = value
		case "":
			f.take(id, kind, data)
			kind, data = "", ""
		}
	}
}

// take keeps a whole event.
func (f *follower) take(id, kind, data string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id != "" {
		f.last = id
	}
	switch kind {
	case "":
		return
	case "gap":
		f.gaps++
		return
	}
	e := told{kind: kind}
	fmt.Sscanf(id, "%d-%d", &e.revision, &e.id)
	var m struct {
		ID   int64
		Text string
	}
	json.Unmarshal([]byte(data), &m)
	if m.ID != e.id {
		e.id = -1 // which no message has
	}
	e.text = m.Text
	f.events = append(f.events, e)
}

// until waits until the follower was told of a text, and returns all it was told.
func (f *follower) until(t *testing.T, text string) []told {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		f.mu.Lock()
		events := f.events
		f.mu.Unlock()
		if n := len(events); n > 0 && events[n-1].text == text {
			return events
		}
	}
	t.Fatalf("a follower that was cut off %d times was not told of %q: it knows of %d events, up to %q", f.cut, text, len(f.events), f.last)
	return nil
}
