package xray

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rawserve/conformance"
	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// run runs explain and returns what it printed.
func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	t.Setenv("COLUMNS", "100")
	var out, errs bytes.Buffer
	status = Command(args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), status
}

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
	for name, sent := range corpus(t) {
		if len(sent.Objections) == 0 && !sent.Facts {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			o := &explainOptions{color: "never", width: 100}
			status := o.explain([]stream{{octets: sent.Octets, options: Options{Type: "request", Cuts: sent.Reads}}}, &out, &out)
			all := verdict.FindAllStringSubmatch(out.String(), -1)
			want, code := "ACCEPT", exitAccepted
			u := parseUntraced(sent.Octets)
			switch {
			case len(sent.Objections) > 0:
				want, code = "REJECT", exitRejected
			case u.at < len(sent.Octets) && u.broken == nil:
				want, code = "NEED MORE", exitIncomplete // the case sends the rest later, or never
			}
			if len(all) == 0 || all[len(all)-1][1] != want || status != code {
				t.Errorf("exit %d, verdicts %v, want %s in\n%s", status, all, want, out.String())
			}
			if strings.ContainsFunc(out.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0xfffd }) {
				t.Errorf("a control character reaches the terminal:\n%q", out.String())
			}
		})
	}
}

// FuzzExplain: whatever comes in, explain ends, says how it ended, and sends
// nothing to the terminal that a terminal obeys.
func FuzzExplain(f *testing.F) {
	for i, seed := range append(responseSeeds, hiddenRequests...) {
		f.Add([]byte(seed), byte(i))
	}
	f.Add([]byte("== Info: x\n=> Send header, 3 bytes (0x3)\n0000: 47 45 54 GET\n<= Recv data, 2 bytes\n0000: hi"), byte(1))
	f.Add([]byte("@id a\n@title b\n\n> GET / HTTP/1.1\n< HTTP/1.1 200 *\n"), byte(2))
	f.Fuzz(func(t *testing.T, octets []byte, flags byte) {
		args := []string{"-width", fmt.Sprint(minWidth + int(flags)/2)}
		for i, flag := range []string{"-hex", "-hidden", "-opinions", "-e", "-split=3"} {
			if flags>>i&1 == 1 {
				args = append(args, flag)
			}
		}
		var out, errs bytes.Buffer
		status := Command(args, bytes.NewReader(octets), &out, &errs)
		if status != exitAccepted && status != exitRejected && status != exitIncomplete && status != exitUsage {
			t.Fatalf("exit status %d", status)
		}
		if (status == exitUsage) != strings.HasPrefix(errs.String(), "rawserve explain: ") {
			t.Fatalf("exit status %d with %q", status, errs.String())
		}
		for _, r := range out.String() + errs.String() {
			if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfffd {
				t.Fatalf("%q reaches the terminal", r)
			}
		}
		if strings.Contains(out.String(), "NOT THE SAME") {
			t.Fatal(out.String())
		}
	})
}

