package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

func TestStoreFromEnvironment(t *testing.T) {
	for _, c := range []struct{ args, env, want, err string }{
		{"", "", "", ""},
		{"", "etcd://root:secret@a:1", "etcd://root@a:1/rawserve", ""},
		{"-store etcd://b:2", "etcd://a:1", "etcd://b:2/rawserve", ""},
		{"", "etcd://root:secret@a", "", "RAWSERVE_STORE: its endpoint"},
		{"-data x", "etcd://a:1", "", "-data and RAWSERVE_STORE both say"},
	} {
		s, err := parseFlags(strings.Fields(c.args), func(name string) string {
			return map[string]string{"RAWSERVE_STORE": c.env}[name]
		})
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q with %q: got %v", c.args, c.env, err)
			}
		case err != nil:
			t.Errorf("%q with %q: %v", c.args, c.env, err)
		case c.want == "" && s.store != nil || c.want != "" && (s.store == nil || s.store.String() != c.want):
			t.Errorf("%q with %q: got %v", c.args, c.env, s.store)
		}
	}
}

// ill is a store that is not well.
type ill struct{ messages.Store }

func (ill) Health(context.Context) error { return errors.New("the disk is full of eels") }

// The health of the store is that of the server.
func TestHealthOfTheStore(t *testing.T) {
	s, err := parseFlags(nil, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	rt, err := s.routes(ill{new(messages.Memory)}, new(lifetime))
	if err != nil {
		t.Fatal(err)
	}
	s.configure(rt, io.Discard, io.Discard)
	ours, theirs := net.Pipe()
	go s.server.ServeConn(theirs)
	defer ours.Close()
	go io.WriteString(ours, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	octets, err := io.ReadAll(ours)
	if answer := string(octets); err != nil || !strings.HasPrefix(answer, "HTTP/1.1 503 ") || !strings.Contains(answer, "the disk is full of eels") {
		t.Errorf("got %q, %v; want 503 and the cause", answer, err)
	}
}
