package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
)

// rounds is how often each thing goes wrong.
const rounds = 3

// TestCluster: three nodes, three servers, clients at all of them, while leaders are
// killed, nodes stop for five seconds and servers are killed. No acknowledged change
// is lost, no conflict is missed, no event is missing from a feed or in it twice.
func TestCluster(t *testing.T) {
	nodes := etcdtest.Start(t, 3)
	servers := startServers(t, 3, "etcd://"+nodes.Endpoints()+"/cluster")
	followers := startFollowers(t, servers)
	time.Sleep(time.Second) // so that each has begun before the first message
	clients := startWorkload(servers, 6)
	for range rounds {
		breakThings(t, nodes, servers)
	}
	history := clients.stop()
	for _, s := range servers {
		awaitHealthy(t, s.address)
	}
	end := &operation{kind: creates, text: "the end"}
	clients.send(http.DefaultClient, end)
	if end.status != 201 {
		t.Fatalf("after all that, a message could not be made: %d", end.status)
	}
	history = append(history, end)

	feed := followers[0].until(t, end.text)
	for _, f := range followers {
		checkFeed(t, f, f.until(t, end.text), feed)
	}
	checkAcknowledged(t, history, feed)
	checkMessages(t, servers, feed)
	checkLinearizable(t, settle(t, history, feed))
	report(t, history, followers)
}

// breakThings does each bad thing once.
func breakThings(t *testing.T, nodes etcdtest.Cluster, servers []*server) {
	time.Sleep(time.Second)
	leader := leaderOf(t, nodes)
	leader.Kill()
	time.Sleep(3 * time.Second)
	leader.Start(t)
	time.Sleep(time.Second)

	s := servers[rand.IntN(len(servers))]
	s.kill()
	time.Sleep(500 * time.Millisecond)
	s.start(t)
	time.Sleep(500 * time.Millisecond)

	node := nodes[rand.IntN(len(nodes))]
	node.Signal(syscall.SIGSTOP)
	time.Sleep(5 * time.Second)
	node.Signal(syscall.SIGCONT)
}

// leaderOf returns the node that is the leader.
func leaderOf(t *testing.T, nodes etcdtest.Cluster) *etcdtest.Node {
	t.Helper()
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, node := range nodes {
			r, err := client.Post("http://"+node.Address+"/v3/maintenance/status", "application/json", strings.NewReader("{}"))
			if err != nil {
				continue
			}
			var status struct {
				Header struct {
					Member string `json:"member_id"`
				}
				Leader string
			}
			json.NewDecoder(r.Body).Decode(&status)
			r.Body.Close()
			if status.Leader != "" && status.Leader == status.Header.Member {
				return node
			}
		}
	}
	t.Fatal("no node is the leader")
	return nil
}

// checkFeed checks that a follower was told everything once, in order, and the same
// as the others.
func checkFeed(t *testing.T, f *follower, got, want []told) {
	t.Helper()
	if f.gaps > 0 {
		t.Errorf("a follower that was cut off %d times was told of %d gaps", f.cut, f.gaps)
	}
	for i := 1; i < len(got); i++ {
		if a, b := got[i-1], got[i]; a.revision > b.revision || a.revision == b.revision && a.id >= b.id {
			t.Fatalf("a follower was told of %+v and then of %+v", a, b)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("a follower was told of %d events, another one of %d", len(got), len(want))
	}
}

// checkAcknowledged checks that every change that was acknowledged is in the feed,
// once, and with its revision, which the answer to a creation tells.
func checkAcknowledged(t *testing.T, history []*operation, feed []told) {
	t.Helper()
	events := make(map[told]int)
	for _, e := range feed {
		events[e]++
		e.revision = 0
		events[e]++
	}
	for _, op := range history {
		switch {
		case op.kind == creates && op.status == 201 && events[told{op.revision, op.id, "created", op.text}] != 1,
			op.kind == replaces && op.status == 200 && events[told{0, op.id, "replaced", op.text}] != 1,
			op.kind == deletes && op.status == 204 && events[told{0, op.id, "deleted", ""}] != 1:
			t.Errorf("this change was acknowledged and is not in the feed once: %+v", *op)
		case op.kind == creates && op.status != 0 && op.status != 201,
			op.status >= 500:
			t.Errorf("got %+v", *op)
		}
	}
}

// checkMessages checks that every server has the messages that the feed leads to.
func checkMessages(t *testing.T, servers []*server, feed []told) {
	t.Helper()
	texts := make(map[int64]string)
	for _, e := range feed {
		if texts[e.id] = e.text; e.kind == "deleted" {
			delete(texts, e.id)
		}
	}
	for _, s := range servers {
		found := 0
		for after := int64(0); ; {
			var page []struct {
				ID   int64
				Text string
			}
			r, err := http.Get(fmt.Sprintf("%s?limit=1000&after=%d", url(s.address, 0), after))
			if err != nil {
				t.Fatal(err)
			}
			content, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if err := json.Unmarshal(content, &page); err != nil || len(page) == 0 {
				break
			}
			for _, m := range page {
				if texts[m.ID] != m.Text {
					t.Errorf("%s has %d %q, the feed %q", s.address, m.ID, m.Text, texts[m.ID])
				}
				after = m.ID
				found++
			}
		}
		if found != len(texts) {
			t.Errorf("%s has %d messages, the feed leads to %d", s.address, found, len(texts))
		}
	}
}

// settle returns the history with what the feed tells: the revisions of replacements,
// and about changes whose answers got lost, whether they were made.
func settle(t *testing.T, history []*operation, feed []told) (settled []*operation) {
	t.Helper()
	byText := make(map[string]told)
	made := make(map[int64]bool)
	for _, e := range feed {
		if e.kind != "deleted" {
			byText[e.text] = e
		}
	}
	for _, op := range history {
		if e, found := byText[op.text]; found && op.revision == 0 && (op.kind == creates || op.kind == replaces) {
			op.id, op.revision = e.id, e.revision
		}
		if op.kind == creates && op.id == 0 {
			continue // it never was
		}
		if op.kind == creates {
			made[op.id] = true
		}
		settled = append(settled, op)
	}
	for _, e := range feed {
		if !made[e.id] {
			t.Errorf("nobody asked for %+v", e)
		}
	}
	return settled
}

// report says what has been tried.
func report(t *testing.T, history []*operation, followers []*follower) {
	names := map[kind]string{creates: "create", gets: "get", replaces: "replace", deletes: "delete"}
	counts := make(map[string]int)
	for _, op := range history {
		counts[fmt.Sprintf("%s %d", names[op.kind], op.status)]++
	}
	cut := 0
	for _, f := range followers {
		cut += f.cut
	}
	t.Logf("answers %v; %d events; followers were cut off %d times", counts, len(followers[0].events), cut)
}
