package main

import (
	"fmt"
	"io"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/cmd/rawserve/internal/messages/etcdstore"
	"rawserve/cmd/rawserve/internal/messages/logstore"
)

// keptStore is a store and what the command has to know of it.
type keptStore struct {
	messages.Store
	where string       // where messages are kept, as the end of a sentence
	close func() error // waits for what is being written
}

// openStore opens the store that the flags name.
func (s *settings) openStore(stderr io.Writer) (*keptStore, error) {
	report := reportTo(stderr)
	switch {
	case s.store != nil:
		store, err := etcdstore.Open(&etcd.Client{Config: *s.store, Report: report}, report)
		if err != nil {
			return nil, fmt.Errorf("-store: %w", err)
		}
		return &keptStore{store, "in " + s.store.String(), store.Close}, nil
	case s.data != "":
		store, err := logstore.Open(s.data, logstore.Options{Report: report})
		if err != nil {
			return nil, fmt.Errorf("-data: %w", err)
		}
		return &keptStore{store, "in " + s.data, store.Close}, nil
	}
	return &keptStore{new(messages.Memory), "in memory, until the server stops", func() error { return nil }}, nil
}

// repairStore repairs the file that the flags name, and returns the exit code.
func (s *settings) repairStore(stderr io.Writer) int {
	if err := logstore.Repair(s.data, reportTo(stderr)); err != nil {
		fmt.Fprintln(stderr, "rawserve: -data-repair:", err)
		return exitFailure
	}
	return exitOK
}

// reportTo returns a function that writes sentences as this command does.
func reportTo(stderr io.Writer) func(string) {
	return func(sentence string) { fmt.Fprintln(stderr, "rawserve:", sentence) }
}
