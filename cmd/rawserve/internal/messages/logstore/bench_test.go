package logstore

import (
	"strings"
	"testing"
)

func BenchmarkLoad(b *testing.B) {
	const records = 10_000
	l := newLines()
	l.add(header{format, version, 1, "0", 0})
	l.add(record{Seq: 1, Op: opWhole})
	for i := range int64(records) {
		l.add(record{Seq: i + 2, Op: opCreated, ID: i + 1, Rev: 1795813201348877 + i, Text: strings.Repeat("x", 100)})
	}
	f, _ := diskOf("log", l.Bytes()).Open("log")
	b.SetBytes(int64(l.Len()))
	b.ReportAllocs()
	for b.Loop() {
		loader, err := newLoader("log", f, func(string) {})
		if err != nil {
			b.Fatal(err)
		}
		if err := loader.load(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}
