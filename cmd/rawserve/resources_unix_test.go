//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Where file descriptors are scarce the server says so at the start, serves as many
// downloads as there is room for, each with its file, and says when others wait.
func TestScarceFileDescriptors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 32<<20), 0o666); err != nil {
		t.Fatal(err)
	}
	p := start(t, exec.Command("sh", "-c", "ulimit -n 64 && exec "+binary+" -addr 127.0.0.1:0 -log off -static "+dir))
	const room = (64 - 64/4) / 2
	var last *bufio.Reader
	for i := range room {
		last = p.dial(t, "GET /static/large HTTP/1.1\r\nHost: a\r\n\r\n") // and does not read it
		if line, err := last.ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
			t.Fatalf("download %d: %q, %v; %s", i+1, line, err, p.errors)
		}
	}
	p.errors.await(t, fmt.Sprintf(`.*file descriptors are scarce.* max_conns=10000 with_a_file_each=%d`, room))
	p.errors.await(t, fmt.Sprintf(`.*all connections are in use: more wait to be accepted.* max_conns=%d`, room))
}
