package syntax

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// chunkedCase is a chunked body and what the decoder has to make of it: want is
// broken at the mark; without a rule the body is accepted.
type chunkedCase struct {
	name    string
	in      string
	limits  ChunkLimits
	want    *Rule
	data    string
	trailer string
}

var chunkedCases = []chunkedCase{
	{name: "9112_7.1_empty", in: "0\r\n\r\n"},
	{name: "9112_7.1_one_chunk", in: "5\r\nhello\r\n0\r\n\r\n", data: "hello"},
	{name: "9112_7.1_two_chunks", in: "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", data: "abc"},
	{name: "9112_7.1_hexadecimal", in: "aB\r\n" + strings.Repeat("x", 0xab) + "\r\n0\r\n\r\n", data: strings.Repeat("x", 0xab)},
	{name: "9112_7.1_line_ends_in_data", in: "6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", data: "\r\n0\r\n\r"},
	{name: "9112_7.1_leading_zeros", in: "00000000000000000000001\r\na\r\n000\r\n\r\n", data: "a"},
	{name: "9112_7.1_size_missing", in: "¶\r\nhello\r\n", want: BadChunkSize},
	{name: "9112_7.1_no_hexadecimal", in: "¶g\r\n", want: BadChunkSize},
	{name: "9112_7.1_0x", in: "0¶x5\r\nhello\r\n", want: BadChunkSize},
	{name: "9112_7.1_minus", in: "¶-1\r\n", want: BadChunkSize},
	{name: "9112_7.1_plus", in: "¶+5\r\nhello\r\n", want: BadChunkSize},
	{name: "9112_7.1_space_first", in: "¶ 5\r\nhello\r\n", want: BadChunkSize},
	{name: "9112_7.1_underscore", in: "1¶_0\r\n", want: BadChunkSize},
	{name: "9112_7.1_comma", in: "5¶,5\r\n", want: BadChunkSize},
	{name: "9112_7.1_nul", in: "5¶\x00\r\n", want: BadChunkSize},
	{name: "9112_7.1_semicolon_first", in: "¶;a\r\n", want: BadChunkSize},
	{name: "9112_7.1_too_large", in: "800000000000000¶0\r\n", want: ChunkSizeOverflow},
	{name: "9112_7.1_seventeen_digits", in: "1000000000000000¶0\r\n", want: ChunkSizeOverflow},
	{name: "9112_7.1_overflow_after_zeros", in: "000fffffffffffffff¶f\r\n", want: ChunkSizeOverflow},
	{name: "9112_7.1_bare_lf", in: "5¶\nhello\n0\n\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_lf_first", in: "¶\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_cr", in: "5¶\rhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_cr_first", in: "¶\r5\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_two_cr", in: "5¶\r\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_cr_in_extension", in: "5;a¶\rb\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_lf_in_quotes", in: "5;a=\"b¶\nc\"\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_cr_in_quotes", in: "5;a=\"b¶\rc\"\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_bare_cr_quoted", in: "5;a=\"b\\¶\rc\"\r\nhello\r\n", want: BadChunkLineEnd},
	{name: "9112_7.1_data_too_long", in: "5\r\nhello¶!\r\n0\r\n\r\n", want: BadChunkEnd},
	{name: "9112_7.1_data_too_short", in: "5\r\nhell\r¶\n0\r\n\r\n", want: BadChunkEnd},
	{name: "9112_7.1_bare_lf_after_data", in: "5\r\nhello¶\n0\r\n\r\n", want: BadChunkEnd},
	{name: "9112_7.1_bare_cr_after_data", in: "5\r\nhello\r¶0\r\n\r\n", want: BadChunkEnd},
	{name: "9112_7.1_no_line_end_after_data", in: "5\r\nhello¶0\r\n\r\n", want: BadChunkEnd},

	{name: "9112_7.1.1_extension", in: "1;a\r\nx\r\n0;b\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_value", in: "1;a=b\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_several", in: "1;a=b;c;d=\"e\"\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_quoted_string", in: "1;a=\";b\t\\\"\\\\ \x80\"\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_empty_quoted_string", in: "1;a=\"\"\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_bad_white_space", in: "1 \t; a \t= b ;c\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_bad_white_space_before_quotes", in: "1;a = \"b\" ; c\r\nx\r\n0\r\n\r\n", data: "x"},
	{name: "9112_7.1.1_semicolon_alone", in: "5;¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_two_semicolons", in: "5;¶;a\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_value_missing", in: "5;a=¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_name_missing", in: "5;¶=b\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_space_after_size", in: "5 ¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_space_after_name", in: "5;a ¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_space_after_value", in: "5;a=b ¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_two_sizes", in: "5 ¶5\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_two_values", in: "5;a=b ¶c\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_octet_not_in_token", in: "5;a¶/b\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_quote_not_closed", in: "5;a=\"b¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_quote_ends_in_pair", in: "5;a=\"b\\\"¶\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_nul_in_quotes", in: "5;a=\"b¶\x00\"\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_nul_quoted", in: "5;a=\"b\\¶\x00\"\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_text_after_quotes", in: "5;a=\"b\"¶c\r\nhello\r\n", want: BadChunkExtension},
	{name: "9112_7.1.1_line_at_limit", in: "1;abcdefgh\r\nx\r\n0\r\n\r\n", limits: ChunkLimits{Line: 10}, data: "x"},
	{name: "9112_7.1.1_line_too_long", in: "1;abcdefgh¶i\r\nx\r\n0\r\n\r\n", limits: ChunkLimits{Line: 10}, want: ChunkLineTooLong},
	{name: "9112_7.1.1_size_never_ends", in: "0000000000¶0000000000", limits: ChunkLimits{Line: 10}, want: ChunkLineTooLong},
	{name: "9112_7.1.1_no_limit", in: "1;abcdefgh\r\nx\r\n0\r\n\r\n", limits: ChunkLimits{Line: -1}, data: "x"},

	{name: "9112_7.1.2_trailer", in: "0\r\nA: b\r\n\r\n", trailer: "[A: b]"},
	{name: "9112_7.1.2_several", in: "1\r\nx\r\n0\r\nA: b\r\na:\t c \r\nD:\r\n\r\n", data: "x", trailer: "[A: b][a: c][D: ]"},
	{name: "9110_6.5.1_framing_in_trailer", in: "0\r\nContent-Length: 5\r\nA: b\r\ntransfer-encoding: chunked\r\n\r\n", trailer: "[A: b]"},
	{name: "9110_6.5.1_routing_in_trailer", in: "0\r\nHOST: b\r\nAuthorization: c\r\nCookie: d\r\n\r\n"},
	{name: "9112_7.1.2_bare_lf", in: "0\r\nA: b¶\n\r\n", want: BareLF},
	{name: "9112_7.1.2_bare_lf_at_end", in: "0\r\nA: b\r\n¶\n", want: BareLF},
	{name: "9112_7.1.2_bare_cr", in: "0\r\nA: b¶\rc\r\n\r\n", want: BareCR},
	{name: "9112_7.1.2_bare_cr_at_end", in: "0\r\n¶\rX", want: BareCR},
	{name: "9112_7.1.2_fold", in: "0\r\nA: b\r\n¶ c\r\n\r\n", want: ObsFold},
	{name: "9112_7.1.2_space_first", in: "0\r\n¶ A: b\r\n\r\n", want: ObsFold},
	{name: "9112_7.1.2_space_after_dropped_field", in: "0\r\nHost: a\r\n¶ b\r\n\r\n", want: ObsFold},
	{name: "9112_7.1.2_no_colon", in: "0\r\nA¶\r\n\r\n", want: NoColon},
	{name: "9112_7.1.2_space_before_colon", in: "0\r\nA¶ : b\r\n\r\n", want: SpaceBeforeColon},
	{name: "9112_7.1.2_nul", in: "0\r\nA: ¶\x00\r\n\r\n", want: NULInValue},
	{name: "9112_7.1.2_request_for_trailer", in: "0\r\nGET¶ / HTTP/1.1\r\n\r\n", want: BadFieldName},
	{name: "6585_5_trailer_at_limit", in: "0\r\nA: b\r\nC: d\r\n\r\n", limits: ChunkLimits{Trailer: 12}, trailer: "[A: b][C: d]"},
	{name: "6585_5_trailer_too_large", in: "0\r\nA: b\r\nC: ¶d\r\n\r\n", limits: ChunkLimits{Trailer: 11}, want: TrailerTooLarge},
	{name: "6585_5_no_room_in_trailer", in: "0\r\nA: b\r\n¶C: d\r\n\r\n", limits: ChunkLimits{Trailer: 6}, want: TrailerTooLarge},
	{name: "6585_5_trailer_never_ends", in: "0\r\nA: b567890¶1234567890", limits: ChunkLimits{Trailer: 12}, want: TrailerTooLarge},
	{name: "6585_5_as_many_trailer_fields_as_allowed", in: "0\r\nA: b\r\nC: d\r\n\r\n", limits: ChunkLimits{Fields: 2}, trailer: "[A: b][C: d]"},
	{name: "6585_5_too_many_trailer_fields", in: "0\r\nA: b\r\n¶C: d\r\n\r\n", limits: ChunkLimits{Fields: 1}, want: TooManyFields},
	{name: "6585_5_dropped_fields_count", in: "0\r\nHost: b\r\n¶C: d\r\n\r\n", limits: ChunkLimits{Fields: 1}, want: TooManyFields},
	{name: "6585_5_broken_field_too_many", in: "0\r\nA: b\r\n¶C : d\r\n\r\n", limits: ChunkLimits{Fields: 1}, want: TooManyFields},
}

