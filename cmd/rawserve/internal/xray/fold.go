package xray

// maxSpans is how many spans a message has at most, a few aside. Chunks beyond
// that become one span: a body of ten million octets can have a million chunks.
// What the live page captures of a request has fewer.
const maxSpans = 1 << 15

// folded counts what is in the span that stands for many chunks.
type folded struct {
	chunks int
	data   int // octets
}

// fold takes the last chunk, which is whole, into the span that stands for many.
// The present chunk is never in it: what comes next is told by its spans.
func (b *build) fold() {
	spans := b.m.Spans
	first := len(spans) - 1
	for first >= 0 && spans[first].Kind != KindChunkSize {
		if spans[first].Kind == KindChunkData {
			b.folded.data += spans[first].Length
		}
		first--
	}
	if first < 1 {
		return // no chunk so far
	}
	b.folded.chunks++
	start := spans[first].Offset
	if many := &spans[first-1]; many.Kind == KindChunks {
		start = many.Offset
		first--
	}
	b.m.Spans = append(spans[:first], Span{Offset: start, Length: b.m.End() - start, Kind: KindChunks, Octets: b.octets[start:b.m.End()]})
}
