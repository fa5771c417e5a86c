package conformance

import (
	"bytes"
	"path"
	"testing"
)

// TestCorpusLints parses every embedded file and writes it back unchanged.
func TestCorpusLints(t *testing.T) {
	files, err := Corpus()
	if err != nil {
		t.Error(err)
	}
	for _, f := range files {
		data, err := testdata.ReadFile(path.Join("testdata", f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Format(); !bytes.Equal(got, data) {
			t.Errorf("%s: Format does not give back what Parse read", f.Name)
		}
	}
}
