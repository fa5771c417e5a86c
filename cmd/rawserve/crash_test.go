package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

const (
	crashClients = 8
	crashRounds  = 20  // unless RAWSERVE_CRASH_ROUNDS says how many
	crashAfter   = 150 // changes at most are acknowledged until the process is killed
)

// The server is killed while clients change messages, again and again. After each
// restart, every change that it acknowledged is there, and of the others each is
// there whole or not at all.
func TestCrash(t *testing.T) {
	rounds := crashRounds
	if n, err := strconv.Atoi(os.Getenv("RAWSERVE_CRASH_ROUNDS")); err == nil {
		rounds = n
	}
	data := filepath.Join(t.TempDir(), "log")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	clients := make([]*crashClient, crashClients)
	for i := range clients {
		clients[i] = &crashClient{number: i, random: rand.New(rand.NewPCG(seed, uint64(i))), kept: make(map[int64]kept)}
	}
	random := rand.New(rand.NewPCG(seed, 1<<32))
	acknowledged := 0
	for round := range rounds {
		p := startProcess(t, "-data", data, "-log", "off")
		checkCrash(t, p, clients)
		if t.Failed() {
			t.Fatalf("round %d: %s", round, p.errors)
		}
		acknowledged += crash(p, clients, 1+random.IntN(crashAfter))
	}
	p := startProcess(t, "-data", data, "-log", "off")
	checkCrash(t, p, clients)
	octets, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(octets), "\n")
	t.Logf("%d rounds, %d changes acknowledged, a log of %d octets that begins %s", rounds, acknowledged, len(octets), header)
}

// crash lets the clients change messages and kills the server when so many changes
// were acknowledged. It returns how many were.
func crash(p *process, clients []*crashClient, after int) int {
	var acknowledged atomic.Int64
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(func() {
			for c.change(p.url) {
				if acknowledged.Add(1) == int64(after) {
					p.Process.Kill()
				}
			}
		})
	}
	all.Wait()
	p.Wait()
	return int(acknowledged.Load())
}

// kept is a message as the server acknowledged it.
type kept struct {
	text string // "" if it was deleted
	etag string // "" if the answer had none
}

// crashClient changes messages of its own, and knows what there should be.
type crashClient struct {
	number  int
	random  *rand.Rand
	changes int
	kept    map[int64]kept
	pending *pending // was asked for and not answered
}

type pending struct {
	id   int64  // 0 for a new message
	text string // "" for a deletion
}

// change makes one change, and reports whether it was acknowledged.
func (c *crashClient) change(url string) bool {
	c.changes++
	longest := 10
	if c.random.IntN(4) == 0 {
		longest = messages.MaxText/4 - 20
	}
	text := fmt.Sprintf("client %d, change %d: %s.", c.number, c.changes, strings.Repeat("é<\x01", c.random.IntN(longest)))
	method, id := "POST", int64(0)
	if ids := slices.Sorted(maps.Keys(c.kept)); len(ids) > 2 {
		id = ids[c.random.IntN(len(ids))]
		method = []string{"POST", "PUT", "PUT", "PATCH", "PATCH", "DELETE"}[c.random.IntN(6)]
	}
	switch method {
	case "POST":
		id = 0
		url += "/messages"
	case "DELETE":
		text = ""
		fallthrough
	default:
		url += fmt.Sprint("/messages/", id)
	}
	c.pending = &pending{id, text}
	m, etag, err := ask(method, url, text)
	if err != nil {
		return false
	}
	c.pending = nil
	if text == "" {
		delete(c.kept, id)
	} else {
		c.kept[m.ID] = kept{text, etag}
	}
	return true
}

// jsonMessage is a message as it travels.
type jsonMessage struct {
	ID   int64  `json:"id,omitempty"`
	Text string `json:"text"`
}

// ask makes a request, and returns the message that is answered. An error means that
// there was no answer, or not a good one.
func ask(method, url, text string) (m jsonMessage, etag string, err error) {
	body, err := json.Marshal(jsonMessage{Text: text})
	if err != nil {
		return m, "", err
	}
	r, err := http.NewRequest(method, url, strings.NewReader(string(body)))
	if err != nil {
		return m, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return m, "", err
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", answer.Status, octets)
	}
	if err == nil && method != "DELETE" {
		err = json.Unmarshal(octets, &m)
	}
	return m, answer.Header.Get("ETag"), err
}

// checkCrash compares what the server has with what the clients know. What was not
// acknowledged is settled then.
func checkCrash(t *testing.T, p *process, clients []*crashClient) {
	t.Helper()
	there := allMessages(t, p.url)
	for _, c := range clients {
		c.settle(there)
		for id, want := range c.kept {
			if text, found := there[id]; !found || text != want.text {
				t.Errorf("client %d: message %d is %.60q (%d octets), want %.60q", c.number, id, text, len(text), want.text)
			}
			delete(there, id)
		}
	}
	for id, text := range there {
		t.Errorf("message %d is there, which nobody made: %.60q", id, text)
	}
	for _, c := range clients {
		for id, want := range c.kept {
			if _, etag, err := ask("GET", fmt.Sprint(p.url, "/messages/", id), ""); err != nil || want.etag != "" && etag != want.etag {
				t.Errorf("client %d: message %d has the tag %s, %v, want %s", c.number, id, etag, err, want.etag)
			}
			break // one of them will do
		}
	}
}

// settle finds out whether the change that was not acknowledged was made.
func (c *crashClient) settle(there map[int64]string) {
	change := c.pending
	c.pending = nil
	switch {
	case change == nil:
	case change.text == "":
		if _, found := there[change.id]; !found {
			delete(c.kept, change.id)
		}
	default:
		for id, text := range there {
			if text == change.text && (change.id == 0 || change.id == id) {
				c.kept[id] = kept{text: text}
			}
		}
	}
}

// allMessages returns the texts of all messages of a server.
func allMessages(t *testing.T, url string) map[int64]string {
	t.Helper()
	all := make(map[int64]string)
	for after := int64(0); ; {
		answer, err := http.Get(fmt.Sprintf("%s/messages?limit=1000&after=%d", url, after))
		if err != nil {
			t.Fatal(err)
		}
		var page []jsonMessage
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		for _, m := range page {
			all[m.ID] = m.Text
			after = m.ID
		}
	}
}
