package live

import (
	"slices"
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing secret", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"authorization", "Authorization: Bearer abc\r\nHost: a\r\n", "Authorization: ..........\r\nHost: a\r\n"},
		{"case and space", "COOKIE :\t a=b \r\n", "COOKIE :\t ....\r\n"},
		{"each of them", "cookie: a\r\nset-cookie: b\r\nproxy-authorization: c\r\n", "cookie: .\r\nset-cookie: .\r\nproxy-authorization: .\r\n"},
		{"another field", "X-Cook: a\r\nSec-WebSocket-Key: b\r\nAuthor: c\r\n", "X-Cook: a\r\nSec-WebSocket-Key: b\r\nAuthor: c\r\n"},
		{"keys and tokens", "X-Api-Key: a\r\nX-CSRF-Token: b\r\nX-Amz-Security-Token: c\r\nCookie2: d\r\n", "X-Api-Key: .\r\nX-CSRF-Token: .\r\nX-Amz-Security-Token: .\r\nCookie2: .\r\n"},
		{"folded", "Cookie: a\r\n b\r\n\tc\r\nHost: d\r\n", "Cookie: .\r\n .\r\n\t.\r\nHost: d\r\n"},
		{"folded, the first line empty", "G\r\nCookie:\r\n a\r\n", "G\r\nCookie:\r\n .\r\n"},
		{"no colon before the fold", "G\r\nCookie\r\n : a\r\n", "G\r\nCookie\r\n ...\r\n"},
		{"wrapped without a fold", "Cookie: a\r\nbc\r\nHost: d\r\n", "Cookie: .\r\n..\r\nHost: d\r\n"},
		{"a blank before the name", "G\r\n \tCookie: a\r\n", "G\r\n \tCookie: .\r\n"},
		{"a blank in the name", "G\r\nCo okie: a\r\n", "G\r\nCo okie: .\r\n"},
		{"a control in the name", "G\r\nCoo\x00kie\x01: a\r\n", "G\r\nCoo\x00kie\x01...\r\n"},
		{"no colon", "G\r\nCookie a b:c\r\n", "G\r\nCookie .....\r\n"},
		{"bare line feed", "Cookie: a\nb:c\r\nHost: b\n", "Cookie: .\n...\r\nHost: b\n"},
		{"bare carriage return", "X: y\rCookie: a\rb:c", "X: y\rCookie: .\r..."},
		{"a control in the value", "Cookie: a\x00b\x7fc\r\n", "Cookie: .\x00.\x7f.\r\n"},
		{"no blank line between head and body", "G\r\n\r\nPOST / HTTP/1.1\r\nCookie\r\n a\r\n", "G\r\n\r\nPOST / HTTP/1.1\r\nCookie\r\n .\r\n"},
		{"a query", "GET /cookies?a=b&access_token=c d&e=f HTTP/1.1\r\nHost: a\r\n", "GET /cookies?a=b&access_token=...&e=f HTTP/1.1\r\nHost: a\r\n"},
		{"an encoded name", "GET /?acc%65ss_token%3Da HTTP/1.1\r\n", "GET /?acc%65ss_token%3D. HTTP/1.1\r\n"},
		{"whole words", "GET /?key=a&monkey=b HTTP/1.1\r\n", "GET /?key=.&monkey=b HTTP/1.1\r\n"},
		{"a query in a field", "G\r\nReferer: http://a/?api_key=b\r\n", "G\r\nReferer: http://a/?api_key=.\r\n"},
		{"a broken query", "GET /?token=a\rb c\r\nHost: d\r\n", "GET /?token=.\r...\r\nHost: d\r\n"},
		{"userinfo", "GET http://a:b@c/@d HTTP/1.1\r\n", "GET http://...@c/@d HTTP/1.1\r\n"},
		{"userinfo with blanks", "GET http://a:b c@d/ HTTP/1.1\r\n", "GET http://.....@d/ HTTP/1.1\r\n"},
		{"userinfo with a slash", "GET http://a:b/c@d/ HTTP/1.1\r\n", "GET http://.....@d/ HTTP/1.1\r\n"},
		{"userinfo in CONNECT", "CONNECT a:b@c:1 HTTP/1.1\r\nHost: a:b@c\r\n", "CONNECT ...@c:1 HTTP/1.1\r\nHost: ...@c\r\n"},
		{"an at sign in a path", "GET /@a HTTP/1.1\r\nFrom: a@b\r\n", "GET /@a HTTP/1.1\r\nFrom: a@b\r\n"},
		{"a form", "G\r\n\r\na=b&password=c&d=e", "G\r\n\r\na=b&password=.&d=e"},
		{"JSON", "G\r\n\r\n{\"a\":1,\"token\": \"b\",\"c\":2}", "G\r\n\r\n{\"a\":1,\"token\":...\",\"c\":2}"},
		{"a chunk extension", "G\r\n\r\n5;sig=ab\r\n", "G\r\n\r\n5;sig=ab\r\n"},
		{"not ended", "Host: a\r\nCookie: se", "Host: a\r\nCookie: .."},
		{"no value", "Cookie:\r\n\r\n", "Cookie:\r\n\r\n"},
		{"colons in the value", "Cookie: a:b: c\r\n", "Cookie: ......\r\n"},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			in := []byte(test.in)
			got, hidden := mask(in)
			if string(got) != test.want {
				t.Errorf("mask(%q) = %q, want %q", test.in, got, test.want)
			}
			if (len(hidden) > 0) != (test.in != test.want) {
				t.Errorf("mask(%q) says %v", test.in, hidden)
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
		masked, hidden := mask(octets)
		if len(masked) != len(octets) {
			t.Fatalf("%d octets became %d", len(octets), len(masked))
		}
		for i, octet := range masked {
			if octet != octets[i] && octet != '.' {
				t.Fatalf("octet %d of %q became %q", i, octets, octet)
			}
			if octet != octets[i] && !slices.ContainsFunc(hidden, func(e extent) bool { return e[0] <= i && i < e[1] }) {
				t.Fatalf("octet %d of %q is masked, and %v does not say so", i, octets, hidden)
			}
		}
	})
}

// An answer that repeats a secret is masked, too.
func TestRepeated(t *testing.T) {
	raw := []byte("Authorization: Bearer 0123456789.short\r\n")
	masked, _ := mask(raw)
	for in, want := range map[string]string{
		`{"token": "0123456789"}`: `{"token": ".........."}`, "x0123456789-x.": "x.............", "short": "short", "01234567": "........", "": "",
	} {
		got, hidden := repeated([]byte(in), raw, masked)
		if string(got) != want || (len(hidden) > 0) != (in != want) {
			t.Errorf("repeated(%q) = %q, %v, want %q", in, got, hidden, want)
		}
	}
}

// Where dots stand for secrets is told, also for secrets that have dots of their own.
func TestMaskSaysWhere(t *testing.T) {
	for in, want := range map[string][]extent{
		"Cookie: a.b\r\nHost: a\r\nAuthorization: .\r\n":          {{8, 11}, {37, 38}},
		"GET http://a:b@c/?key=x&token=y HTTP/1.1\r\nHost: a\r\n": {{11, 14}, {22, 23}, {30, 31}},
		"Host: a\r\n": nil,
	} {
		if _, got := mask([]byte(in)); !slices.Equal(got, want) {
			t.Errorf("mask(%q) hides %v, want %v", in, got, want)
		}
	}
}
