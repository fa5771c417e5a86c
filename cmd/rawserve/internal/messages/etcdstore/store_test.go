package etcdstore

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/cmd/rawserve/internal/messages/storetest"
)

// prefixes counts the stores that were opened, each with keys of its own.
var prefixes atomic.Int64

// open returns an empty store in an etcd.
func open(t testing.TB, endpoints string) *Store {
	t.Helper()
	return openAt(t, fmt.Sprintf("etcd://%s/test%d", endpoints, prefixes.Add(1)))
}

// openAt returns the store with a URL.
func openAt(t testing.TB, url string) *Store {
	t.Helper()
	config, err := etcd.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	report := func(sentence string) { fmt.Fprintln(t.Output(), sentence) }
	s, err := Open(&etcd.Client{Config: config, Report: report}, report)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	endpoints := etcdtest.Start(t, 1).Endpoints()
	storetest.Run(t, func(t *testing.T) messages.Store { return open(t, endpoints) })
	t.Run("lists_the_longest_texts", func(t *testing.T) { listsLongest(t, open(t, endpoints)) })
}

// listsLongest: a page of the longest texts is within all bounds, etcd's too.
func listsLongest(t *testing.T, s *Store) {
	texts := make([]string, 16)
	for i := range texts {
		texts[i] = strings.Repeat("x", messages.MaxText)
	}
	for range 20 {
		if _, err := s.CreateAll(t.Context(), texts); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List(t.Context(), 0, 1000)
	if err != nil || len(list) != 20*len(texts) {
		t.Fatalf("List: got %d messages, %v", len(list), err)
	}
	// Another process is told in pieces of what it has missed.
	late := openAt(t, s.client.Config.String())
	var place messages.Place
	for _, m := range list {
		changes, err := late.Changes(t.Context(), place, 1)
		if err != nil || changes[0] != (messages.Change{Kind: messages.Created, Message: m}) {
			t.Fatalf("after %v: got %d changes, %v", place, len(changes), err)
		}
		place = changes[0].Place()
	}
}