// Each case is decoded in every split, alone and with a request after it:
// always with the same verdict.
func TestChunked(t *testing.T) {
	for _, c := range chunkedCases {
		t.Run(c.name, func(t *testing.T) {
			in, offset := unmark(c.in)
			want := decoded{wanted(in, offset, c.want), c.data, c.trailer}
			for _, after := range []string{"", pipelined} {
				for way, lengths := range splits(len(in + after)) {
					d := ChunkDecoder{Limits: c.limits}
					got := decodeChunked(t, &d, in+after, lengths)
					if c.want != nil {
						got.data = "" // what came before the error
					}
					if got != want {
						t.Errorf("%q, %s: %+v, want %+v", in+after, way, got, want)
					}
				}
			}
			if c.want != nil {
				d := ChunkDecoder{Limits: c.limits}
				if got := decodeChunked(t, &d, in, []int{offset}); got.verdict != (verdict{}) {
					t.Errorf("%q, the octets before the mark: %v, want %v", in, got.verdict, verdict{})
				}
			}
		})
	}
}

// The parts of an accepted body tile it, at every split; those of a refused one
// end before the error.
func TestChunkedSpansTile(t *testing.T) {
	for _, c := range chunkedCases {
		in, _ := unmark(c.in)
		for way, lengths := range splits(len(in)) {
			trace := tiles{t: t}
			d := ChunkDecoder{Limits: c.limits, Span: trace.report}
			got := decodeChunked(t, &d, in, lengths)
			if c.want == nil && trace.end != int64(got.accepted) || c.want != nil && trace.end > int64(got.offset) {
				t.Errorf("%s, %s: spans end at %d, want %v", c.name, way, trace.end, got.verdict)
			}
		}
	}
}

