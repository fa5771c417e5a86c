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
		{"trace.txt", []string{"what curl sent", "what curl received", "POST", "/stream/3", "chunk 1: size 0x5 = 5",
			"HTTP/1.1", "405"}},
		{"trace-ascii.txt", []string{"what curl sent", "--trace-ascii shows some octets as dots", "201",
			`{"text":"hi there"}`}},
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

// TestEndless: input without end is cut, here after 1 MiB, and the verdict says so where it is
// printed, with a status of its own.
func TestEndless(t *testing.T) {
	const left = "nothing is said about what follows octet 1048575"
	for name, test := range map[string]struct {
		head, part string
		args       []string
		status     int
		want       []string
	}{
		"length": {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", "\x00", nil, exitCut,
			[]string{"NOT KNOWN", left}},
		"chunks": {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nabc\r\n", nil, exitCut,
			[]string{"NOT KNOWN", left}},
		"json": {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", "\x00", []string{"-json"},
			exitCut, []string{`{"type":"left out","offset":1048576,`}},
		"refused": {"POST /\r\n", "\x00", nil, exitRejected, []string{"REJECT"}},
		"last": {"GET / HTTP/1.0\r\n\r\n", "\x00", nil, exitAccepted,
			[]string{"ACCEPT   18 of 1048576 octets used"}},
		"head": {"HTTP/1.1 200 OK\r\n", "a: b\r\n", nil, exitRejected, []string{"REJECT"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			o, err := parseExplain(append(test.args, "-width", "300"))
			if err != nil || o.most != maxInput {
				t.Fatal(err, o)
			}
			o.most = 1 << 20
			status := o.run(endless(test.head, test.part), &out, &errs)
			if status != test.status || errs.Len() > 0 || out.Len() > 128<<10 {
				t.Errorf("exit %d, %d octets of output, %s", status, out.Len(), errs.String())
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), "NEED MORE") {
				t.Errorf("what was not read is said to be missing:\n%s", out.String())
			}
		})
	}
}

// TestLarge: what is large and whole is judged as a whole.
func TestLarge(t *testing.T) {
	const get, length = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\n" +
		"Content-Length: 2097152\r\n\r\n"
	const chunked = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, test := range map[string]struct {
		stdin, want string
		args        []string
		status      int
	}{
		"2_MiB": {length + strings.Repeat("x", 2<<20), "ACCEPT   2097205 of 2097205 octets used", nil,
			exitAccepted},
		"2_MiB_less_one": {length + strings.Repeat("x", 2<<20-1), "1 octet of the body, which has 2097152", nil,
			exitIncomplete},
		"1500_requests":    {strings.Repeat(get, 1_500), "each of the 500, read in full", nil, exitAccepted},
		"the_last_refused": {strings.Repeat(get, 1001) + "GET\n", "request 1002, ", nil, exitRejected},
		"the_last_cut_off": {strings.Repeat(get, 1001) + "GET", "request 1002, ", nil, exitIncomplete},
		"2000_in_JSON": {strings.Repeat(get, 2_000), `{"type":"request","number":2000,`, []string{"-json"},
			exitAccepted},
		"chunks": {chunked + strings.Repeat("3\r\nabc\r\n", 50_000) + "0\r\n\r\n", " rows more", nil,
			exitAccepted},
		"reads": {chunked + strings.Repeat("3\r\nabc\r\n", 50_000), "choose a larger number",
			[]string{"-split", "each"}, exitUsage},
		"reads_compared": {strings.Repeat(get, 1100), "the same as when all octets come with one read",
			[]string{"-split", "1000"}, exitAccepted},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status := run(t, test.stdin, test.args...)
			if status != test.status || !strings.Contains(stdout+stderr, test.want) || len(stdout) > 2<<20 &&
				test.args[0] != "-json" {
				t.Errorf("exit %d, %d octets of output without %q, %s", status, len(stdout), test.want, stderr)
			}
		})
	}
}

// endless is a reader that gives a head and then the same for ever.
type endlessReader struct{ now, part string }

func endless(head, part string) *endlessReader {
	return &endlessReader{head, strings.Repeat(part, 64<<10)}
}

func (r *endlessReader) Read(p []byte) (int, error) {
	if r.now == "" {
		r.now = r.part
	}
	n := copy(p, r.now)
	r.now = r.now[n:]
	return n, nil
}
