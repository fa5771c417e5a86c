package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// workload is clients that change messages, each through whichever server.
type workload struct {
	servers []*server
	begun   time.Time

	mu      sync.Mutex
	history []*operation
	recent  []int64 // IDs of messages that were made lately

	stopped chan struct{}
	running sync.WaitGroup
}

const recentMessages = 8

// startWorkload starts n clients.
func startWorkload(servers []*server, n int) *workload {
	w := &workload{servers: servers, begun: time.Now(), stopped: make(chan struct{})}
	for i := range n {
		w.running.Go(func() { w.client(i) })
	}
	return w
}

// stop ends the clients and returns what they did.
func (w *workload) stop() []*operation {
	close(w.stopped)
	w.running.Wait()
	return w.history
}

// client asks for one thing after the other.
func (w *workload) client(number int) {
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	defer c.CloseIdleConnections()
	known := make(map[int64]int64) // revisions it has seen
	for n := 0; ; n++ {
		select {
		case <-w.stopped:
			return
		case <-time.After(2 * time.Millisecond):
		}
		op := &operation{client: number, text: fmt.Sprintf("%d-%d", number, n)}
		w.choose(op, known)
		op.call = int64(time.Since(w.begun))
		w.send(c, op)
		op.answer = int64(time.Since(w.begun))
		if op.revision > 0 {
			known[op.id] = op.revision
		}
		if op.status != 0 || op.kind != gets {
			w.keep(op)
		}
	}
}

// choose decides what to ask for: mostly changes of what others change too.
func (w *workload) choose(op *operation, known map[int64]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := rand.IntN(100)
	if len(w.recent) == 0 || n < 10 {
		op.kind = creates
		return
	}
	op.id = w.recent[rand.IntN(len(w.recent))]
	if rand.IntN(4) > 0 {
		op.expected = known[op.id]
	}
	switch {
	case n < 50:
		op.kind, op.expected = gets, 0
	case n < 97:
		op.kind = replaces
	default:
		op.kind = deletes
	}
}

// keep adds an operation to the history.
func (w *workload) keep(op *operation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history = append(w.history, op)
	if op.kind == creates && op.status == 201 {
		w.recent = append(w.recent, op.id)
		w.recent = w.recent[max(0, len(w.recent)-recentMessages):]
	}
}

// send asks one of the servers and writes down the answer. What is no answer, and
// 503, leaves it open whether a change was made.
func (w *workload) send(c *http.Client, op *operation) {
	method := [...]string{"POST", "GET", "PUT", "DELETE"}[op.kind]
	body := fmt.Sprintf(`{"text":%q}`, op.text)
	if op.kind == gets || op.kind == deletes {
		body = ""
	}
	r, _ := http.NewRequest(method, url(w.servers[rand.IntN(len(w.servers))].address, op.id), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if op.expected != 0 {
		r.Header.Set("If-Match", fmt.Sprintf(`"%d"`, op.expected))
	}
	answer, err := c.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode == 503 {
		return
	}
	op.status = answer.StatusCode
	if op.status/100 != 2 || op.kind == deletes {
		return
	}
	var m struct {
		ID   int64
		Text string
	}
	json.Unmarshal(content, &m)
	op.id, op.got = m.ID, m.Text
	op.revision, _ = strconv.ParseInt(strings.Trim(answer.Header.Get("ETag"), `"`), 10, 64)
}