// A caller may take chunk-data from the connection itself.
func TestChunkedSkip(t *testing.T) {
	in := []byte("5\r\nhello\r\n0\r\n\r\n")
	var d ChunkDecoder
	if got := d.Pending(); got != 0 {
		t.Errorf("before the size, Pending() = %d, want 0", got)
	}
	n, _, _, _ := d.Next(in)
	if got := d.Pending(); got != 5 {
		t.Fatalf("after the size, Pending() = %d, want 5", got)
	}
	d.Skip(2)
	d.Skip(0)
	if _, data, _, _ := d.Next(in[n+2:]); string(data) != "llo" {
		t.Errorf("after Skip(2), data = %q, want %q", data, "llo")
	}
	if got := d.Pending(); got != 0 {
		t.Errorf("after the data, Pending() = %d, want 0", got)
	}
}

// Extensions, and zeros before sizes, are bounded in proportion to the data: 16 KiB
// and twice as many octets as there are of data. Sizes alone are not.
func TestChunkedOverhead(t *testing.T) {
	tests := []struct {
		name  string
		chunk string
		data  int // octets in chunk
		want  int // how many are accepted at least, 0 for no end
	}{
		{"9112_7.1.1_one_octet_chunks", "1\r\nx\r\n", 1, 0},
		{"9112_7.1.1_one_octet_chunks_of_padded_size", "0000000000000001\r\nx\r\n", 1, 0},
		{"9112_7.1.1_long_extension", "1;" + strings.Repeat("a", 1000) + "\r\nx\r\n", 1, 16 << 10 / (1004 - 18 - 2)},
		{"9112_7.1.1_many_zeros", strings.Repeat("0", 1001) + "1\r\nx\r\n", 1, 16 << 10 / (1004 - 18 - 2)},
		{"9112_7.1.1_short_extension", "1;a=\"b\"\r\nx\r\n", 1, 0},
		{"9112_7.1.1_extension_in_proportion", "10;" + strings.Repeat("a", 24) + "\r\n0123456789abcdef\r\n", 16, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const most = 10_000
			in := strings.Repeat(tt.chunk, most)
			var d ChunkDecoder
			got := decodeChunked(t, &d, in, []int{len(in)})
			chunks := len(got.data) / tt.data
			if tt.want == 0 {
				if got.verdict != (verdict{}) || chunks != most {
					t.Errorf("%v after %d chunks, want all %d accepted", got.verdict, chunks, most)
				}
				return
			}
			want := verdict{rule: "ChunkOverhead", offset: chunks * len(tt.chunk)}
			if got.verdict != want {
				t.Errorf("%v, want %v", got.verdict, want)
			}
			if chunks < tt.want || chunks > tt.want+1 {
				t.Errorf("%d chunks accepted, want %d", chunks, tt.want)
			}
		})
	}
}

