package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the command as users build it, made once for all tests that need a
// process of their own.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rawserve")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "rawserve")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// process is a running server.
type process struct {
	*exec.Cmd
	url    string        // as it announced
	output io.ReadCloser // its standard output
	errors *errorOutput
}

// errorOutput keeps what a process writes to standard error.
type errorOutput struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // holds a token when there is more
}

func (o *errorOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return len(p), nil
}

// await waits until the process has written a line that matches, and returns the part
// of it in parentheses.
func (o *errorOutput) await(t *testing.T, line string) string {
	t.Helper()
	pattern := regexp.MustCompile(`(?m)^` + line + `$`)
	for {
		if found := pattern.FindStringSubmatch(o.String()); found != nil {
			return found[len(found)-1]
		}
		select {
		case <-o.changed:
		case <-time.After(20 * time.Second):
			t.Fatalf("got on standard error %q, want %s", o, line)
		}
	}
}

func (o *errorOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// startProcess starts the server on a free port unless the arguments say where,
// and waits until it listens. It is killed when the test ends.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	if !strings.Contains(strings.Join(args, " "), "-addr") {
		args = append(args, "-addr", "127.0.0.1:0")
	}
	return start(t, exec.Command(binary, args...))
}

// start is startProcess for any command that becomes a server.
func start(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	p := &process{Cmd: command, errors: &errorOutput{changed: make(chan struct{}, 1)}}
	p.Env = append(os.Environ(), "PORT=")
	p.Stderr = p.errors
	if p.Stdout == nil {
		stdout, err := p.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		p.output = stdout
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	p.url = p.errors.await(t, `listening on (.*)`)
	return p
}

// address returns host and port, or the path of the socket.
func (p *process) address() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.url, "http://"), "unix:")
}

// needCurl returns the path of curl. Without it the test is skipped, but not
// where everything has to be tested.
func needCurl(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("RAWSERVE_CI") != "" {
			t.Fatal("curl is not installed")
		}
		t.Skip("curl is not installed")
	}
	return path
}
