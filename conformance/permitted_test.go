package conformance

import (
	"io"
	"strings"
	"sync"
	"testing"

	"rawserve/httpwire"
)

// inHead returns a read function that replaces what an expression matches in the
// head of a request received.
func inHead(expr, by string) func(*brokenConn, string) string {
	replace := received(expr, by)
	return func(c *brokenConn, octets string) string {
		head, rest, whole := strings.Cut(octets, "\r\n\r\n")
		if !whole {
			return replace(c, octets)
		}
		return replace(c, head+"\r\n") + "\r\n" + rest
	}
}

// choices lists servers that do what a sentence of an RFC with an "or" permits,
// where rawserve does the other thing.
var choices = []defect{
	{name: "rfc9110-5.5-04 NUL in a value is a space", read: inHead(`(\r\n[!-9;-~]+:[^\r\n]*)\x00`, "$1 ")},
	{name: "rfc9110-5.5-04 LF in a value is a space", read: inHead(`(\r\n[!-9;-~]+:[^\r\n]*)\n`, "$1 ")},
	{name: "rfc9110-5.5-04 CR in a value is a space", read: inHead(`(\r\n[!-9;-~]+:[^\r\n]*)\r([^\n])`, "$1 $2")},
	{name: "rfc9112-2.2-04 bare CR is a space", read: inHead(`\r([^\n])`, " $1")},
	{name: "rfc9112-2.2-09 lines after white space ignored", read: inHead(`(HTTP/1.1\r\n)(?:[ \t][^\r\n]*\r\n)+`, "$1")},
	{name: "rfc9112-8-01 the echo begins before the body has ended", handler: streamEcho},
	{name: "rfc9112-5.2-02 fold is a space", read: inHead(`(\r\n[!-9;-~]+:[^\r\n]*)\r\n[ \t]+`, "$1 ")},
}

// streamEcho sends back the body as it comes. When the body turns out to be
// invalid its answer has begun, and can only be cut off.
func streamEcho(w *httpwire.Response, r *httpwire.Request) error {
	if r.RawPath != "/echo" {
		return routeBroken(w, r)
	}
	w.Header().Set("Content-Type", "text/plain")
	for buf := make([]byte, 4<<10); ; {
		n, err := r.Body.Read(buf)
		if n > 0 {
			w.Write(buf[:n])
			w.Flush()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// TestPermitted judges servers that make another choice than rawserve where the
// RFC leaves one. No case may fail them.
func TestPermitted(t *testing.T) {
	var all []*Case
	for _, c := range corpusByID(t) {
		all = append(all, c)
	}
	results := make([][]*Result, len(choices))
	var judging sync.WaitGroup
	two := make(chan struct{}, 2) // at a time: they have to answer in time
	for i, d := range choices {
		judging.Go(func() {
			two <- struct{}{}
			defer func() { <-two }()
			results[i] = judgeBroken(t, &d, all...)
		})
	}
	judging.Wait()
	for i, d := range choices {
		t.Run(strings.ReplaceAll(d.name, " ", "_"), func(t *testing.T) {
			for _, r := range results[i] {
				if r.Verdict == Fail {
					t.Errorf("%s: %s", r.Case.ID, r.Reason)
				}
			}
		})
	}
}
