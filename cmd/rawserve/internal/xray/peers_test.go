package xray

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The tests that are about other servers ask the real ones. They are here, in
// front of the claims that xray makes about them.

// peerAnswer is what a server sent back to some octets.
type peerAnswer struct {
	octets []byte
	closed bool // it has closed the connection
}

// askPeer sends octets to a server, and reads until it closes the connection, has
// been quiet for a time, or one of the functions has seen enough. For its first
// octet the server has five times as long: the machine may be busy.
func askPeer(t testing.TB, address string, octets []byte, quiet time.Duration, enough ...func([]byte) bool) (a peerAnswer) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go conn.Write(octets) // a server may refuse before it has read everything
	buffer := make([]byte, 64<<10)
	for wait := 5 * quiet; ; wait = quiet {
		conn.SetReadDeadline(time.Now().Add(wait))
		n, err := conn.Read(buffer)
		a.octets = append(a.octets, buffer[:n]...)
		if len(enough) > 0 && enough[0](a.octets) {
			return a
		}
		if err != nil {
			a.closed = !errors.Is(err, os.ErrDeadlineExceeded)
			return a
		}
	}
}

// goServer starts net/http with a handler and returns its address.
func goServer(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// goEcho answers with the body of the request, like nodeEcho.
func goEcho(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	w.Write(body)
}

// nodeMajor is the version of Node that hidden.go and facts.go are about.
const nodeMajor = "v20."

// nodeServer starts Node with a script that makes a server named "server", and
// returns its address. Without Node the test is skipped, unless everything has
// to be there.
func nodeServer(t testing.TB, script string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("RAWSERVE_CI") != "1" {
		t.Skip("node is not installed: what is said about it is not checked")
	}
	if err != nil {
		t.Fatal(err)
	}
	if version, _ := exec.Command(node, "--version").Output(); !strings.HasPrefix(string(version), nodeMajor) {
		t.Skipf("node is %s: what is said here is about %s*", strings.TrimSpace(string(version)), nodeMajor)
	}
	cmd := exec.Command(node, "-e", script+`;server.listen(0,"127.0.0.1",()=>console.log(server.address().port))`)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// nodeEcho answers with the body of the request, like goEcho.
const nodeEcho = `const server=require("http").createServer((q,s)=>{const b=[];` +
	`q.on("data",d=>b.push(d));q.on("end",()=>s.end(Buffer.concat(b)))})`
