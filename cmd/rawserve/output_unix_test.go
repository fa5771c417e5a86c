//go:build unix

package main

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyRequests makes more requests than a pipe holds lines of the log, and
// returns how many were answered.
func (p *process) manyRequests(t *testing.T) int {
	t.Helper()
	const requests = 3000
	answers := p.dial(t, strings.Repeat("GET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n", requests-1)+
		"GET /status/204 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	octets, err := io.ReadAll(answers)
	if err != nil {
		t.Error(err)
	}
	if got := strings.Count(string(octets), "HTTP/1.1 204 "); got != requests {
		t.Errorf("%d answers, want %d", got, requests)
	}
	return requests
}

// A log that nobody reads, or can read any more, stops neither the answers nor
// the end.
func TestLogThatNobodyReads(t *testing.T) {
	for name, unread := range map[string]func(io.Closer){
		"blocked": func(io.Closer) {},
		"closed":  func(reader io.Closer) { reader.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			p := startProcess(t)
			unread(p.output)
			p.manyRequests(t)
			start := time.Now()
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if state, err := p.Process.Wait(); err != nil || !state.Success() {
				t.Errorf("process: %v, %v; want exit 0", state, err)
			}
			if took := time.Since(start); took > 5*outputGrace {
				t.Errorf("ended after %v", took)
			}
		})
	}
}

// Nothing of the log is lost at the end.
func TestLogIsWholeAtTheEnd(t *testing.T) {
	p := startProcess(t)
	logged := make(chan int)
	go func() {
		octets, _ := io.ReadAll(p.output)
		logged <- strings.Count(string(octets), `"GET /status/204" 204`)
	}()
	want := p.manyRequests(t)
	p.Process.Signal(os.Interrupt)
	if got := <-logged; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}

// Of a full disk, and of what is missing then, standard error tells.
func TestLogThatCannotBeWritten(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	command := exec.Command(binary, "-addr", "127.0.0.1:0")
	command.Stdout = full
	p := start(t, command)
	p.manyRequests(t)
	p.Process.Signal(os.Interrupt)
	p.Wait()
	for _, want := range []string{"the log cannot be written", "lines lost of a log that could not be written: "} {
		if !strings.Contains(p.errors.String(), want) {
			t.Errorf("got %q, want %q in it", p.errors, want)
		}
	}
}

// Standard output is the log and nothing else, so each line of JSON is an object.
func TestLogIsAllThereIsOnStandardOutput(t *testing.T) {
	p := startProcess(t, "-log", "json", "-xray", "127.0.0.1:0")
	octets := p.dial(t, "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	io.Copy(io.Discard, octets)
	p.Process.Signal(os.Interrupt)
	var events []string
	for lines := json.NewDecoder(p.output); ; {
		var line struct{ Event, ID string }
		if err := lines.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		events = append(events, line.Event)
		if (line.Event == "exchange") != (len(line.ID) == 26) {
			t.Errorf("%s with the id %q", line.Event, line.ID)
		}
	}
	if got := strings.Join(events, " "); got != "exchange close" {
		t.Errorf("got the events %q", got)
	}
	if !strings.Contains(p.errors.String(), "  GET     /messages\n") {
		t.Errorf("got on standard error %q, want the routes", p.errors)
	}
}

// Connections that only try the port are logged if somebody asks for that.
func TestLogOfProbes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{{nil, 1}, {[]string{"-log-probes"}, 2}} {
		p := startProcess(t, test.args...)
		conn, err := net.Dial("tcp", p.address())
		if err != nil {
			t.Fatal(err)
		}
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn) // until the server has closed as well
		conn.Close()
		io.Copy(io.Discard, p.dial(t, "GET /status/204 HTTP/1.0\r\n\r\n"))
		p.Process.Signal(os.Interrupt)
		octets, _ := io.ReadAll(p.output)
		if got := strings.Count(string(octets), " closed "); got != test.want {
			t.Errorf("%v: %d connections logged, want %d:\n%s", test.args, got, test.want, octets)
		}
	}
}
