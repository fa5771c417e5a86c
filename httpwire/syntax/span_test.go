package syntax

import "testing"

// BenchmarkHeadTraced is BenchmarkHeadBrowser with a hook.
func BenchmarkHeadTraced(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(headOfBrowser)))
	window := []byte(headOfBrowser)
	spans := 0
	p := HeadParser{Span: func(SpanKind, int64, int64) { spans++ }}
	for b.Loop() {
		p.Reset()
		if n, err := p.Parse(window); n != len(window) || err != nil {
			b.Fatalf("Parse = %d, %v; want %d", n, err, len(window))
		}
	}
}

// A hook costs no memory.
func TestHookAllocatesNothing(t *testing.T) {
	window := []byte(headOfBrowser)
	spans := 0
	p := HeadParser{Span: func(SpanKind, int64, int64) { spans++ }}
	allocs := testing.AllocsPerRun(100, func() {
		p.Reset()
		p.Parse(window)
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
	if spans == 0 {
		t.Error("the hook was told nothing")
	}
}
