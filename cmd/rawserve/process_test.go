package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
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
	output *bufio.Reader // the rest of its standard output
	stdout io.Closer     // the pipe that output reads
	errors *strings.Builder
}

// startProcess starts the server on a free port unless the arguments say where,
// and waits until it listens. It is killed when the test ends.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	if !strings.Contains(strings.Join(args, " "), "-addr") {
		args = append(args, "-addr", "127.0.0.1:0")
	}
	return startCommand(t, exec.Command(binary, args...))
}

// startCommand starts a server as startProcess does.
func startCommand(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	p := &process{Cmd: command, errors: new(strings.Builder)}
	p.Env = append(os.Environ(), "PORT=")
	p.Stderr = p.errors
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	p.output, p.stdout = bufio.NewReader(stdout), stdout
	line, err := p.output.ReadString('\n')
	if err != nil {
		p.Wait()
		t.Fatalf("no server: %v %s", err, p.errors)
	}
	p.url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
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
