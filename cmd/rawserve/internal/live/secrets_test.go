package live

import (
	"bytes"
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing secret", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"authorization", "Authorization: Bearer abc\r\nHost: a\r\n", "Authorization: ..........\r\nHost: a\r\n"},
		{"case and space", "COOKIE :\t a=b \r\n", "COOKIE :\t ....\r\n"},
		{"each of them", "cookie: a\r\nset-cookie: b\r\nproxy-authorization: c\r\n", "cookie: .\r\nset-cookie: .\r\nproxy-authorization: .\r\n"},
		{"another field", "X-Cookie: a\r\nCookies: b\r\n", "X-Cookie: a\r\nCookies: b\r\n"},
		{"folded", "Cookie: a\r\n b\r\n\tc\r\nHost: d\r\n", "Cookie: .\r\n .\r\n\t.\r\nHost: d\r\n"},
		{"bare line feed", "Cookie: a\nHost: b\n", "Cookie: .\nHost: b\n"},
		{"bare carriage return", "X: y\rCookie: a\rHost: b", "X: y\rCookie: .\rHost: b"},
		{"not ended", "Host: a\r\nCookie: se", "Host: a\r\nCookie: .."},
		{"no value", "Cookie:\r\n\r\n", "Cookie:\r\n\r\n"},
		{"colons in the value", "Cookie: a:b: c\r\n", "Cookie: ......\r\n"},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			in := []byte(test.in)
			got, any := mask(in)
			if string(got) != test.want {
				t.Errorf("mask(%q) = %q, want %q", test.in, got, test.want)
			}
			if any != (test.in != test.want) {
				t.Errorf("mask(%q) says %v", test.in, any)
			}
			if string(in) != test.in {
				t.Errorf("mask has changed its input to %q", in)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add([]byte("Cookie: a\r\n b\r\nAuthorization : c\nX: y\rSet-Cookie:\x00\xff"))
	f.Fuzz(func(t *testing.T, octets []byte) {
		masked, _ := mask(octets)
		if len(masked) != len(octets) {
			t.Fatalf("%d octets became %d", len(octets), len(masked))
		}
		again, _ := mask(masked)
		if !bytes.Equal(again, masked) {
			t.Errorf("masking twice gives %q, once %q", again, masked)
		}
	})
}
