package syntax

import (
	"slices"
	"strings"
	"testing"
)

// fuzzSplits returns some of the ways to hand over n octets: whole, octet by
// octet, and cut at a few offsets.
func fuzzSplits(n int) [][]int {
	var ways [][]int
	i := 0
	for _, lengths := range splits(n) {
		if i < 2 || (i-2)%(1+n/16) == 0 {
			ways = append(ways, lengths)
		}
		i++
	}
	return ways
}

// FuzzHead compares the parser with the grammar as regular expressions, and with
// itself at other splits.
func FuzzHead(f *testing.F) {
	for _, c := range allHeads() {
		in, _ := unmark(c.in)
		f.Add(in)
	}
	f.Add(headOfCurl)
	f.Add(headOfBrowser)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) == 0 || len(in) > 1<<10 {
			return
		}
		trace := tiles{t: t}
		p := HeadParser{Limits: HeadLimits{Fields: -1}, Span: trace.report}
		got := parseHead(t, &p, in, []int{len(in)})
		for _, lengths := range fuzzSplits(len(in)) {
			again := HeadParser{Limits: p.Limits}
			if v := parseHead(t, &again, in, lengths); v != got {
				t.Errorf("%q: %v whole, %v in reads that end at %v", in, got, v, lengths)
			}
		}
		want := oracleHead(in)
		switch {
		case got.accepted > 0 && want == nil:
			t.Errorf("%q: %v, the grammar refuses it", in, got)
		case got.accepted > 0:
			if trace.end != int64(got.accepted) {
				t.Errorf("%q: spans end at %d, want %d", in, trace.end, got.accepted)
			}
			compareHead(t, in, &p, got.accepted, want)
		case want != nil:
			t.Errorf("%q: %v, grammar_test.go accepts %d octets", in, got, want.octets)
		case trace.end != 0 && !strings.HasSuffix(in[:trace.end], "\r\n"):
			t.Errorf("%q: spans end at %d, where no line ends", in, trace.end)
		case got.rule != "":
			before := HeadParser{Limits: p.Limits}
			if v := parseHead(t, &before, in, []int{got.offset}); v != (verdict{}) {
				t.Errorf("%q: %v, but %v in what stands before", in, got, v)
			}
		}
	})
}

// compareHead compares the parts of an accepted head with what the oracle reads.
func compareHead(t *testing.T, in string, p *HeadParser, accepted int, want *spoken) {
	t.Helper()
	h := p.Head()
	got := spoken{
		octets: accepted, method: h.Method.In(in), target: h.Target.In(in), form: h.Form, scheme: h.Scheme.In(in),
		authority: h.Authority.In(in), path: h.Path.In(in), query: h.Query.In(in), hostIs: h.Host.In(in),
		minor: h.Minor, framing: h.Framing.String(),
	}
	for _, f := range h.Fields {
		got.fields = append(got.fields, f.NameIn(in), f.ValueIn(in))
	}
	if !slices.Equal(got.fields, want.fields) {
		t.Errorf("%q: fields %q, want %q", in, got.fields, want.fields)
	}
	got.fields, want.fields = nil, nil
	if g, w := got, *want; !equalSpoken(g, w) {
		t.Errorf("%q: %+v, want %+v", in, g, w)
	}
}

func equalSpoken(a, b spoken) bool {
	return a.octets == b.octets && a.method == b.method && a.target == b.target && a.form == b.form &&
		a.scheme == b.scheme && a.authority == b.authority && a.path == b.path && a.query == b.query &&
		a.hostIs == b.hostIs && a.minor == b.minor && a.framing == b.framing
}

// FuzzResponse compares the parser of responses with the grammar as regular
// expressions, and with itself at other splits.
func FuzzResponse(f *testing.F) {
	for _, c := range responseCases {
		in, _ := unmark(c.in)
		f.Add(in, c.method)
	}
	f.Add(headOfServer, "GET")
	f.Fuzz(func(t *testing.T, in, method string) {
		if len(in) == 0 || len(in) > 1<<10 {
			return
		}
		trace := tiles{t: t}
		p := ResponseParser{Limits: HeadLimits{Fields: -1}, Method: method, Span: trace.report}
		got := parseHead(t, &p, in, []int{len(in)})
		for _, lengths := range fuzzSplits(len(in)) {
			again := ResponseParser{Limits: p.Limits, Method: method}
			if v := parseHead(t, &again, in, lengths); v != got {
				t.Errorf("%q: %v whole, %v in reads that end at %v", in, got, v, lengths)
			}
		}
		want := oracleResponse(in, method)
		switch {
		case got.accepted > 0 && want == nil:
			t.Errorf("%q: %v, the grammar refuses it", in, got)
		case got.accepted > 0:
			if trace.end != int64(got.accepted) {
				t.Errorf("%q: spans end at %d, want %d", in, trace.end, got.accepted)
			}
			compareResponse(t, in, p.Head(), got.accepted, want)
		case want != nil:
			t.Errorf("%q: %v, grammar_test.go accepts %d octets", in, got, want.octets)
		case trace.end != 0 && !strings.HasSuffix(in[:trace.end], "\r\n"):
			t.Errorf("%q: spans end at %d, where no line ends", in, trace.end)
		case got.rule != "":
			before := ResponseParser{Limits: p.Limits, Method: method}
			if v := parseHead(t, &before, in, []int{got.offset}); v != (verdict{}) {
				t.Errorf("%q: %v, but %v in what stands before", in, got, v)
			}
		}
	})
}

