package xray

import (
	"testing"

	"rawserve/httpwire/syntax"
)

// traced is a head as browsers send them, shortened.
const traced = "GET /messages?limit=2 HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept-Language: en-US,en;q=0.5\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\nCookie: theme=dark; session=0123456789abcdef\r\n\r\n"

// benchmarkHead parses one head again and again with a hook.
func benchmarkHead(b *testing.B, span syntax.SpanHook) {
	head := []byte(traced)
	parser := syntax.HeadParser{Span: span}
	b.SetBytes(int64(len(head)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := parser.Parse(head); n != len(head) || err != nil {
			b.Fatal(n, err)
		}
		parser.Reset()
	}
}

// BenchmarkHeadUntraced and BenchmarkHeadTraced are what the hook costs when it
// is not set, and when it is.
func BenchmarkHeadUntraced(b *testing.B) { benchmarkHead(b, nil) }

func BenchmarkHeadTraced(b *testing.B) {
	spans := 0
	benchmarkHead(b, func(syntax.SpanKind, int64, int64) { spans++ })
}

// BenchmarkDissect is everything there is to say about the same head.
func BenchmarkDissect(b *testing.B) {
	head := []byte(traced)
	b.SetBytes(int64(len(head)))
	b.ReportAllocs()
	for b.Loop() {
		Dissect(head, Options{})
	}
}

// TestUntracedAllocatesNothing: the hook costs no memory, set or not.
func TestUntracedAllocatesNothing(t *testing.T) {
	head := []byte(traced)
	spans := 0
	for name, span := range map[string]syntax.SpanHook{
		"untraced": nil,
		"traced":   func(syntax.SpanKind, int64, int64) { spans++ },
	} {
		parser := syntax.HeadParser{Span: span}
		if n := testing.AllocsPerRun(100, func() {
			parser.Parse(head)
			parser.Reset()
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
