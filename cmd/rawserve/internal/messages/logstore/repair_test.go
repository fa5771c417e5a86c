package logstore

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// Each line of a log is damaged in turn: all others are saved, and it is said what
// was lost.
func TestRepair(t *testing.T) {
	octets, contents := smallLog(t)
	lines := slices.Collect(bytes.Lines(octets))
	whole := contents[len(octets)]
	for i, lost := range [][]int64{
		0: nil,    // the header
		1: {2},    // kept
		2: nil,    // kept, and deleted later
		3: nil,    // whole
		4: {6},    // created
		5: {8, 9}, // created together with 7, which was replaced later
		6: nil,    // replaced: the text is the old one
		7: nil,    // deleted: it is there again
		8: {10},   // the last one
	} {
		damaged := bytes.Join(lines, nil)
		at := len(bytes.Join(lines[:i], nil))
		damaged[at+len(lines[i])/2] ^= 1
		repaired, reports := repairOctets(t, damaged)
		text := strings.Join(reports, "\n")
		if i > 0 && !strings.Contains(text, "are not what was written") {
			t.Errorf("line %d: reports %q", i, reports)
		}
		var ids []int64
		for _, m := range whole.messages {
			if !slices.Contains(lost, m.ID) {
				ids = append(ids, m.ID)
			}
		}
		if i == 7 {
			ids = slices.Insert(ids, 1, 5)
		}
		got := contentOf(t, repaired)
		var gotIDs []int64
		for _, m := range got.messages {
			gotIDs = append(gotIDs, m.ID)
		}
		if !slices.Equal(gotIDs, ids) {
			t.Errorf("line %d: got messages %v, want %v; reports %q", i, gotIDs, ids, reports)
		}
		m, err := repaired.Create(t.Context(), "next")
		if err != nil || m.ID <= 10 || m.Revision <= whole.latest.Revision {
			t.Errorf("line %d: Create: got %v, %v", i, m, err)
		}
		if _, err := repaired.Changes(t.Context(), whole.latest, 1); !is(err, messages.ErrCompacted) {
			t.Errorf("line %d: who followed the changes is told %v", i, err)
		}
	}
}

// Records that are missing without a trace are counted; a log that is whole is said
// to be.
func TestRepairSaysWhatIsMissing(t *testing.T) {
	octets, _ := smallLog(t)
	lines := slices.Collect(bytes.Lines(octets))
	for _, c := range []struct {
		name string
		log  [][]byte
		want string
	}{
		{"nothing", lines, "is not damaged"},
		{"two_records", slices.Delete(slices.Clone(lines), 4, 6), "the 2 records from 4 to 5 are missing"},
		{"repeated", slices.Concat(lines[:6], lines[4:]), "record 4 follows record 5, and was left out"},
		{"the_rest", lines[:3], "the file ends before the records that it was made with do"},
	} {
		_, reports := repairOctets(t, bytes.Join(c.log, nil))
		if text := strings.Join(reports, "\n"); !strings.Contains(text, c.want) {
			t.Errorf("%s: reports %q, want %q", c.name, text, c.want)
		}
	}
}

// What Repair makes takes the place of nothing.
func TestRepairOverwritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	openFile(t, path, Options{}).Close()
	for _, want := range []string{"", "is there already"} {
		if err := Repair(path, func(string) {}); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := Repair(path+"x", func(string) {}); err == nil {
		t.Error("repaired a file that is not there")
	}
}

// repairOctets repairs a log, which stays as it is, and opens what was made.
func repairOctets(t *testing.T, octets []byte) (*Store, []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
	var reports []string
	if err := Repair(path, func(sentence string) { reports = append(reports, sentence) }); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, octets) {
		t.Errorf("the log was changed, %v", err)
	}
	return openFile(t, repairedPath(path), Options{}), reports
}
