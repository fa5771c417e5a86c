// Package etcdtest starts real nodes of etcd for tests, on the loopback interface.
package etcdtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// readyWithin is how long a cluster may take until it answers.
const readyWithin = 20 * time.Second

// Node is a node of a cluster.
type Node struct {
	Address string // host:port for clients

	args []string
	log  string
	cmd  *exec.Cmd
}

// Cluster is an etcd of some nodes.
type Cluster []*Node

// Start starts a cluster of n nodes, which ends with the test. Each node gets the
// arguments as well. Without etcd the test is skipped, but not where everything has
// to be tested.
func Start(t testing.TB, n int, args ...string) Cluster {
	t.Helper()
	path, err := exec.LookPath("etcd")
	if err != nil {
		if os.Getenv("RAWSERVE_CI") != "" {
			t.Fatal("etcd is not installed")
		}
		t.Skip("etcd is not installed (Debian: etcd-server)")
	}
	dir := t.TempDir()
	ports := freePorts(t, 2*n)
	var cluster Cluster
	var peers []string
	for i := range n {
		peers = append(peers, fmt.Sprintf("n%d=http://127.0.0.1:%d", i, ports[n+i]))
	}
	for i := range n {
		client := fmt.Sprintf("127.0.0.1:%d", ports[i])
		_, peer, _ := strings.Cut(peers[i], "=")
		cluster = append(cluster, &Node{
			Address: client,
			log:     filepath.Join(dir, fmt.Sprintf("n%d.log", i)),
			args: append([]string{path,
				"--name", fmt.Sprintf("n%d", i),
				"--data-dir", filepath.Join(dir, fmt.Sprintf("n%d", i)),
				"--listen-client-urls", "http://" + client, "--advertise-client-urls", "http://" + client,
				"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
				"--initial-cluster", strings.Join(peers, ","),
				"--logger", "zap",
			}, args...),
		})
	}
	t.Cleanup(func() {
		for _, node := range cluster {
			node.Kill()
			if t.Failed() {
				t.Logf("%s ended with:\n%s", node.Address, lastLines(node.log, 20))
			}
		}
	})
	for _, node := range cluster {
		node.Start(t)
	}
	for _, node := range cluster {
		node.wait(t)
	}
	return cluster
}

// Endpoints returns the addresses for clients, with commas.
func (c Cluster) Endpoints() string {
	var all []string
	for _, node := range c {
		all = append(all, node.Address)
	}
	return strings.Join(all, ",")
}

// Start starts a node, for the first time or again.
func (n *Node) Start(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	n.cmd = exec.Command(n.args[0], n.args[1:]...)
	n.cmd.Stdout, n.cmd.Stderr = log, log
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// Kill ends a node at once.
func (n *Node) Kill() {
	if n.cmd != nil {
		n.cmd.Process.Kill()
		n.cmd.Wait()
		n.cmd = nil
	}
}

// Signal sends a node a signal.
func (n *Node) Signal(s os.Signal) { n.cmd.Process.Signal(s) }

// wait returns when a node and its leader answer.
func (n *Node) wait(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", n.Address)
		if err != nil {
			continue
		}
		c.SetDeadline(time.Now().Add(2 * time.Second))
		fmt.Fprint(c, "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
		answer := make([]byte, 4<<10)
		read, _ := c.Read(answer)
		c.Close()
		if strings.HasPrefix(string(answer[:read]), "HTTP/1.0 200 ") {
			return
		}
	}
	t.Fatalf("etcd at %s is not ready:\n%s", n.Address, lastLines(n.log, 20))
}

// freePorts returns ports that nobody listens on now.
func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// lastLines returns the last lines of a file.
func lastLines(file string, n int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