// TestExitStatus: 0 accepted, 1 refused, 2 incomplete, 64 usage.
func TestExitStatus(t *testing.T) {
	const good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	tests := []struct {
		name, stdin string
		args        []string
		want        int
	}{
		{"accepted", good, nil, exitAccepted},
		{"accepted with a dash", good, []string{"-"}, exitAccepted},
		{"refused", "GET / HTTP/1.1\n", nil, exitRejected},
		{"refused behind a good one", good + "GET\t/ HTTP/1.1\r\n", nil, exitRejected},
		{"incomplete", "GET / HT", nil, exitIncomplete},
		{"nothing", "", nil, exitIncomplete},
		{"response", "HTTP/1.1 204 No Content\r\n\r\n", nil, exitAccepted},
		{"response until close", "HTTP/1.1 200 OK\r\n\r\nhello", nil, exitIncomplete},
		{"escapes", `GET / HTTP/1.1\r\n` + "\n" + `Host: a\r\n\r\n` + "\n", []string{"-e"}, exitAccepted},
		{"octets in place of a file", "", []string{"-e", `GET / HTTP/1.1\r\nHost: a\r\n\r\n`}, exitAccepted},
		{"unknown escape", `GET \q`, []string{"-e"}, exitUsage},
		{"half an escape", `GET \x4`, []string{"-e"}, exitUsage},
		{"backslash at the end", `GET \`, []string{"-e"}, exitUsage},
		{"case", "", []string{"-case", "chunked-two-chunks"}, exitAccepted},
		{"unknown case", "", []string{"-case", "no-such-case"}, exitUsage},
		{"no file", "", []string{"no-such-file"}, exitUsage},
		{"two files", "", []string{"a", "b"}, exitUsage},
		{"unknown flag", "", []string{"-nonsense"}, exitUsage},
		{"bad color", "", []string{"-color", "blue"}, exitUsage},
		{"bad split", "", []string{"-split", "0"}, exitUsage},
		{"too narrow", "", []string{"-width", "9"}, exitUsage},
		{"help", "", []string{"-h"}, exitAccepted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, got := run(t, test.stdin, test.args...)
			if got != test.want {
				t.Errorf("got %d, want %d\n%s%s", got, test.want, stdout, stderr)
			}
			if said := stderr != ""; said != (test.want == exitUsage) {
				t.Errorf("standard error has %q", stderr)
			}
		})
	}
}

// TestInputs: the same request as octets, as a .wire file, and as both kinds of
// curl traces, which bring the response along.
func TestInputs(t *testing.T) {
	for _, test := range []struct {
		file string
		want []string
	}{
		{"get.wire", []string{"lesson: One request", "/messages?limit=2", "ACCEPT"}},
		{"trace.txt", []string{"what curl sent", "what curl received", "POST", "/stream/3", "chunk 1: size 0x5 = 5", "HTTP/1.1", "405"}},
		{"trace-ascii.txt", []string{"what curl sent", "--trace-ascii shows some octets as dots", "201", `{"text":"hi there"}`}},
	} {
		t.Run(test.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "input", test.file))
			if err != nil {
				t.Fatal(err)
			}
			fromFile, _, status := run(t, "", filepath.Join("testdata", "input", test.file))
			fromStdin, _, _ := run(t, string(data))
			if fromFile != fromStdin || status != exitAccepted {
				t.Errorf("exit %d, file:\n%s\nstandard input:\n%s", status, fromFile, fromStdin)
			}
			for _, want := range test.want {
				if !strings.Contains(fromFile, want) {
					t.Errorf("no %q in\n%s", want, fromFile)
				}
			}
		})
	}
}

// TestJSON: one object for each message, that says what the text says.
func TestJSON(t *testing.T) {
	stdout, _, status := run(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /<&> HTTP/1.1\r\n\r\n", "-json", "-opinions")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 2 || status != exitRejected {
		t.Fatalf("exit %d:\n%s", status, stdout)
	}
	var first, second Message
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil {
		t.Fatal(err)
	}
	if first.Hidden == nil || first.Hidden.Octets != 27 || len(first.Spans) != 11 {
		t.Errorf("got %+v", first)
	}
	v := second.Verdict
	if v.Outcome != Reject || v.Broken == nil || v.Broken.Name != "BadTarget" || v.At != 27+5 || v.Offset != 5 || len(v.Broken.Opinions) == 0 {
		t.Errorf("got %+v", v)
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

// TestEndless: input without end is cut, and said to be.
func TestEndless(t *testing.T) {
	var out, errs bytes.Buffer
	status := Command(nil, endless("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n"), &out, &errs)
	if status != exitIncomplete || !strings.Contains(errs.String(), "the first 1114112 are explained") || out.Len() > 8<<10 {
		t.Errorf("exit %d, %d octets of output, %s", status, out.Len(), errs.String())
	}
}

// TestBounded: many messages and many chunks are cut, and said to be.
func TestBounded(t *testing.T) {
	const head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, test := range map[string]struct {
		stdin, want string
		args        []string
		status      int
	}{
		"messages": {strings.Repeat("GET / HTTP/1.0\r\n\r\n", 2000), "the first 1000 are explained", nil, exitAccepted},
		"chunks":   {head + strings.Repeat("3\r\nabc\r\n", 5000) + "0\r\n\r\n", " rows more", nil, exitAccepted},
		"reads":    {head + strings.Repeat("3\r\nabc\r\n", 50000), "choose a larger number", []string{"-split", "each"}, exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status := run(t, test.stdin, test.args...)
			if status != test.status || !strings.Contains(stdout+stderr, test.want) || len(stdout) > 2<<20 {
				t.Errorf("exit %d, %d octets of output, %s", status, len(stdout), stderr)
			}
		})
	}
}

// endless is a reader that gives its text and then zeros for ever.
type endlessReader struct{ text string }

func endless(text string) *endlessReader { return &endlessReader{text} }

func (r *endlessReader) Read(p []byte) (int, error) {
	n := copy(p, r.text)
	r.text = r.text[n:]
	clear(p[n:])
	return len(p), nil
}

// TestReasons: every rule of the catalog has a reason in plain words, and says
// where in the source it is decided.
func TestReasons(t *testing.T) {
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range slices.Concat(httpwire.Rules(), syntax.ResponseRules()) {
		b := brokenRule(rule)
		if len(b.Why) < 40 {
			t.Errorf("%s: nobody says why it matters", b.Name)
		}
		file, function, _ := strings.Cut(strings.TrimPrefix(b.Source, "httpwire/"), ":")
		text, err := os.ReadFile(filepath.Join("../../../../httpwire", file))
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?`+function+`\(`).Match(text) || !bytes.Contains(text, []byte(b.Name)) {
			t.Errorf("%s is not decided in %s", b.Name, b.Source)
		}
		found := conformance.Select(files, func(s string) bool { return s == b.Fixture })
		if b.Fixture != "" && len(found) != 1 {
			t.Errorf("%s: there is no case %s", b.Name, b.Fixture)
		}
	}
}
