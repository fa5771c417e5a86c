package conformance

import (
	"flag"
	"testing"
)

var addr = flag.String("addr", "", "host:port of a server to judge, as rawserve conform does")

// TestForeign judges the server at -addr by the corpus.
func TestForeign(t *testing.T) {
	if *addr == "" {
		t.Skip("no -addr")
	}
	files, err := Corpus()
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Addr: *addr}
	if err := server.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	var runner Runner
	for _, r := range runner.Run(t.Context(), server, Select(files, always)).Results {
		t.Run(r.Case.Section+"/"+r.Case.ID, func(t *testing.T) {
			switch r.Verdict {
			case Fail:
				t.Error(r.Describe(server))
			case Warn:
				t.Log(r.Describe(server))
			case Skip:
				t.Skip(r.Reason)
			}
		})
	}
}
