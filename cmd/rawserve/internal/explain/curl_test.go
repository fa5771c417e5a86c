package explain

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inputFile returns a file of testdata/input.
func inputFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "input", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// outline returns the titles and verdicts of what explain has printed.
func outline(stdout string) (lines []string) {
	shown := regexp.MustCompile(`(?m)^(?:connection #\d+: what curl (?:sent|received)|  verdict +(?:ACCEPT|REJECT|NEED MORE))`)
	for _, line := range shown.FindAllString(stdout, -1) {
		line = strings.NewReplacer("connection ", "", ": what curl", "", "  verdict    ", "").Replace(line)
		lines = append(lines, line)
	}
	return lines
}

// TestCurlTraces: traces of all versions, with each block on its connection.
func TestCurlTraces(t *testing.T) {
	recorded := inputFile(t, "two-hosts.txt")
	twoHosts := []string{"#0 sent", "ACCEPT", "ACCEPT", "#0 received", "ACCEPT", "ACCEPT", "#1 sent", "ACCEPT",
		"#1 received", "ACCEPT"}
	parallel := []string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT", "#1 sent", "ACCEPT", "#1 received", "ACCEPT"}
	head := regexp.MustCompile(`(?m)^(== |=>|<=)`)
	for _, test := range []struct {
		name, trace string
		want        []string
	}{
		{"7.88", recorded, twoHosts},
		{"7.68", strings.ReplaceAll(recorded, "existing connection #0 with", "existing connection! (#0) with"),
			twoHosts},
		{"8.16", regexp.MustCompile(` \(#\d\)\n| #0 with`).ReplaceAllStringFunc(recorded, func(s string) string {
			return map[byte]string{'(': "\n", '#': " with"}[s[1]]
		}), twoHosts},
		{"8.17", inputFile(t, "two-hosts-8.17.txt"), twoHosts},
		{"8.17_with_ids_in_parallel", inputFile(t, "parallel-ids.txt"), parallel},
		{"times", head.ReplaceAllString(recorded, "10:06:40.954321 $1"), twoHosts},
		{"times_of_8.17", head.ReplaceAllString(inputFile(t, "trace-stdout.txt"), "10:06:40.954 [0-0] $1"),
			[]string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT"}},
		{"body_between", inputFile(t, "trace-stdout.txt"), []string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT"}},
		{"joined", inputFile(t, "trace-stdout.txt") + inputFile(t, "trace.txt"),
			[]string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT", "#0 sent", "ACCEPT", "#0 received", "ACCEPT"}},
		{"interim_response", inputFile(t, "interim.txt"), []string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT",
			"ACCEPT"}},
		{"interim_response_as_text", inputFile(t, "interim-ascii.txt"), []string{"#0 sent", "ACCEPT", "#0 received",
			"ACCEPT", "ACCEPT"}},
		{"interim_response_whole", strings.Replace(inputFile(t, "interim.txt"), "=> Send data,",
			"<= Recv header, 2 bytes (0x2)\n0000: 0d 0a ..\n=> Send data,", 1),
			[]string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT", "ACCEPT"}},
		{"without_information", regexp.MustCompile(`(?m)^== Info: .*\n`).ReplaceAllString(inputFile(t, "trace.txt"),
			""),
			[]string{"#0 sent", "ACCEPT", "#0 received", "ACCEPT"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, status := run(t, test.trace)
			if got := outline(stdout); status != exitAccepted || !slices.Equal(got, test.want) {
				t.Errorf("exit %d, got %q, want %q\n%s", status, got, test.want, stderr)
			}
		})
	}
}

// TestCurlCloses: a body without length ends where curl says that the connection
// has closed, in any of its words, unless curl gave up before.
func TestCurlCloses(t *testing.T) {
	const trace = "%== Connected to a (127.0.0.1) port 80\n" +
		"=> Send header, 18 bytes (0x12)\n0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 30 0d 0a GET / HTTP/1.0..\n" +
		"0010: 0d 0a ..\n" +
		"<= Recv header, 17 bytes (0x11)\n0000: 48 54 54 50 2f 31 2e 31 20 35 30 30 20 4f 4b 0d HTTP/1.1 500 OK.\n" +
		"0010: 0a .\n" +
		"<= Recv header, 2 bytes (0x2)\n0000: 0d 0a ..\n<= Recv data, 2 bytes (0x2)\n0000: 68 69 hi\n"
	for _, test := range []struct {
		info, last string
		want       int
	}{
		{"== Info: ", "Closing connection 0", exitAccepted},
		{"== Info: ", "Closing connection", exitAccepted},
		{"* ", "closing connection #0", exitAccepted},
		{"* ", "shutting down connection #0", exitAccepted},
		{"* ", "Connection #0 to host a:80 left intact", exitIncomplete},
		{"== Info: ", "Operation timed out after 1001 milliseconds with 2 bytes received\n" +
			"== Info: Closing connection 0", exitIncomplete},
		{"* ", "Failure writing output to destination, passed 2 returned 0\n* closing connection #0", exitIncomplete},
	} {
		stdout, stderr, status := run(t, strings.Replace(trace, "%== ", test.info, 1)+test.info+test.last+"\n")
		if status != test.want {
			t.Errorf("%s: exit %d, want %d\n%s%s", test.last, status, test.want, stdout, stderr)
		}
	}
}

// TestCurlSentences: what cannot be judged is answered with what to do instead.
func TestCurlSentences(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"two_connections_without_ids", inputFile(t, "parallel.txt"), "record it with --trace-ids"},
		{"verbose", inputFile(t, "verbose.txt"), "record the exchange with curl --trace FILE"},
		{"verbose_with_times", inputFile(t, "verbose-time.txt"), "record the exchange with curl --trace FILE"},
		{"verbose_lines_alone", "> GET / HTTP/1.1\r\n> Host: a\r\n> \r\n",
			"record the exchange with curl --trace FILE"},
		{"verbose_refused", inputFile(t, "verbose-refused.txt"), "nothing that was sent or received"},
		{"http2", strings.ReplaceAll(inputFile(t, "trace-stdout.txt"), "0010: 31 2e 31 0d 0a", "0010: 32 0d 0a 41 3a"),
			"--http1.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, status := run(t, test.input)
			if status != exitUsage || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("exit %d, %q\n%s", status, stderr, stdout)
			}
		})
	}
}

// TestNotCurl: a request whose method is an asterisk is no line of curl's.
func TestNotCurl(t *testing.T) {
	if stdout, stderr, status := run(t, "* / HTTP/1.1\r\nHost: a\r\n\r\n"+
		"* Trying / HTTP/1.1\r\n"); !strings.Contains(stdout, "REJECT") || status != exitRejected {
		t.Errorf("exit %d\n%s%s", status, stdout, stderr)
	}
}