// compareResponse compares the parts of an accepted head with what the oracle reads.
func compareResponse(t *testing.T, in string, h *ResponseHead, accepted int, want *answered) {
	t.Helper()
	var fields []string
	for _, f := range h.Fields {
		fields = append(fields, f.NameIn(in), f.ValueIn(in))
	}
	if !slices.Equal(fields, want.fields) {
		t.Errorf("%q: fields %q, want %q", in, fields, want.fields)
	}
	if accepted != want.octets || h.Minor != want.minor || h.Status != want.status || h.Reason.In(in) != want.reason {
		t.Errorf("%q: %d octets, HTTP/1.%d, %d, %q; want %+v", in, accepted, h.Minor, h.Status, h.Reason.In(in), want)
	}
	if h.Framing.String() != want.framing || h.Persistent != want.persistent || h.BothLengths != want.both {
		t.Errorf("%q: %v, persistent %t, both %t; want %+v", in, h.Framing, h.Persistent, h.BothLengths, want)
	}
}

// FuzzTarget compares what the parser makes of a target, and of the same octets
// as Host, with the grammar.
func FuzzTarget(f *testing.F) {
	for _, c := range append(targetCases, hostCases...) {
		in, _ := unmark(c.in)
		if groups := octets(`^[A-Z]+ ([^ ]+) HTTP`).groups(in); groups != nil {
			f.Add(groups[1])
		}
		if groups := octets(`Host: ([^\r]+)`).groups(in); groups != nil {
			f.Add(groups[1])
		}
	}
	f.Fuzz(func(t *testing.T, target string) {
		if len(target) > 1<<10 {
			return
		}
		for _, in := range []string{getHead(target), optionsHead(target), connectHead(target), hostHead(target)} {
			var p HeadParser
			got, want := parseHead(t, &p, in, []int{len(in)}), oracleHead(in)
			switch {
			case got.accepted > 0 && want != nil:
				compareHead(t, in, &p, got.accepted, want)
			case got.accepted > 0 || want != nil:
				t.Errorf("%q: %v, the grammar says %+v", in, got, want)
			}
		}
	})
}

// FuzzChunked compares the decoder with the grammar as regular expressions, and
// with itself at other splits.
func FuzzChunked(f *testing.F) {
	for _, c := range chunkedCases {
		in, _ := unmark(c.in)
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) == 0 || len(in) > 1<<10 {
			return
		}
		limits := ChunkLimits{Line: -1, Trailer: -1, Fields: -1}
		trace := tiles{t: t}
		d := ChunkDecoder{Limits: limits, Span: trace.report}
		got := decodeChunked(t, &d, in, []int{len(in)})
		for _, lengths := range fuzzSplits(len(in)) {
			again := ChunkDecoder{Limits: limits}
			if v := decodeChunked(t, &again, in, lengths); v != got {
				t.Errorf("%q: %+v whole, %+v in reads that end at %v", in, got, v, lengths)
			}
		}
		want, ok := oracleChunked(in)
		switch {
		case ok != (got.accepted > 0) || ok && got != want:
			t.Errorf("%q: %+v, the grammar says %+v, %t", in, got, want, ok)
		case ok && trace.end != int64(got.accepted):
			t.Errorf("%q: spans end at %d, want %d", in, trace.end, got.accepted)
		case got.rule != "" && trace.end > int64(got.offset):
			t.Errorf("%q: %v, but spans end at %d", in, got.verdict, trace.end)
		case got.rule != "":
			before := ChunkDecoder{Limits: limits}
			if v := decodeChunked(t, &before, in, []int{got.offset}); v.verdict != (verdict{}) {
				t.Errorf("%q: %v, but %v in what stands before", in, got.verdict, v.verdict)
			}
		}
	})
}
