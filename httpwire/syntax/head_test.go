package syntax

import (
	"strings"
	"testing"
)

// headCase is a head and what the parser has to say to it: want is broken at
// the mark; without a rule the head is accepted, up to the mark if there is one.
type headCase struct {
	name   string
	in     string
	limits HeadLimits
	secure bool
	want   *Rule
}

// allHeads is every table of heads, for tests that go over all of them.
func allHeads() (all []headCase) {
	for _, table := range [][]headCase{lineCases, requestLineCases, targetCases, fieldCases, hostCases, expectCases, framingCases} {
		all = append(all, table...)
	}
	return all
}

// testHeads parses each head whole, octet by octet, cut at every offset, and
// with a request after it: always with the same verdict.
func testHeads(t *testing.T, cases []headCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in, offset := unmark(c.in)
			want := wanted(in, offset, c.want)
			for _, after := range []string{"", pipelined} {
				for way, lengths := range splits(len(in + after)) {
					p := HeadParser{Limits: c.limits, Secure: c.secure}
					if got := parseHead(t, &p, in+after, lengths); got != want {
						t.Fatalf("%q, %s: %v, want %v", in+after, way, got, want)
					}
				}
			}
			if c.want != nil {
				p := HeadParser{Limits: c.limits, Secure: c.secure}
				if got := parseHead(t, &p, in, []int{offset}); got != (verdict{}) {
					t.Errorf("%q, the octets before the mark: %v, want %v", in, got, verdict{})
				}
			}
		})
	}
}

// The parts of an accepted head tile it, those of a refused one the lines before
// the broken one.
func TestHeadSpansTile(t *testing.T) {
	for _, c := range allHeads() {
		in, _ := unmark(c.in)
		trace := tiles{t: t}
		p := HeadParser{Limits: c.limits, Secure: c.secure, Span: trace.report}
		got := parseHead(t, &p, in, []int{len(in)})
		if c.want == nil && trace.end != int64(got.accepted) {
			t.Errorf("%s: spans end at %d, want %d", c.name, trace.end, got.accepted)
		}
		if trace.end != 0 && !strings.HasSuffix(in[:trace.end], "\r\n") {
			t.Errorf("%s: spans end at %d, where no line ends", c.name, trace.end)
		}
	}
}

// Without limits a head is bounded by what its offsets can say.
func TestHeadLargest(t *testing.T) {
	const begin, end = "GET / HTTP/1.1\r\nHost: a\r\nB: ", "\r\n\r\n"
	fill := maxHeadOctets - len(begin) - len(end)
	for extra, want := range map[int]verdict{
		0: {accepted: maxHeadOctets},
		1: {rule: "HeadTooLarge", offset: maxHeadOctets - len(end)},
	} {
		in := begin + strings.Repeat("b", fill+extra) + end
		trace := tiles{t: t}
		p := HeadParser{Limits: HeadLimits{RequestLine: -1, Head: -1, Fields: -1}, Span: trace.report}
		if got := parseHead(t, &p, in, []int{len(in) / 2, len(in)}); got != want {
			t.Errorf("a head of %d octets: %v, want %v", len(in), got, want)
		}
		if want.accepted != int(trace.end) && want.rule == "" {
			t.Errorf("spans end at %d, want %d", trace.end, want.accepted)
		}
	}
}

// A parser that is used again remembers nothing.
func TestHeadReset(t *testing.T) {
	var p HeadParser
	for _, c := range allHeads() {
		in, offset := unmark(c.in)
		p.Reset()
		p.Limits, p.Secure = c.limits, c.secure
		if got, want := parseHead(t, &p, in, []int{len(in)}), wanted(in, offset, c.want); got != want {
			t.Errorf("%s, after the other cases: %v, want %v", c.name, got, want)
		}
	}
}

func TestHeadAllocatesNothing(t *testing.T) {
	for name, head := range map[string]string{
		"curl": headOfCurl, "browser": headOfBrowser,
		"body": "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
	} {
		window := []byte(head)
		var p HeadParser
		allocs := testing.AllocsPerRun(100, func() {
			p.Reset()
			if n, err := p.Parse(window); n != len(window) || err != nil {
				t.Fatalf("%s: Parse = %d, %v; want %d", name, n, err, len(window))
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations, want none", name, allocs)
		}
	}
}

// headOfCurl is what curl sends for a plain GET.
const headOfCurl = "GET /messages?limit=2 HTTP/1.1\r\n" +
	"Host: localhost:3000\r\n" +
	"User-Agent: curl/8.14.1\r\n" +
	"Accept: */*\r\n" +
	"\r\n"

// headOfBrowser is what a browser sends to a site that has set a few cookies.
const headOfBrowser = "GET /messages?limit=20&after=180 HTTP/1.1\r\n" +
	"Host: localhost:3000\r\n" +
	"Connection: keep-alive\r\n" +
	"Cache-Control: max-age=0\r\n" +
	"sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\n" +
	"sec-ch-ua-mobile: ?0\r\n" +
	"Upgrade-Insecure-Requests: 1\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Referer: http://localhost:3000/messages\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
	"Accept-Language: en-GB,en;q=0.9,fr;q=0.8\r\n" +
	"Cookie: theme=dark; session=7d44a0d6f1c94b0c9c5a5e0b2f6a8b31; seen=1\r\n" +
	"\r\n"

func BenchmarkHeadCurl(b *testing.B)    { benchmarkHead(b, headOfCurl) }
func BenchmarkHeadBrowser(b *testing.B) { benchmarkHead(b, headOfBrowser) }

func benchmarkHead(b *testing.B, head string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(head)))
	window := []byte(head)
	var p HeadParser
	for b.Loop() {
		p.Reset()
		if n, err := p.Parse(window); n != len(window) || err != nil {
			b.Fatalf("Parse = %d, %v; want %d", n, err, len(window))
		}
	}
}

// postHead returns the head of a request with the given field lines.
func postHead(lines string) string { return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" }

// decided returns the head that the parser accepts.
func decided(t *testing.T, in string) *Head {
	t.Helper()
	var p HeadParser
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	return p.Head()
}
