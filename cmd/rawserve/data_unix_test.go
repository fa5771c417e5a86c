//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
)

// Where a file cannot become longer, as on a full disk, long messages are refused
// with 507, while reading goes on and what is short still fits. A restart finds what
// was acknowledged, and there is room again once the limit is gone.
func TestDataOnFullDisk(t *testing.T) {
	data := filepath.Join(t.TempDir(), "log")
	command := exec.Command("sh", "-c", `ulimit -f 200 && exec "$0" "$@"`, binary, "-addr", "127.0.0.1:0", "-log", "off", "-data", data)
	p := start(t, command)
	text := strings.Repeat("x", messages.MaxText)
	kept := make(map[int64]string)
	for {
		m, _, err := ask("POST", p.url+"/messages", text)
		if err != nil {
			if !strings.Contains(err.Error(), "507 Insufficient Storage") || !strings.Contains(err.Error(), `"status":507`) {
				t.Fatal(err)
			}
			break
		}
		kept[m.ID] = m.Text
	}
	if _, _, err := ask("DELETE", p.url+"/messages/1", ""); err != nil {
		t.Errorf("DELETE: %v", err)
	}
	delete(kept, 1)
	check := func(when string) {
		t.Helper()
		there := allMessages(t, p.url)
		for id, text := range kept {
			if there[id] != text {
				t.Errorf("%s: message %d has %d octets", when, id, len(there[id]))
			}
		}
		if len(there) != len(kept) {
			t.Errorf("%s: there are %d messages, want %d", when, len(there), len(kept))
		}
	}
	check("full")
	p.Process.Kill()
	p.Wait()
	if got := p.errors.String(); !strings.Contains(got, "a change could not be written and was refused") || strings.Count(got, "refused") != 1 {
		t.Errorf("it said %q", got)
	}
	p = startProcess(t, "-data", data)
	check("after a restart")
	if _, _, err := ask("POST", p.url+"/messages", text); err != nil {
		t.Errorf("without the limit: %v", err)
	}
}
