// Command load measures how many messages a second can be created: through servers
// of rawserve, or, as the ceiling, by the same transactions at etcd's own gateway.
//
//	go run ./load -servers localhost:3001,localhost:3002 -clients 64
//	go run ./load -etcd localhost:23791 -lanes 1 -together 30
//
// The first says how many messages a transaction had on average; the second takes
// that number, and as many lanes as there were servers: each is a sequence of IDs of
// its own, so that lanes do not wait for each other, as servers may.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	servers  = flag.String("servers", "", "host:port of each rawserve")
	etcd     = flag.String("etcd", "", "host:port of each etcd node")
	clients  = flag.Int("clients", 64, "clients of rawserve, each with one request at a time")
	lanes    = flag.Int("lanes", 1, "sequences of transactions at etcd")
	together = flag.Int("together", 32, "messages a transaction at etcd")
	octets   = flag.Int("octets", 100, "length of a message")
	duration = flag.Duration("for", 10*time.Second, "how long to measure, after two seconds to warm up")
)

const warmUp = 2 * time.Second

// result is what one client has done.
type result struct {
	made         int
	took         []time.Duration // of each request
	transactions map[string]bool // by revision
}

func main() {
	flag.Parse()
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 1000
	switch {
	case *servers != "":
		all := measure(*clients, strings.Split(*servers, ","), create)
		fmt.Printf("rawserve  %d servers, %d clients: %s, %.1f messages a transaction\n",
			strings.Count(*servers, ",")+1, *clients, all.rate(), float64(all.made)/float64(len(all.transactions)))
	case *etcd != "":
		all := measure(*lanes, strings.Split(*etcd, ","), transact)
		fmt.Printf("etcd      %d lanes, %d messages a transaction: %s\n", *lanes, *together, all.rate())
	default:
		flag.Usage()
		os.Exit(64)
	}
}

// rate says how fast it was.
func (r result) rate() string {
	slices.Sort(r.took)
	percentile := func(p int) time.Duration { return r.took[len(r.took)*p/100].Round(100 * time.Microsecond) }
	return fmt.Sprintf("%.0f creates/s, p50 %v, p99 %v", float64(r.made)/duration.Seconds(), percentile(50), percentile(99))
}

// measure runs workers, each with one address and a number, and adds up what they
// did after the warm-up. work returns how many messages it has made, and at which
// revision.
func measure(workers int, addresses []string, work func(address string, worker, n int) (made int, revision string)) result {
	all := result{transactions: map[string]bool{}}
	var mu sync.Mutex
	var running sync.WaitGroup
	begin := time.Now().Add(warmUp)
	for worker := range workers {
		running.Go(func() {
			var took []time.Duration
			var revisions []string
			sum := 0
			for n := 0; time.Since(begin) < *duration; n++ {
				started := time.Now()
				made, revision := work(addresses[worker%len(addresses)], worker, n)
				if started.After(begin) {
					sum += made
					took = append(took, time.Since(started))
					revisions = append(revisions, revision)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.made += sum
			all.took = append(all.took, took...)
			for _, revision := range revisions {
				all.transactions[revision] = true
			}
		})
	}
	running.Wait()
	return all
}

// create makes a message through rawserve.
func create(address string, _, _ int) (int, string) {
	r := post("http://"+address+"/messages", []byte(`{"text":"`+strings.Repeat("x", *octets)+`"}`), 201)
	return 1, r.Header.Get("ETag")
}

// revisions are those of the keys that guard each lane.
var revisions sync.Map

// transact makes messages as rawserve does: guarded by the revision of a key that the
// transaction changes.
func transact(address string, lane, n int) (int, string) {
	key := func(format string, args ...any) string {
		return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "/ceiling/%d"+format, append([]any{lane}, args...)...))
	}
	expected, _ := revisions.LoadOrStore(lane, "")
	var b bytes.Buffer
	if expected == "" { // whatever it is
		fmt.Fprintf(&b, `{"compare":[],"success":[`)
	} else {
		fmt.Fprintf(&b, `{"compare":[{"key":%q,"target":"MOD","mod_revision":%q}],"success":[`, key("/seq"), expected)
	}
	value := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), *octets))
	fmt.Fprintf(&b, `{"request_put":{"key":%q,"value":"MTc="}},{"request_put":{"key":%q,"value":"MTc="}}`, key("/seq"), key("/changed"))
	for i := range *together {
		fmt.Fprintf(&b, `,{"request_put":{"key":%q,"value":%q}}`, key("/messages/%019d", n**together+i), value)
	}
	fmt.Fprintf(&b, `],"failure":[{"request_range":{"key":%q}},{"request_range":{"key":%q}}]}`, key("/seq"), key("/changed"))
	r := post("http://"+address+"/v3/kv/txn", b.Bytes(), 200)
	var answer struct {
		Header    struct{ Revision string }
		Succeeded bool
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || !answer.Succeeded {
		fatal("etcd answers %+v, %v", answer, err)
	}
	revisions.Store(lane, answer.Header.Revision)
	return *together, answer.Header.Revision
}

// post sends JSON and returns the answer, read already.
func post(url string, body []byte, want int) *http.Response {
	r, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		fatal("%v", err)
	}
	content, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != want {
		fatal("%s: %s %s %v", url, r.Status, content, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	return r
}

func fatal(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
