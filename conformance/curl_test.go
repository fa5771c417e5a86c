package conformance

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
)

// zeros is a reader without end.
type zeros struct{}

func (zeros) Read(data []byte) (int, error) { clear(data); return len(data), nil }

// TestBounded copies as os/exec does, which uses any other method that a buffer has
// for it.
func TestBounded(t *testing.T) {
	var b bounded
	n, err := io.Copy(&b, io.LimitReader(zeros{}, 4*maxCurlOutput))
	if err != errFlood || n != maxCurlOutput || b.kept.Len() != maxCurlOutput || b.size <= maxCurlOutput {
		t.Errorf("got %d octets and %v, %d kept of %d", n, err, b.kept.Len(), b.size)
	}
	if b.kept.Cap() > 4*maxCurlOutput {
		t.Errorf("the buffer has room for %d octets", b.kept.Cap())
	}
}

// TestCurlFlood has curl ask servers that never end, in content and in fields.
func TestCurlFlood(t *testing.T) {
	if !haveCurl() {
		t.Skip("no curl")
	}
	for begin, again := range map[string]string{
		"HTTP/1.1 200 OK\r\n\r\n": strings.Repeat("x", 1<<16),
		"":                        strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: "+strings.Repeat("x", 2000)+"\r\n\r\n", 30),
	} {
		addr := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
			head(in)
			_, err := io.WriteString(conn, begin)
			for err == nil {
				_, err = io.WriteString(conn, again)
			}
		})
		f, err := Parse("f.wire", []byte("@id x\n@rule rfc9112-2.2-01 MUST\n$ curl ${url}/\n< HTTP/1.1 200\n"))
		if err != nil {
			t.Fatal(err)
		}
		r := new(Runner).Run(t.Context(), &Server{Addr: addr}, f.Cases).Results[0]
		for _, e := range r.Transcript {
			if e.Size > maxCurlOutput {
				t.Errorf("%q: %d octets kept", begin, e.Size)
			}
		}
		if r.Verdict != Fail || begin != "" && !strings.Contains(r.Reason, errFlood.Error()) {
			t.Errorf("%q: %s %s", begin, r.Verdict, r.Reason)
		}
	}
}

// TestProbeFlood shows that interim responses count toward what a probe reads.
func TestProbeFlood(t *testing.T) {
	sent := make(chan int, 1)
	addr := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
		head(in)
		interim := "HTTP/1.1 103 Early Hints\r\nLink: " + strings.Repeat("x", 4060) + "\r\n\r\n" // 4,096 octets
		total := 0
		for {
			n, err := io.WriteString(conn, interim)
			if total += n; err != nil {
				sent <- total
				return
			}
		}
	})
	if got, err := exchange(t.Context(), addr, "GET", "GET / HTTP/1.1\r\n\r\n"); got != nil || err != nil {
		t.Fatalf("got %v, %v", got, err)
	}
	if total := <-sent; total > 3*maxReceived {
		t.Errorf("%d octets were read", total)
	}
}
