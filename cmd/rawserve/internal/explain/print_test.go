package explain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/conformance"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden: the x-rays in testdata/xray, one for each lesson. A file holds the
// arguments, the octets with escapes, and what explain prints for them.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/xray/*.txt")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			question, want, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n")
			command, octets, _ := strings.Cut(question, "\n")
			args := strings.Fields(strings.TrimPrefix(command, "$ rawserve explain -e"))
			got, _, _ := run(t, octets, append([]string{"-e"}, args...)...)
			if *update {
				if err := os.WriteFile(file, []byte(question+"\n\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestReadme: the x-ray in the README is one of the golden files, as printed. It
// stands between two comments, and -update puts it there.
func TestReadme(t *testing.T) {
	const file, begin, end = "../../../../README.md", "<!-- explain: both-lengths -->\n", "<!-- explain ends -->"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	before, rest, found := strings.Cut(string(readme), begin)
	block, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Skip("the README has no place for an x-ray")
	}
	golden, err := os.ReadFile("testdata/xray/both-lengths.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(golden), "\n", 3)
	want := "```console\n$ rawserve explain -e '" + lines[1] + "'\n" + strings.TrimPrefix(lines[2], "\n") + "```\n"
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if block != want {
		t.Errorf("got\n%s\nwant\n%s", block, want)
	}
}

// TestFixtures: explain ends with the verdict that each conformance case states.
func TestFixtures(t *testing.T) {
	verdict := regexp.MustCompile(`(?m)^  verdict    (ACCEPT|REJECT|NEED MORE)`)
	corpus(t, func(name string, sent *conformance.Sent) {
		if len(sent.Objections) == 0 && !sent.Facts {
			return
		}
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			o := &explainOptions{color: "never", width: 100}
			status := o.explain([]stream{{octets: sent.Octets, options: xray.Options{Type: "request",
				Cuts: sent.Reads}}}, &out, &out)
			all := verdict.FindAllStringSubmatch(out.String(), -1)
			want, code := "ACCEPT", exitAccepted
			messages := xray.Dissect(sent.Octets, xray.Options{Type: "request"})
			switch {
			case len(sent.Objections) > 0:
				want, code = "REJECT", exitRejected
			case messages[len(messages)-1].Verdict.Outcome == xray.NeedMore:
				want, code = "NEED MORE", exitIncomplete // the case sends the rest later, or never
			}
			if len(all) == 0 || all[len(all)-1][1] != want || status != code {
				t.Errorf("exit %d, verdicts %v, want %s in\n%s", status, all, want, out.String())
			}
			if strings.ContainsFunc(out.String(), func(r rune) bool {
				return r < ' ' && r != '\n' || r == 0x7f ||
					r == 0xfffd
			}) {
				t.Errorf("a control character reaches the terminal:\n%q", out.String())
			}
		})
	})
}

// corpus calls f with what the conformance cases send, and a name of its own for
// each connection.
func corpus(t testing.TB, f func(name string, sent *conformance.Sent)) {
	t.Helper()
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, c := range file.Cases {
			for i, sent := range c.Sent("localhost:3000") {
				f(fmt.Sprintf("%s/%s/%d", file.Section(), c.ID, i), sent)
			}
		}
	}
}

// TestColor: never without a terminal unless asked for, and the words are the
// same with it.
func TestColor(t *testing.T) {
	const request = "GET / HTTP/1.1\r\nHost: \x1b[31mred\r\n\r\n"
	plain, _, _ := run(t, request)
	painted, _, _ := run(t, request, "-color", "always")
	if strings.Contains(plain, "\x1b") {
		t.Errorf("an escape in %q", plain)
	}
	if !strings.Contains(painted, "\x1b[1;31m") {
		t.Errorf("no colour in %q", painted)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(painted, ""); got != plain {
		t.Errorf("got\n%s\nwant\n%s", got, plain)
	}
}

// TestVisibleWidth: what is painted takes as many columns as what is not.
func TestVisibleWidth(t *testing.T) {
	p := &printer{color: true}
	for _, text := range []string{"", "a", "␍␊", "9112 §5", "\\xff"} {
		if got, want := visibleWidth("a"+p.paint(styleError, text)+"b"), utf8.RuneCountInString(text)+2; got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

// TestOneCount: a line of explain counts octets, from the first one of the input;
// only the answer, which the server makes, counts from the first of its request.
func TestOneCount(t *testing.T) {
	const first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
	stdout, _, _ := run(t, first+"GET /2 HTTP/1.1\r\nHost : a\r\n\r\n", "-split", "7", "-width", "200")
	if word := regexp.MustCompile(`\bbytes?\b`).FindString(stdout); word != "" {
		t.Errorf("%q in place of octet in\n%s", word, stdout)
	}
	offset := strings.Index("GET /2 HTTP/1.1\r\nHost : a", " :")
	at := fmt.Sprintf("octet %d", len(first)+offset)
	for _, want := range []string{
		"REJECT 400 here (" + at + ")", "REJECT 400 Bad Request   " + at + ":", "field line: 400 at " + at,
		fmt.Sprintf("the offset %d, counted from the first octet of this request", offset),
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}
