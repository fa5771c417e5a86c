package conformance

import (
	"strings"
	"testing"
	"time"
)

func TestTranscript(t *testing.T) {
	log := &transcript{began: time.Now()}
	log.sent("", "GET / HTTP/1.1\r\nX: a\nb\x00\r\n\r\nbody")
	log.received("", []byte("HTTP/1.1 200 OK\r\nA: b\r"))
	log.received("", []byte("\n\r\nline\n\x1b[2J"))
	log.event("B", "half-close")
	log.received("B", []byte(strings.Repeat("x", maxEntryOctets)))
	log.received("B", []byte("yz"))
	want := []string{
		"> GET / HTTP/1.1", `} X: a\n`, `> b\0`, ">", "} body",
		"< HTTP/1.1 200 OK", "< A: b", "<", `{ line\n`, `{ \x1b[2J`,
		"B * half-close",
		"B { " + strings.Repeat("x", maxEntryOctets), "B * ... 4098 octets in all",
	}
	var got []string
	for _, e := range log.all() {
		got = append(got, e.Lines()...)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
}
