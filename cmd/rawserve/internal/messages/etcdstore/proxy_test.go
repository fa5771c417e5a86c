package etcdstore

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// proxy stands between a store and an etcd. It can lose the answer to a change, and
// hold up the stream of changes.
type proxy struct {
	address string

	mu     sync.Mutex
	before func()        // called once, when a change is on its way to etcd
	after  func()        // called once, when its answer gets lost
	lose   bool          // the next answer to a change
	held   chan struct{} // streams begin when it is closed; nil: at once
}

// newProxy returns a proxy of an etcd.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	p := &proxy{}
	forward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: target})
	forward.FlushInterval = -1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch {
		case r.URL.Path == "/v3/watch":
			p.hold(r)
			forward.ServeHTTP(w, r)
		case bytes.Contains(body, []byte(`"mod_revision"`)) && p.takes():
			forward.ServeHTTP(httptest.NewRecorder(), r)
			call(p.after)
			panic(http.ErrAbortHandler)
		default:
			forward.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	p.address = server.Listener.Addr().String()
	return p
}

// takes reports whether the answer to this change is to be lost.
func (p *proxy) takes() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	lose := p.lose
	p.lose = false
	if lose {
		call(p.before)
	}
	return lose
}

// hold waits as long as streams are held up.
func (p *proxy) hold(r *http.Request) {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-r.Context().Done():
		}
	}
}

// loseNext makes the answer to the next change get lost.
func (p *proxy) loseNext(before, after func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose, p.before, p.after = true, before, after
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// create makes a message.
func create(t *testing.T, s messages.Store, text string) messages.Message {
	t.Helper()
	m, err := s.Create(t.Context(), text)
	if err != nil {
		t.Fatalf("Create(%.20q): %v", text, err)
	}
	return m
}

// replace gives a message another text.
func replace(t *testing.T, s messages.Store, id int64, text string) messages.Message {
	t.Helper()
	m, err := s.Replace(t.Context(), id, text, messages.Any)
	if err != nil {
		t.Fatalf("Replace(%d, %.20q): %v", id, text, err)
	}
	return m
}

// post asks an etcd something that the client does not.
func post(t *testing.T, address, path, body string) {
	t.Helper()
	r, err := http.Post("http://"+address+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if answer, _ := io.ReadAll(r.Body); r.StatusCode != 200 {
		t.Fatalf("%s: %s %s", path, r.Status, answer)
	}
}

// compact makes etcd forget what was before a revision.
func compact(t *testing.T, s *Store, address string, revision int64) {
	t.Helper()
	post(t, address, "/v3/kv/compaction", fmt.Sprintf(`{"revision":"%d","physical":true}`, revision))
}

// prefixOf returns the prefix of a store.
func prefixOf(s *Store) string { return s.client.Config.Prefix }
