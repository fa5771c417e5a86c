package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/conformance"
)

// run runs explain and returns what it printed.
func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	t.Setenv("COLUMNS", "100")
	var out, errs bytes.Buffer
	status = Command(args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), status
}

// FuzzExplain: whatever comes in, explain ends, says how it ended, and sends
// nothing to the terminal that a terminal obeys.
func FuzzExplain(f *testing.F) {
	flags := byte(0)
	corpus(f, func(_ string, sent *conformance.Sent) {
		if flags++; len(sent.Octets) < 300 {
			f.Add(sent.Octets, flags)
		}
	})
	f.Add([]byte("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n"+
		"hello\r\n0\r\n\r\n"), byte(0))
	f.Add([]byte("== Info: x\n=> Send header, 3 bytes (0x3)\n0000: 47 45 54 GET\n<= Recv data, 2 bytes\n0000: hi"),
		byte(1))
	f.Add([]byte("* Trying a\n10:00:00.1 [0-0] => Send header, 3 bytes (0x3)\n0000: GET\n"+
		"[1-x] * Reusing existing connection with host a\n* closing connection #0"), byte(0))
	f.Add([]byte("@id a\n@title b\n\n> GET / HTTP/1.1\n< HTTP/1.1 200 *\n"), byte(2))
	f.Fuzz(func(t *testing.T, octets []byte, flags byte) {
		args := []string{"-width", fmt.Sprint(minWidth + int(flags)/2)}
		for i, flag := range []string{"-hex", "-hidden", "-opinions", "-e", "-split=3", "-type=websocket"} {
			if flags>>i&1 == 1 {
				args = append(args, flag)
			}
		}
		var out, errs bytes.Buffer
		status := Command(args, bytes.NewReader(octets), &out, &errs)
		if status != exitAccepted && status != exitRejected && status != exitIncomplete && status != exitCut &&
			status != exitUsage {
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

// TestExitStatus: 0 accepted, 1 refused or in breach of a MUST, 2 incomplete, 64
// usage. TestEndless has 3.
func TestExitStatus(t *testing.T) {
	const good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	const date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	tests := []struct {
		name, stdin string
		args        []string
		want        int
	}{
		{"accepted", good, nil, exitAccepted},
		{"accepted with a dash", good, []string{"-"}, exitAccepted},
		{"refused", "GET / HTTP/1.1\n", nil, exitRejected},
		{"refused after a good one", good + "GET\t/ HTTP/1.1\r\n", nil, exitRejected},
		{"incomplete", "GET / HT", nil, exitIncomplete},
		{"nothing", "", nil, exitIncomplete},
		{"response", "HTTP/1.1 204 No Content\r\n" + date + "\r\n", nil, exitAccepted},
		{"response until close", "HTTP/1.1 200 OK\r\n" + date + "\r\nhello", nil, exitIncomplete},
		{"response that breaks a MUST", "HTTP/1.1 204 No Content\r\n\r\n", nil, exitRejected},
		{"response that breaks a MUST in JSON", "HTTP/1.1 204 No Content\r\n\r\n", []string{"-json"}, exitRejected},
		{"response that breaks a SHOULD", "HTTP/1.1 301 Moved\r\n" + date + "Content-Length: 0\r\n\r\n", nil,
			exitAccepted},
		{"breaks a MUST and is not whole", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", nil, exitRejected},
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

// TestJSON: one object for each message, that says what the text says.
func TestJSON(t *testing.T) {
	stdout, _, status := run(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /<&> HTTP/1.1\r\n\r\n", "-json", "-opinions")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 2 || status != exitRejected {
		t.Fatalf("exit %d:\n%s", status, stdout)
	}
	var first, second xray.Message
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
	if v.Outcome != xray.Reject || v.Broken == nil || v.Broken.Name != "BadTarget" || v.At != 27+5 || v.Offset != 5 ||
		len(v.Broken.Opinions) == 0 {
		t.Errorf("got %+v", v)
	}
}
