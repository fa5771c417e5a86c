package httpwire

import "testing"

// curlHead is what curl sends for a plain GET.
const curlHead = "GET /messages?limit=2 HTTP/1.1\r\n" +
	"Host: localhost:3000\r\n" +
	"User-Agent: curl/8.14.1\r\n" +
	"Accept: */*\r\n" +
	"\r\n"

// browserHead is what a browser sends to a site that has set a few cookies.
const browserHead = "GET /messages?limit=20&after=180 HTTP/1.1\r\n" +
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

func BenchmarkHeadCurl(b *testing.B)    { benchmarkHead(b, curlHead) }
func BenchmarkHeadBrowser(b *testing.B) { benchmarkHead(b, browserHead) }

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
