package cluster

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// readmeBlock returns a block of the README, with its ports replaced by free ones.
func readmeBlock(t *testing.T, name string, ports *strings.Replacer) string {
	t.Helper()
	readme, err := os.ReadFile("../../../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- cluster: " + name + " -->\n```[a-z]*\n(.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatalf("the README has no block %q", name)
	}
	return ports.Replace(string(block[1]))
}

// otherPorts replaces the ports of the README: 2379n, 2380n and 300n, of which 3000
// is HAProxy's.
func otherPorts(t *testing.T) (ports *strings.Replacer, front string) {
	t.Helper()
	var pairs []string
	for _, printed := range []string{"2379", "2380", "300"} {
		base := freeRange(t, 4)
		for n := range 4 {
			pairs = append(pairs, fmt.Sprintf("%s%d", printed, n), fmt.Sprint(base+n))
		}
		pairs = append(pairs, printed+"$n", fmt.Sprintf("$((%d+n))", base))
		front = fmt.Sprintf("127.0.0.1:%d", base)
	}
	return strings.NewReplacer(pairs...), front
}

// freeRange returns the first of n ports in a row that nobody listens on.
func freeRange(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		base := first.Addr().(*net.TCPAddr).Port
		free := 1
		for ; free < n; free++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", base+free))
			if err != nil {
				break
			}
			l.Close()
		}
		first.Close()
		if free == n {
			return base
		}
	}
	t.Fatal("no free ports")
	return 0
}

// shell runs lines of the README in a directory. What they start ends with the test.
func shell(t *testing.T, dir, lines string) string {
	t.Helper()
	c := exec.Command("sh", "-c", lines)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"), "PORT=")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log, err := os.CreateTemp(dir, "shell")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	if err := c.Wait(); err != nil {
		t.Errorf("%s: %v", lines, err)
	}
	output, _ := os.ReadFile(log.Name())
	return string(output)
}

// need returns the path of a program. Without it the test is skipped, but not where
// everything has to be tested.
func need(t *testing.T, program, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("RAWSERVE_CI") != "" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("%s is not installed (Debian: %s)", program, pkg)
	}
	return path
}

// TestReadme does what the section of the README says, in its order, but for other
// ports. Under load a server is killed, and one is stopped and started again.
func TestReadme(t *testing.T) {
	need(t, "etcd", "etcd-server")
	need(t, "curl", "curl")
	haproxy := need(t, "haproxy", "haproxy")
	ports, front := otherPorts(t)
	dir := t.TempDir()
	shell(t, dir, readmeBlock(t, "etcd", ports))
	shell(t, dir, readmeBlock(t, "rawserve", ports))
	address := func(n int) string { return "127.0.0.1:" + ports.Replace(fmt.Sprintf("300%d", n)) }
	for n := 1; n <= 3; n++ {
		awaitHealthy(t, address(n))
	}
	quiet := "curl() { command curl -s \"$@\"; }\n" // as it is on a terminal
	if got := shell(t, dir, quiet+readmeBlock(t, "try", ports)); !strings.HasSuffix(got, "{\"id\":1,\"text\":\"hi\"}\n[{\"id\":1,\"text\":\"hi\"}]\n") {
		t.Errorf("the curl lines print %s", got)
	}

	config := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(config, []byte(readmeBlock(t, "haproxy", ports)), 0o666); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	proxy := exec.Command(haproxy, "-db", "-f", config)
	proxy.Stdout, proxy.Stderr = &said, &said
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		proxy.Process.Kill()
		proxy.Wait()
		if t.Failed() {
			t.Logf("haproxy said:\n%s", said.String())
		}
	})
	awaitHealthy(t, front)

	for range loadClients - 1 {
		if err := newLoad(front).ask(http.DefaultClient, "POST", 0); err != nil {
			t.Fatal(err)
		}
	}

	all := newLoad(front, "GET", "PUT", "POST")
	all.during(t, "a server is stopped gracefully and started again", func() {
		pid := listener(t, address(2))
		syscall.Kill(pid, syscall.SIGTERM)
		for refused := false; !refused; {
			c, err := net.Dial("tcp", address(2))
			if refused = err != nil; !refused {
				c.Close()
				time.Sleep(20 * time.Millisecond)
			}
		}
		shell(t, dir, strings.Replace(readmeBlock(t, "rawserve", ports), "n in 1 2 3;", "n in 2;", 1))
		awaitHealthy(t, address(2))
		time.Sleep(2 * time.Second)
	})
	repeatable := newLoad(front, "GET", "PUT")
	repeatable.during(t, "a server is killed", func() {
		syscall.Kill(listener(t, address(1)), syscall.SIGKILL)
		time.Sleep(2 * time.Second)
	})
}

// load is clients that ask without a pause.
type load struct {
	front   string
	methods []string
}

func newLoad(front string, methods ...string) *load { return &load{front, methods} }

const loadClients = 8

// during keeps up the load while something happens. No request may fail.
func (l *load) during(t *testing.T, what string, happens func()) {
	t.Helper()
	stopped := make(chan struct{})
	type count struct{ asked, failed int }
	counts := make(chan count)
	for i := range loadClients {
		go func() {
			client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
			defer client.CloseIdleConnections()
			var c count
			for {
				select {
				case <-stopped:
					counts <- c
					return
				default:
				}
				method := l.methods[(i+c.asked)%len(l.methods)]
				c.asked++
				if err := l.ask(client, method, i+1); err != nil {
					c.failed++
					t.Errorf("while %s, %s: %v", what, method, err)
				}
			}
		}()
	}
	time.Sleep(time.Second)
	happens()
	close(stopped)
	var sum count
	for range loadClients {
		c := <-counts
		sum.asked += c.asked
		sum.failed += c.failed
	}
	t.Logf("while %s: %d requests, %d failed", what, sum.asked, sum.failed)
}

// ask sends one request, about a message unless it makes one.
func (l *load) ask(client *http.Client, method string, id int) error {
	path, body := fmt.Sprintf("/messages/%d", id), `{"text":"x"}`
	switch method {
	case "GET":
		body = ""
	case "POST":
		path = "/messages"
	}
	r, _ := http.NewRequest(method, "http://"+l.front+path, strings.NewReader(body))
	r.GetBody = nil // net/http must not send it again by itself
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s", answer.Status)
	}
	return nil
}

// listener returns the process that listens on an address.
func listener(t *testing.T, address string) (pid int) {
	t.Helper()
	_, port, _ := net.SplitHostPort(address)
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range found {
		line, _ := os.ReadFile(file)
		if bytes.Contains(line, []byte("rawserve\x00-addr\x00localhost:"+port+"\x00")) {
			fmt.Sscanf(file, "/proc/%d/", &pid)
			return pid
		}
	}
	t.Fatalf("nobody listens on %s", address)
	return 0
}
