package micro

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httputil"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// chunkedBody has 64 KiB of data in chunks of the given size.
func chunkedBody(size int) []byte {
	chunk := fmt.Sprintf("%x\r\n%s\r\n", size, strings.Repeat("x", size))
	return []byte(strings.Repeat(chunk, 64<<10/size) + "0\r\n\r\n")
}

// decoders read a chunked body and return the octets of data in it. Both put
// the data where the caller wants it; fasthttp's reader is not exported.
var decoders = []struct {
	impl   string
	decode func(body, to []byte) (int, error)
}{
	{"rawserve", func(body, to []byte) (n int, err error) {
		var d syntax.ChunkDecoder
		for {
			consumed, data, done, err := d.Next(body)
			if err != nil || done {
				return n, err
			}
			n += copy(to[n:], data)
			body = body[consumed:]
		}
	}},
	{"nethttp", func(body, to []byte) (n int, err error) {
		r := httputil.NewChunkedReader(bytes.NewReader(body))
		n, err = io.ReadFull(r, to)
		if err == io.ErrUnexpectedEOF {
			err = nil
		}
		return n, err
	}},
}

func BenchmarkChunked(b *testing.B) {
	to := make([]byte, 65<<10)
	for _, size := range []int{16, 1 << 10, 16 << 10} {
		body := chunkedBody(size)
		for _, d := range decoders {
			b.Run(fmt.Sprintf("in=%d/impl=%s", size, d.impl), func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if n, err := d.decode(body, to); n != 64<<10 || err != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}
