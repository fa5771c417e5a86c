//go:build unix

package main

import (
	"io"
	"os"
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
			unread(p.stdout)
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