// The README says how many octets of extensions there may be.
func TestChunkOverheadIsSaidAsItIs(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("| chunk extensions, all together | %d KiB + %d × data | 400 |", chunkOverheadFree>>10, chunkOverheadRatio)
	if !strings.Contains(string(readme), want) {
		t.Errorf("the README does not say %q", want)
	}
}

// A line that arrives octet by octet is searched once.
func TestChunkedSearchedOnce(t *testing.T) {
	const n = 1 << 18
	for name, in := range map[string]string{
		"chunk-size line": "1;" + strings.Repeat("a", n),
		"trailer section": "0\r\n" + strings.Repeat("A: b\r\n", n/6),
	} {
		d := ChunkDecoder{Limits: ChunkLimits{Line: -1, Trailer: -1, Fields: -1}}
		window, steps := []byte(in[:min(len(in), maxHeadOctets)]), 0
		consumed := 0
		for i := range window {
			before := d.lines.searched
			n, _, done, err := d.Next(window[consumed : i+1])
			if done || err != nil {
				t.Fatalf("%s: done = %t, error %v", name, done, err)
			}
			if consumed += n; n == 0 {
				steps += d.lines.searched - before
			}
		}
		if steps > len(window) {
			t.Errorf("%s: searched %d octets of %d", name, steps, len(window))
		}
	}
}

// BenchmarkChunked decodes a body of 64 KiB in chunks of several sizes.
func BenchmarkChunked(b *testing.B) {
	for _, size := range []struct {
		name   string
		octets int
	}{{"16", 16}, {"1KiB", 1 << 10}, {"16KiB", 16 << 10}} {
		var in []byte
		for range 64 << 10 / size.octets {
			in = AppendChunkSize(in, size.octets)
			in = append(in, strings.Repeat("x", size.octets)+"\r\n"...)
		}
		in = append(in, "0\r\n\r\n"...)
		b.Run(size.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				var d ChunkDecoder
				for window, done := in, false; !done; {
					n, _, end, err := d.Next(window)
					if err != nil || n == 0 {
						b.Fatalf("Next = %d, %v", n, err)
					}
					window, done = window[n:], end
				}
			}
		})
	}
}
