package cluster

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
)

// inTime is how long an answer may take without a majority of nodes.
const inTime = 3 * time.Second

// TestWithoutQuorum: every request is answered 503 in time, /healthz says why, and
// all is well by itself when the nodes are back.
func TestWithoutQuorum(t *testing.T) {
	nodes := etcdtest.Start(t, 3)
	s := startServers(t, 1, "etcd://"+nodes.Endpoints())[0]
	ask(t, s, "POST", "/messages", `{"text":"kept"}`, 201)
	nodes[1].Kill()
	nodes[2].Kill()
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/messages/1", ""},
		{"GET", "/messages", ""},
		{"POST", "/messages", `{"text":"x"}`},
		{"PUT", "/messages/1", `{"text":"x"}`},
		{"DELETE", "/messages/1", ""},
	} {
		r, _ := ask(t, s, c.method, c.path, c.body, 503)
		if r.Header.Get("Retry-After") == "" || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: got %v", c.method, c.path, r.Header)
		}
	}
	_, cause := ask(t, s, "GET", "/healthz", "", 503)
	for _, node := range nodes[1:] {
		if !strings.Contains(cause, "etcd at "+node.Address+": connect: connection refused") {
			t.Errorf("/healthz does not name %s: %s", node.Address, cause)
		}
	}
	nodes[1].Start(t)
	awaitHealthy(t, s.address)
	if _, text := ask(t, s, "GET", "/messages/1", "", 200); !strings.Contains(text, `"kept"`) && !strings.Contains(text, `"x"`) {
		t.Errorf("message 1 is %s", text)
	}
	nodes[2].Start(t)

	// A line for each change of an endpoint or of the feed, none for a request.
	if lines := strings.Count(s.errors.String(), "rawserve: "); lines == 0 || lines > 20 {
		t.Errorf("it wrote %d lines:\n%s", lines, s.errors.String())
	}
}

// ask sends a request, and checks the status code and the time of the answer.
func ask(t *testing.T, s *server, method, path, body string, want int) (*http.Response, string) {
	t.Helper()
	r, _ := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	begun := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	content, _ := io.ReadAll(answer.Body)
	if took := time.Since(begun); answer.StatusCode != want || took > inTime {
		t.Errorf("%s %s: got %s after %v, want %d within %v: %s", method, path, answer.Status, took, want, inTime, content)
	}
	return answer, string(content)
}
