package conformance

import (
	"bytes"
	"testing"
)

// FuzzParse checks that no file makes the parser panic, that what it accepts
// comes back from Format, and that what comes back is accepted again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("$ curl -v http://localhost:3000/\n> GET / HTTP/1.1 \n* chatter\n{\"a\": 1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.wire", data)
		if err != nil {
			return
		}
		text := file.Format()
		again, err := Parse("f.wire", text)
		if err != nil || !bytes.Equal(again.Format(), text) {
			t.Errorf("Format gives %q: %v", text, err)
		}
		for _, c := range file.Cases {
			c.Sent("localhost:3000")
		}
	})
}

// FuzzParseResponse checks that no answer of a server makes the reader panic,
// and that a response is the same when its octets arrive one by one.
func FuzzParseResponse(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nhi\r\n0\r\nA: b\r\n\r\n"), "GET")
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "HEAD")
	f.Fuzz(func(t *testing.T, in []byte, method string) {
		whole, wholeErr := parseResponse(in, false, method)
		for i := range in {
			part, err := parseResponse(in[:i], false, method)
			if err != nil {
				if wholeErr == nil {
					t.Fatalf("an error at %d of %q, but not in the whole: %v", i, in, err)
				}
				return
			}
			if part != nil {
				if whole == nil || part.size != whole.size || part.content != whole.content {
					t.Fatalf("another response at %d of %q", i, in)
				}
				return
			}
		}
		requestMethods(in)
	})
}
