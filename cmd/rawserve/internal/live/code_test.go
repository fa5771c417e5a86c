package live

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/xray"
)

var update = flag.Bool("update", false, "make code.json anew")

// TestCode compares the functions that the page shows with the source. With -update
// it writes them.
func TestCode(t *testing.T) {
	all := make(map[string]*snippet)
	for _, reference := range xray.Sources() {
		if all[reference] = function(t, reference); all[reference] == nil {
			t.Fatalf("there is no %s", reference)
		}
	}
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	if err := encoder.Encode(all); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("code.json", want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(codeJSON, want.Bytes()) {
		t.Error("code.json is not what the source says: go test ./cmd/rawserve/internal/live -run TestCode -update")
	}
	if code("httpwire/syntax/line.go:nothing") != nil {
		t.Error("there is something that is nowhere")
	}
}

// function returns the function that a reference names, from the source.
func function(t *testing.T, reference string) *snippet {
	t.Helper()
	file, name, _ := strings.Cut(reference, ":")
	data, err := os.ReadFile("../../../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	source := strings.ReplaceAll(string(data), "\r\n", "\n")
	declaration := regexp.MustCompile(`(?m)^((//.*\n)*)func (\([^)]*\) )?` + regexp.QuoteMeta(name) + `\(`)
	at := declaration.FindStringSubmatchIndex(source)
	if at == nil {
		return nil
	}
	text, _, _ := strings.Cut(source[at[0]:], "\n}\n")
	return &snippet{File: file, Line: 1 + strings.Count(source[:at[3]], "\n"), Text: text + "\n}"}
}
