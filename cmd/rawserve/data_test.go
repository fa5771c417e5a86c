package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What a server has acknowledged is there after it was stopped, and after it was
// killed. While it runs, no other one can have its file.
func TestDataSurvives(t *testing.T) {
	data := filepath.Join(t.TempDir(), "log")
	p := startProcess(t, "-data", data)
	if _, _, err := ask("POST", p.url+"/messages", "one"); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runWith(nil, "-addr", "localhost:0", "-data", data)
	if want := fmt.Sprintf("rawserve: -data: %s is in use by process %d", data, p.Process.Pid); code != exitFailure || !strings.HasPrefix(stderr, want) {
		t.Errorf("a second server: exit %d, %q, want %q", code, stderr, want)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Skip(err) // no such signal here
	}
	if err := p.Wait(); err != nil || !strings.Contains(p.errors.String(), "messages are kept in "+data+"\n") {
		t.Errorf("SIGTERM: %v; it said %q", err, p.errors)
	}
	p = startProcess(t, "-data", data)
	if m, _, err := ask("GET", p.url+"/messages/1", ""); err != nil || m.Text != "one" {
		t.Errorf("after SIGTERM: got %v, %v", m, err)
	}
	if m, _, err := ask("POST", p.url+"/messages", "two"); err != nil || m.ID != 2 {
		t.Errorf("after SIGTERM: got %v, %v", m, err)
	}
	p.Process.Kill()
	p.Wait()
	p = startProcess(t, "-data", data)
	if all := allMessages(t, p.url); len(all) != 2 || all[2] != "two" {
		t.Errorf("after SIGKILL: got %v", all)
	}
}

// A damaged file is named with the octet, and not changed; -data-repair saves the
// rest of it.
func TestDataRepair(t *testing.T) {
	data := filepath.Join(t.TempDir(), "log")
	p := startProcess(t, "-data", data)
	for _, text := range []string{"one", "two", "three"} {
		if _, _, err := ask("POST", p.url+"/messages", text); err != nil {
			t.Fatal(err)
		}
	}
	p.Process.Kill()
	p.Wait()
	octets, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	offset := 1 + bytes.LastIndex(octets[:bytes.Index(octets, []byte("two"))], []byte("\n"))
	damaged := bytes.Replace(octets, []byte("two"), []byte("tvo"), 1)
	if err := os.WriteFile(data, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runWith(nil, "-addr", "localhost:0", "-data", data)
	if want := fmt.Sprintf("rawserve: -data: %s is damaged at octet %d: ", data, offset); code != exitFailure || !strings.HasPrefix(stderr, want) {
		t.Errorf("exit %d, %q, want %q", code, stderr, want)
	}
	code, _, stderr = runWith(nil, "-data", data, "-data-repair")
	for _, want := range []string{fmt.Sprintf("octet %d: ", offset), "record 3 is missing", data + ".repaired: look at it"} {
		if code != exitOK || !strings.Contains(stderr, want) {
			t.Errorf("-data-repair: exit %d, %q, want %q", code, stderr, want)
		}
	}
	if after, err := os.ReadFile(data); err != nil || !bytes.Equal(after, damaged) {
		t.Errorf("the file was changed, %v", err)
	}
	p = startProcess(t, "-data", data+".repaired")
	if all := allMessages(t, p.url); len(all) != 2 || all[1] != "one" || all[3] != "three" {
		t.Errorf("after -data-repair: got %v", all)
	}
}
