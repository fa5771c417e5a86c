package logstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
)

// smallLog returns a log that has records of all kinds, and what a store has after
// each of its lines.
func smallLog(t *testing.T) (octets []byte, contents map[int]content) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if err := makeLog(osFiles{}, path, header{format, version, 7, "1000-9", 5},
		[]messages.Message{{ID: 2, Text: "two", Revision: 999}, {ID: 5, Text: "five", Revision: 1000}}); err != nil {
		t.Fatal(err)
	}
	s := openFile(t, path, Options{})
	contents = make(map[int]content)
	note := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
		contents[int(s.log.end.Load())] = contentOf(t, s)
	}
	note(nil)
	_, err := s.Create(t.Context(), "hi \"<é>\" \n\u2028")
	note(err)
	_, err = s.CreateAll(t.Context(), []string{"a", "b", "c"})
	note(err)
	_, err = s.Replace(t.Context(), 7, "A", messages.Any)
	note(err)
	note(s.Delete(t.Context(), 5, messages.Any))
	_, err = s.Create(t.Context(), "last")
	note(err)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	octets, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return octets, contents
}

// opened is what became of a log when it was opened.
type opened struct {
	content content
	reports []string
	err     error
	octets  []byte // of the file afterwards
}

// openOctets opens a file with these octets.
func openOctets(t *testing.T, octets []byte) (o opened) {
	t.Helper()
	d := diskOf("log", octets)
	s, err := open("log", d, Options{Report: func(sentence string) { o.reports = append(o.reports, sentence) }})
	o.err = err
	if err == nil {
		s.lock = noLock{}
		o.content = contentOf(t, s)
		s.Close()
	}
	o.octets = d.names["log"].octets
	return o
}

// A file of every length: what the log was made with must be whole, a record that
// is cut off at the end is reported, and what precedes it is there.
func TestTruncatedLog(t *testing.T) {
	octets, contents := smallLog(t)
	made := len(octets)
	for end := range contents {
		made = min(made, end)
	}
	for n := range len(octets) {
		o := openOctets(t, octets[:n])
		whole := n
		for contents[whole].messages == nil && whole > 0 {
			whole--
		}
		var damage *DamageError
		switch {
		case n < made:
			if !errors.As(o.err, &damage) || !bytes.Equal(o.octets, octets[:n]) {
				t.Errorf("%d octets of the %d it was made with: %v", n, made, o.err)
			}
			continue
		case o.err != nil || !o.content.equal(contents[whole]) || !bytes.Equal(o.octets, octets[:whole]):
			t.Errorf("%d octets: got %v, %v, %d octets left, want %v", n, o.content, o.err, len(o.octets), contents[whole])
		case whole == n && len(o.reports) > 0:
			t.Errorf("%d octets: reports %q", n, o.reports)
		case whole < n && (len(o.reports) != 1 || !strings.Contains(o.reports[0], fmt.Sprintf("%d octets, from octet %d on", n-whole, whole))):
			t.Errorf("%d octets: reports %q", n, o.reports)
		}
	}
}

// One octet is another one, anywhere: the log is not opened, and stays as it is.
func TestFlippedOctets(t *testing.T) {
	octets, _ := smallLog(t)
	lineStart := 0
	for i := range octets {
		if i > 0 && octets[i-1] == '\n' {
			lineStart = i
		}
		for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128, octets[i], octets[i] ^ '\n', octets[i] ^ '"'} {
			if flip == 0 {
				continue
			}
			damaged := slices.Clone(octets)
			damaged[i] ^= flip
			o := openOctets(t, damaged)
			var damage *DamageError
			if !errors.As(o.err, &damage) || damage.Offset != int64(lineStart) || !bytes.Equal(o.octets, damaged) {
				t.Fatalf("octet %d is %q: %v, %q; want damage at octet %d", i, damaged[i], o.err, o.reports, lineStart)
			}
		}
	}
}

// Whole lines are missing, or there twice, or in another order.
func TestMisplacedRecords(t *testing.T) {
	octets, _ := smallLog(t)
	lines := slices.Collect(bytes.Lines(octets))
	for i := 1; i < len(lines)-1; i++ {
		for name, edited := range map[string][][]byte{
			"missing":       slices.Delete(slices.Clone(lines), i, i+1),
			"twice":         slices.Insert(slices.Clone(lines), i, lines[i]),
			"swapped":       slices.Concat(lines[:i], [][]byte{lines[i+1], lines[i]}, lines[i+2:]),
			"of_the_header": slices.Concat(lines[:i], [][]byte{lines[0]}, lines[i:]),
			"empty":         slices.Concat(lines[:i], [][]byte{[]byte("\n")}, lines[i:]),
		} {
			var damage *DamageError
			if o := openOctets(t, bytes.Join(edited, nil)); !errors.As(o.err, &damage) {
				t.Errorf("line %d %s: %v, %q", i, name, o.err, o.reports)
			}
		}
	}
	without := bytes.Join(slices.Delete(slices.Clone(lines), 5, 6), nil)
	if o := openOctets(t, without); o.err == nil || !strings.Contains(o.err.Error(), "record 5 is missing: record 6 follows record 4") {
		t.Errorf("without record 5: %v", o.err)
	}
}

