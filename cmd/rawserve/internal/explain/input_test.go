package explain

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		"messages": {strings.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 2000), "the first 1000 are explained", nil, exitAccepted},
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
