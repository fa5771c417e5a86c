//go:build unix

package main

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// dial connects to the process and sends octets.
func (p *process) dial(t *testing.T, octets string) *bufio.Reader {
	t.Helper()
	network := "tcp"
	if strings.HasPrefix(p.url, "unix:") {
		network = "unix"
	}
	conn, err := net.Dial(network, p.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, octets); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(conn)
}

const streamRequest = "GET /slow/600 HTTP/1.1\r\nHost: a\r\n\r\n"

// inFlight makes a request that takes a while, and returns when the server works
// on it: the answers in front of it have arrived.
func (p *process) inFlight(t *testing.T) *bufio.Reader {
	t.Helper()
	answer := p.dial(t, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"+streamRequest)
	for {
		line, err := answer.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "ok\n" {
			return answer
		}
	}
}

// The answer in flight when the signal comes is finished, says that the
// connection closes, and then the process ends with 0.
func TestSignalDrains(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			p := startProcess(t)
			idle := p.dial(t, "")
			answer := p.inFlight(t)
			if err := p.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if _, err := idle.ReadByte(); err != io.EOF {
				t.Errorf("idle connection: %v; want it closed at once", err)
			}
			octets, err := io.ReadAll(answer)
			if err != nil || !strings.HasPrefix(string(octets), "HTTP/1.1 200 OK\r\n") || !strings.Contains(string(octets), "\r\nConnection: close\r\n") {
				t.Errorf("answer in flight: %q, %v; want a 200 with Connection: close", octets, err)
			}
			if err := p.Wait(); err != nil {
				t.Errorf("process: %v %s; want exit 0", err, p.errors)
			}
		})
	}
}

// A feed would never end by itself: the signal ends it, in good order.
func TestSignalEndsFeeds(t *testing.T) {
	p := startProcess(t, "-shutdown-timeout", "30s")
	feed := p.dial(t, "GET /messages/events HTTP/1.1\r\nHost: a\r\n\r\n")
	for line := ""; line != "retry: 2000\n"; {
		var err error
		if line, err = feed.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	p.Process.Signal(syscall.SIGTERM)
	octets, err := io.ReadAll(feed)
	if err != nil || !strings.HasSuffix(string(octets), "\r\n0\r\n\r\n") {
		t.Errorf("the feed ends with %q, %v; want its last chunk", octets, err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("process: %v %s; want exit 0", err, p.errors)
	}
}

func TestShutdownTimeoutForcesExit(t *testing.T) {
	p := startProcess(t, "-shutdown-timeout", "50ms")
	answer := p.dial(t, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /slow/30000 HTTP/1.1\r\nHost: a\r\n\r\n")
	if _, err := answer.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.Process.Signal(syscall.SIGTERM)
	p.Wait()
	if code := p.ProcessState.ExitCode(); code != exitFailure || !strings.Contains(p.errors.String(), "-shutdown-timeout") {
		t.Errorf("exit %d, %q; want exit 1 and the flag named", code, p.errors)
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	p := startProcess(t)
	answer := p.dial(t, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /slow/30000 HTTP/1.1\r\nHost: a\r\n\r\n")
	if _, err := answer.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	idle := p.dial(t, "")
	p.Process.Signal(syscall.SIGTERM)
	idle.ReadByte() // closed: the first signal has been heard
	p.Process.Signal(syscall.SIGTERM)
	p.Wait()
	if code := p.ProcessState.ExitCode(); code != exitFailure || !strings.Contains(p.errors.String(), "stopped at once") {
		t.Errorf("exit %d, %q; want exit 1, stopped at once", code, p.errors)
	}
}

// After a kill -9 the same address can be used again at once, for a socket file
// as well.
func TestKilledServerLeavesNothingInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, address := range []string{"unix:" + path, "127.0.0.1:0"} {
		p := startProcess(t, "-addr", address)
		p.dial(t, streamRequest)
		p.Process.Kill()
		p.Wait()
		again := startProcess(t, "-addr", strings.TrimPrefix(p.url, "http://"))
		if got, err := again.dial(t, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").ReadString('\n'); err != nil || got != "HTTP/1.1 200 OK\r\n" {
			t.Errorf("%s after kill -9: %q, %v", address, got, err)
		}
	}
}

// A terminal that closes does not end the server.
func TestHangUpIsIgnored(t *testing.T) {
	p := startProcess(t)
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if got, err := p.dial(t, "GET /healthz HTTP/1.0\r\n\r\n").ReadString('\n'); err != nil || got != "HTTP/1.1 200 OK\r\n" {
		t.Errorf("after SIGHUP: %q, %v", got, err)
	}
	p.Process.Signal(syscall.SIGTERM)
	if err := p.Wait(); err != nil {
		t.Errorf("after SIGHUP and SIGTERM: %v", err)
	}
}
