package micro

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"rawserve/httpwire/syntax"
)

const curlHead = "GET /users/4711 HTTP/1.1\r\nHost: localhost:3000\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"

// browserHead is what the browser scenario of bench/scenarios/load.lua sends.
var browserHead = strings.Join([]string{
	"GET / HTTP/1.1",
	"Host: localhost:3000",
	"Connection: keep-alive",
	"Cache-Control: max-age=0",
	`sec-ch-ua: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"`,
	"sec-ch-ua-mobile: ?0",
	"Upgrade-Insecure-Requests: 1",
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
	"Referer: http://localhost:3000/messages?limit=20&after=180",
	"Accept-Encoding: gzip, deflate, br, zstd",
	"Accept-Language: en-GB,en;q=0.9,de;q=0.8",
	"Cookie: theme=dark; session=7d44a0d6f1c94b0c9c5a5e0b2f6a8b31; csrf=Qm9yZWQ2NDBieXRlcw; seen=1",
	"", "",
}, "\r\n")

// parsers are the head parsers to compare. Those that read from a bufio.Reader
// get one that is filled with one copy of the head; "bufio" is that alone, so
// that its share in their figures is known.
var parsers = []struct {
	impl  string
	parse func(head []byte) func() error
}{
	{"rawserve", func(head []byte) func() error {
		var p syntax.HeadParser
		return func() error {
			p.Reset()
			_, err := p.Parse(head)
			return err
		}
	}},
	{"rawserve+string", func(head []byte) func() error {
		var p syntax.HeadParser
		return func() error { // the server also makes one string of the head, safe for ever
			p.Reset()
			n, err := p.Parse(head)
			kept = string(head[:n])
			return err
		}
	}},
	{"fasthttp", func(head []byte) func() error {
		var h fasthttp.RequestHeader
		return buffered(head, func(r *bufio.Reader) error { return h.Read(r) }) // resets h itself
	}},
	{"nethttp", func(head []byte) func() error {
		return buffered(head, func(r *bufio.Reader) error {
			_, err := http.ReadRequest(r)
			return err
		})
	}},
	{"bufio", func(head []byte) func() error {
		return buffered(head, func(r *bufio.Reader) error {
			_, err := r.Peek(len(head))
			return err
		})
	}},
}

// kept makes the string escape, as it does in a server.
var kept string

// buffered calls read with a fresh copy of the head in a used bufio.Reader.
func buffered(head []byte, read func(*bufio.Reader) error) func() error {
	source := bytes.NewReader(head)
	r := bufio.NewReaderSize(source, 4096)
	return func() error {
		source.Reset(head)
		r.Reset(source)
		return read(r)
	}
}

func BenchmarkHead(b *testing.B) {
	for _, in := range []struct{ name, head string }{{"curl", curlHead}, {"browser", browserHead}} {
		for _, p := range parsers {
			b.Run("in="+in.name+"/impl="+p.impl, func(b *testing.B) {
				parse := p.parse([]byte(in.head))
				b.SetBytes(int64(len(in.head)))
				b.ReportAllocs()
				for b.Loop() {
					if err := parse(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestHead makes sure that the parsers agree on what they are given.
func TestHead(t *testing.T) {
	if n := len(browserHead); n < 650 || n > 800 {
		t.Errorf("browser head has %d octets", n)
	}
	for _, p := range parsers {
		for _, head := range []string{curlHead, browserHead} {
			parse := p.parse([]byte(head))
			for range 3 {
				if err := parse(); err != nil {
					t.Errorf("%s: %v", p.impl, err)
				}
			}
		}
	}
}