// What a write leaves that was cut short, and what it does not leave.
func TestTorn(t *testing.T) {
	sealed := func(records ...record) string {
		l := newLines()
		for _, r := range records {
			l.add(r)
		}
		return l.String()
	}
	first := sealed(record{Seq: 7, Op: opDeleted, ID: 1, Rev: 5})
	joined := sealed(record{Seq: 8, Op: opDeleted, ID: 2, Rev: 6, Joined: true})
	later := sealed(record{Seq: 9, Op: opDeleted, ID: 3, Rev: 7})
	zeros := strings.Repeat("\x00", 2*sector)
	for _, c := range []struct {
		name   string
		end    string
		offset int64
		want   bool
	}{
		{"first_octet", first[:1], 0, true},
		{"all_but_the_line_feed", first[:len(first)-1], 0, true},
		{"another_octet_for_the_line_feed", first[:len(first)-1] + "x", 0, false},
		{"zeros_only", zeros, 100, true},
		{"a_beginning_and_zeros", first[:30] + zeros, 100, true},
		{"a_hole_and_joined_records", first[:30] + zeros + joined, 100, true},
		{"a_hole_and_a_later_write", first[:30] + zeros + later, 100, false},
		{"a_hole_shorter_than_a_sector", first[:30] + zeros[:50] + first[30:], 0, false},
		{"a_hole_to_the_end_of_a_sector", first[:30] + zeros[:12] + first[42:], 470, false},
		{"a_sector_that_begins_with_the_hole", zeros[:12] + first[12:], 500, true},
		{"something_else", "something else\n", 0, false},
		{"something_else_at_the_end", "something else", 0, true},
		{"two_lines_without_their_feed", first[:len(first)-1] + joined[:20], 0, false},
	} {
		if got := torn([]byte(c.end), c.offset); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// A log of another version is not touched, whatever else it has.
func TestUnknownVersion(t *testing.T) {
	l := newLines()
	l.add(header{Format: format, Version: 2})
	l.WriteString("something new\n")
	o := openOctets(t, l.Bytes())
	if o.err == nil || !strings.Contains(o.err.Error(), "version 2 of its format, and this rawserve knows version 1 only") || !bytes.Equal(o.octets, l.Bytes()) {
		t.Errorf("got %v", o.err)
	}
}

// slowFile takes a while for each read.
type slowFile struct{ file }

func (f slowFile) ReadAt(p []byte, offset int64) (int, error) {
	time.Sleep(300 * time.Millisecond)
	return f.file.ReadAt(p, offset)
}

// Reading that takes long says so, once a second, and how long it took.
func TestProgress(t *testing.T) {
	l := newLines()
	l.add(header{format, version, 1, "0", 0})
	l.add(record{Seq: 1, Op: opWhole})
	for i := range int64(20_000) {
		l.add(record{Seq: i + 2, Op: opCreated, ID: i + 1, Rev: i + 2, Text: "x"})
	}
	f, _ := diskOf("log", l.Bytes()).Open("log")
	synctest.Test(t, func(t *testing.T) {
		var reports []string
		loader, err := newLoader("log", slowFile{f}, func(sentence string) { reports = append(reports, sentence) })
		if err != nil {
			t.Fatal(err)
		}
		if err := loader.load(); err != nil {
			t.Fatal(err)
		}
		loader.finish()
		took := time.Since(loader.begun)
		if n := len(reports); n < 3 || n > 2+int(took/progressAfter) ||
			!strings.HasPrefix(reports[0], "reading log: 0 of 1 MiB") || !strings.HasPrefix(reports[n-1], "read log: 20000 messages in ") {
			t.Errorf("in %v: %q", took, reports)
		}
	})
}

// The log that doc.go shows is one.
func TestExampleLog(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var octets []byte
	for line := range strings.Lines(string(doc)) {
		if record, ok := strings.CutPrefix(line, "//\t{"); ok {
			octets = append(octets, "{"+record...)
		}
	}
	o := openOctets(t, octets)
	want := []messages.Message{{ID: 1, Text: "hello", Revision: 1795246301184391}, {ID: 3, Text: "b", Revision: 1795246301184392}}
	if o.err != nil || !slices.Equal(o.content.messages, want) {
		t.Errorf("got %v, %v, want %v", o.content.messages, o.err, want)
	}
}
