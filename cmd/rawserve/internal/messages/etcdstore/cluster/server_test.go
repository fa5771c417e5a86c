package cluster

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the command as users build it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rawserve")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "rawserve")
	build := exec.Command("go", "build", "-o", binary, "./cmd/rawserve")
	build.Dir = "../../../../../.."
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// server is a process of rawserve, which can be killed and started again.
type server struct {
	address string
	store   string

	cmd    *exec.Cmd
	errors lockedBuffer // what it wrote to standard error, in all its lives
}

// startServers starts n processes that share a store. They end with the test.
func startServers(t *testing.T, n int, store string) (servers []*server) {
	t.Helper()
	for range n {
		s := &server{address: "127.0.0.1:0", store: store}
		s.start(t)
		t.Cleanup(func() {
			s.kill()
			if t.Failed() {
				t.Logf("%s wrote:\n%s", s.address, s.errors.String())
			}
		})
		servers = append(servers, s)
	}
	return servers
}

// start starts a process, the second time at the same address.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command(binary, "-addr", s.address, "-log", "off", "-store", s.store)
	s.cmd.Env = append(os.Environ(), "PORT=")
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			fmt.Fprintln(&s.errors, lines.Text())
			if address, found := strings.CutPrefix(lines.Text(), "listening on http://"); found {
				listening <- address
			}
		}
	}()
	select {
	case s.address = <-listening:
	case <-time.After(20 * time.Second):
		t.Errorf("rawserve did not start: %s", s.errors.String())
	}
}

// kill ends a process at once.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// awaitHealthy waits until a server says that it is healthy.
func awaitHealthy(t *testing.T, address string) {
	t.Helper()
	client := &http.Client{Timeout: 4 * time.Second}
	var last string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		r, err := client.Get("http://" + address + "/healthz")
		if err != nil {
			last = err.Error()
			continue
		}
		r.Body.Close()
		if r.StatusCode == 200 {
			return
		}
		last = r.Status
	}
	t.Errorf("%s is not healthy: %s", address, last)
}

// lockedBuffer is what a process writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// url returns the URL of a message, or of all for 0.
func url(address string, id int64) string {
	if id == 0 {
		return "http://" + address + "/messages"
	}
	return fmt.Sprintf("http://%s/messages/%d", address, id)
}
