package explain

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/xray"
)

// TestRealServers: what is found in answers of real servers, recorded with
// curl --trace. Each finding was held against the text of the RFC; that of a server
// that answers as it should is nothing.
func TestRealServers(t *testing.T) {
	found := map[string][]string{
		"apache-etag":         nil,
		"apache-range-beyond": {"NoUnsatisfiedRange"},
		"apache-trace":        {"SecretsReflected"},
		"lighttpd-etag":       {"MetadataIn304"},
		"lighttpd-if-match":   {"MatchIgnored"},
		"nginx-head-range":    {"PartialToMethod"},
		"nginx-ranges":        nil,
		"node-hint":           nil,
		"node-trailer":        nil,
		"node-unknown-method": {"EndUnknown", "NoDate", "ClientErrorUnexplained"},
		"php-location":        {"EndUnknown", "FieldSyntax"},
		"php-no-host":         {"BadHostTaken"},
		"python-get":          nil,
	}
	files, err := filepath.Glob("testdata/servers/*.txt")
	if err != nil || len(files) != len(found) {
		t.Fatalf("%d files, want %d: %v", len(files), len(found), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			stdout, stderr, _ := run(t, "", "-json", file)
			var got []string
			for line := range strings.Lines(stdout) {
				var m xray.Message
				if err := json.Unmarshal([]byte(line), &m); err != nil {
					t.Fatal(err, stderr)
				}
				for i := range m.Findings {
					got = append(got, m.Findings[i].Name)
				}
			}
			if want := found[name]; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
