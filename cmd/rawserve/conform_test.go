package main

import (
	"context"
	"io"
	"net"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/conformance"
)

// TestConformance judges this server, as the command configures it, by the
// whole corpus: no MUST and no SHOULD may fail.
func TestConformance(t *testing.T) {
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	server := &conformance.Server{
		Addr: serveForConformance(t), Strict: true,
	}
	if testing.Short() {
		server.Lacks = append(server.Lacks, "timeouts") // they take as long as they are
	}
	if err := server.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := func(string) bool { return true }
	var runner conformance.Runner
	report := runner.Run(t.Context(), server, conformance.Select(files, all))
	for _, result := range report.Results {
		switch result.Verdict {
		case conformance.Fail, conformance.Warn:
			t.Error(result.Describe(server))
		case conformance.Skip:
			t.Logf("SKIP %s: %s", result.Case.ID, result.Reason)
		}
	}
}

// serveForConformance starts the server of the command on a free port, with
// the files of the corpus, and returns its address.
func serveForConformance(t *testing.T) string {
	t.Helper()
	s, err := parseFlags([]string{"-static", "../../conformance/testdata/static", "-log", "off"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	var life lifetime
	rt, err := s.routes(new(messages.Memory), &life)
	if err != nil {
		t.Fatal(err)
	}
	s.configure(rt, io.Discard, io.Discard)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(l) }()
	t.Cleanup(func() {
		life.end()
		ctx, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout)
		defer cancel()
		life.shutdown(ctx, &s.server)
		<-served
	})
	return l.Addr().String()
}
