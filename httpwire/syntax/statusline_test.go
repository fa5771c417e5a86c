package syntax

import (
	"strings"
	"testing"
)

// responseCase is the head of a response and what the parser has to say to it, as
// headCase is for requests.
type responseCase struct {
	name   string
	in     string
	limits HeadLimits
	method string // of the request, GET if empty
	want   *Rule
}

// okHead returns the head of a response with the given field lines.
func okHead(lines string) string { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n" }

var responseCases = []responseCase{
	{name: "9112_4_plain", in: okHead("Content-Length: 5\r\n")},
	{name: "9112_4_no_field", in: okHead("")},
	{name: "9112_4_reason_of_words", in: "HTTP/1.1 404 Not \tthere, sorry \r\n\r\n"},
	{name: "9112_4_reason_beyond_ascii", in: "HTTP/1.1 200 d\xe9j\xe0 vu\r\n\r\n"},
	{name: "9112_4_no_reason", in: "HTTP/1.1 200 \r\n\r\n"},
	{name: "9112_4_no_space_after_code", in: "HTTP/1.1 200\r\n\r\n"},
	{name: "9112_2.3_other_minor_version", in: "HTTP/1.7 200 OK\r\n\r\n"},
	{name: "9110_15_unregistered_code", in: "HTTP/1.1 799 Strange\r\n\r\n"},
	{name: "9112_4_empty_line_first", in: "¶\r\nHTTP/1.1 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_2.3_another_protocol", in: "¶ICY 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_2.3_lower_case_in_response", in: "¶http/1.1 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_2.3_other_major_version", in: "HTTP/¶2.0 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_2.3_letter_as_minor_version", in: "HTTP/1.¶d 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_2.3_no_minor_version", in: "HTTP/1¶ 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_version_alone", in: "HTTP/1.1¶\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_two_spaces", in: "HTTP/1.1 ¶ 200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_tab", in: "HTTP/1.1¶\t200 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_two_digits", in: "HTTP/1.1 20¶ OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_two_digits_alone", in: "HTTP/1.1 20¶\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_four_digits", in: "HTTP/1.1 200¶0 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_letter_in_code", in: "HTTP/1.1 2¶x0 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_letter_of_the_form", in: "HTTP/1.1 20¶d OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_nul_in_code", in: "HTTP/1.1 2¶\x000 OK\r\n\r\n", want: BadStatusLine},
	{name: "9112_4_nul_in_reason", in: "HTTP/1.1 200 O¶\x00K\r\n\r\n", want: BadReason},
	{name: "9112_4_escape_in_reason", in: "HTTP/1.1 200 ¶\x1b[31m\r\n\r\n", want: BadReason},
	{name: "9112_2.2_bare_lf_in_response", in: "HTTP/1.1 200 OK¶\nServer: x\n\n", want: BareLF},
	{name: "9112_2.2_bare_cr_in_response", in: "HTTP/1.1 200 O¶\rK\r\n\r\n", want: BareCR},
	{name: "9112_2.2_bare_lf_in_value_of_response", in: okHead("Server: x¶\nY: z\r\n"), want: BareLF},
	{name: "9112_2.2_space_before_first_field_of_response", in: okHead("¶ Server: x\r\n"), want: LeadingSpace},
	{name: "9112_5.2_fold_in_response", in: okHead("Server: x\r\n¶ y\r\n"), want: ObsFold},
	{name: "9112_5.1_space_before_colon_in_response", in: okHead("Server¶ : x\r\n"), want: SpaceBeforeColon},
	{name: "9112_5_no_colon_in_response", in: okHead("Server¶\r\n"), want: NoColon},
	{name: "9112_5_no_name_in_response", in: okHead("¶: x\r\n"), want: EmptyFieldName},
	{name: "9112_5_bad_name_in_response", in: okHead("Ser¶(ver: x\r\n"), want: BadFieldName},
	{name: "9110_5.5_nul_in_response", in: okHead("Server: ¶\x00\r\n"), want: NULInValue},
	{name: "9110_5.5_delete_in_response", in: okHead("Server: a¶\x7f\r\n"), want: BadFieldValue},
	{name: "9110_5.4_fields_of_response", in: okHead("A: b\r\n¶C: d\r\n"), limits: HeadLimits{Fields: 1},
		want: TooManyFields},
	{name: "9110_5.4_status_line_too_long", in: "HTTP/1.1 200 aaa¶a\r\n\r\n", limits: HeadLimits{Head: 20},
		want: HeadTooLarge},
	{name: "9110_5.4_status_line_that_fits", in: "HTTP/1.1 200 aaa\r\n\r\n", limits: HeadLimits{Head: 20}},
	{name: "9110_5.4_head_of_response_too_large", in: "HTTP/1.1 200\r\nA: ¶b\r\n\r\n", limits: HeadLimits{Head: 21},
		want: HeadTooLarge},

	{name: "9110_8.6_equal_lengths", in: okHead("Content-Length: 5\r\nA: b\r\ncontent-length: 05\r\n")},
	{name: "9110_8.6_other_length", in: okHead("Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: ¶6\r\n"),
		want: RepeatedLength},
	{name: "9110_8.6_zero_and_another", in: okHead("Content-Length: 0\r\nContent-Length: ¶6\r\n"),
		want: RepeatedLength},
	{name: "9112_6.3_list_of_equal_lengths", in: okHead("Content-Length: 5, 5\r\n")},
	{name: "9112_6.3_list_with_empty_members", in: okHead("Content-Length: ,5,\t, 05\r\nContent-Length: 5\r\n")},
	{name: "9112_6.3_list_of_other_lengths", in: okHead("Content-Length: 5, ¶6\r\n"), want: RepeatedLength},
	{name: "9112_6.3_list_and_another_line", in: okHead("Content-Length: 5, 5\r\nContent-Length: ¶6\r\n"),
		want: RepeatedLength},
	{name: "9112_6.3_list_with_a_bad_length", in: okHead("Content-Length: 5, ¶x\r\n"), want: BadLength},
	{name: "9112_6.3_two_lengths_and_no_comma", in: okHead("Content-Length: 5¶ 5\r\n"), want: BadLength},
	{name: "9112_6.3_list_of_nothing", in: okHead("Content-Length: ¶, ,\r\n"), want: BadLength},
	{name: "9112_6.3_list_of_nothing_after_a_length", in: okHead("Content-Length: 5\r\nContent-Length: ¶,\r\n"),
		want: BadLength},
	{name: "9110_8.6_sign_in_response", in: okHead("Content-Length: ¶+5\r\n"), want: BadLength},
	{name: "9110_8.6_empty_in_response", in: okHead("Content-Length:¶\r\n"), want: BadLength},
	{name: "9110_8.6_overflow_in_response", in: okHead("Content-Length: 922337203685477580¶8\r\n"),
		want: LengthOverflow},
	{name: "9110_8.6_bad_next_to_chunked", in: okHead("Content-Length: ¶x\r\nTransfer-Encoding: chunked\r\n"),
		want: BadLength},
	{name: "9110_8.6_bad_in_answer_to_head", in: okHead("Content-Length: ¶x\r\n"), method: "HEAD", want: BadLength},
	{name: "9112_6.3_both_in_response", in: okHead("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
}

// TestStatusLine parses each head whole, octet by octet, cut at every offset, and
// with a response after it: always with the same verdict.
func TestStatusLine(t *testing.T) {
	const following = "HTTP/1.1 204 No Content\r\n\r\n"
	for _, c := range responseCases {
		t.Run(c.name, func(t *testing.T) {
			in, offset := unmark(c.in)
			want := wanted(in, offset, c.want)
			for _, after := range []string{"", following} {
				for way, lengths := range splits(len(in + after)) {
					p := ResponseParser{Limits: c.limits, Method: c.method}
					if got := parseHead(t, &p, in+after, lengths); got != want {
						t.Errorf("%q, %s: %v, want %v", in+after, way, got, want)
					}
				}
			}
			if c.want != nil {
				p := ResponseParser{Limits: c.limits, Method: c.method}
				if got := parseHead(t, &p, in, []int{offset}); got != (verdict{}) {
					t.Errorf("%q, the octets before the mark: %v, want %v", in, got, verdict{})
				}
			}
		})
	}
}

// The parts of an accepted head tile it, those of a refused one whole lines.
func TestResponseSpansTile(t *testing.T) {
	for _, c := range responseCases {
		in, _ := unmark(c.in)
		trace := tiles{t: t}
		p := ResponseParser{Limits: c.limits, Method: c.method, Span: trace.report}
		got := parseHead(t, &p, in, []int{len(in)})
		if c.want == nil && trace.end != int64(got.accepted) {
			t.Errorf("%s: spans end at %d, want %d", c.name, trace.end, got.accepted)
		}
		if trace.end != 0 && !strings.HasSuffix(in[:trace.end], "\r\n") {
			t.Errorf("%s: spans end at %d, where no line ends", c.name, trace.end)
		}
	}
}

// A parser that is used again remembers nothing.
func TestResponseReset(t *testing.T) {
	var p ResponseParser
	for _, c := range responseCases {
		in, offset := unmark(c.in)
		p.Reset()
		p.Limits, p.Method = c.limits, c.method
		if got, want := parseHead(t, &p, in, []int{len(in)}), wanted(in, offset, c.want); got != want {
			t.Errorf("%s, after the other cases: %v, want %v", c.name, got, want)
		}
	}
}

// The parts of a status-line, and what follows from it.
func TestResponseHead(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		minor  int
		status int
		reason string
	}{
		{"9112_4_reason", "HTTP/1.1 200 All is well\r\n\r\n", 1, 200, "All is well"},
		{"9112_4_reason_of_spaces", "HTTP/1.1 200   \r\n\r\n", 1, 200, "  "},
		{"9112_4_empty_reason", "HTTP/1.0 503 \r\n\r\n", 0, 503, ""},
		{"9112_4_no_reason", "HTTP/1.9 099\r\n\r\n", 9, 99, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := decidedResponse(t, "GET", tt.in)
			if h.Minor != tt.minor || h.Status != tt.status || h.Reason.In(tt.in) != tt.reason {
				t.Errorf("got HTTP/1.%d, %d, %q", h.Minor, h.Status, h.Reason.In(tt.in))
			}
		})
	}
}

// How long the body is, and whether another response can come after it.
func TestResponseFraming(t *testing.T) {
	const (
		ok     = "HTTP/1.1 200 OK\r\n"
		old    = "HTTP/1.0 200 OK\r\n"
		length = "Content-Length: 5\r\n"
	)
	none := func(rule FramingRule) Framing { return Framing{Kind: NoBody, Rule: rule} }
	chunked, five := Framing{Kind: Chunked, Rule: CodingIsChunked}, Framing{ContentLength, 5, LengthGiven}
	notFinal, untilClose := Framing{Kind: CloseDelimited, Rule: CodingNotFinal}, Framing{Kind: CloseDelimited,
		Rule: UntilClose}
	tests := []struct {
		name, method, in string
		want             Framing
		persistent, both bool
	}{
		{"9112_6.3_rule_1_head", "HEAD", ok + length, none(AnswerToHEAD), true, false},
		{"9112_6.3_rule_1_head_chunked", "HEAD", ok + "Transfer-Encoding: chunked\r\n", none(AnswerToHEAD), true,
			false},
		{"9112_6.3_rule_1_interim", "GET", "HTTP/1.1 100 Continue\r\n" + length, none(NoContentStatus), true, false},
		{"9112_6.3_rule_1_204", "GET", "HTTP/1.1 204 No Content\r\n", none(NoContentStatus), true, false},
		{"9112_6.3_rule_1_304", "GET", "HTTP/1.1 304 Not Modified\r\n" + length, none(NoContentStatus), true, false},
		{"9112_6.3_rule_2_tunnel", "CONNECT", ok + length, none(Tunnel), true, false},
		{"9112_6.3_rule_2_no_tunnel", "CONNECT", "HTTP/1.1 407 No\r\n" + length, five, true, false},
		{"9112_6.3_rule_4_chunked", "GET", ok + "Transfer-Encoding: Chunked\r\n", chunked, true, false},
		{"9112_6.3_rule_4_after_gzip", "GET", ok + "Transfer-Encoding: gzip,\tchunked , \r\n", chunked, true, false},
		{"9112_6.3_rule_4_on_two_lines", "GET",
			ok + "Transfer-Encoding: gzip\r\nA: b\r\nTransfer-Encoding: chunked\r\n", chunked, true, false},
		{"9112_6.3_rule_4_not_last", "GET", ok + "Transfer-Encoding: chunked, gzip\r\n", notFinal, false, false},
		{"9112_6.3_rule_4_not_last_line", "GET", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
			notFinal, false, false},
		{"9112_6.3_rule_4_with_parameter", "GET", ok + "Transfer-Encoding: chunked;q=1\r\n", notFinal, false, false},
		{"9112_6.3_rule_4_empty", "GET", ok + "Transfer-Encoding:\r\n" + length, notFinal, false, true},
		{"9112_6.3_rule_3_both", "GET", ok + length + "Transfer-Encoding: chunked\r\n", chunked, true, true},
		{"9112_6.1_chunked_in_1_0", "GET", old + "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", chunked,
			false, false},
		{"9112_6.3_rule_6_length", "GET", ok + length, five, true, false},
		{"9112_6.3_rule_6_twice", "GET", ok + length + length, five, true, false},
		{"9112_6.3_rule_5_list", "GET", ok + "Content-Length: 5, 5\r\n", five, true, false},
		{"9112_6.3_rule_6_reset_content", "GET", "HTTP/1.1 205 Reset Content\r\n" + length, five, true, false},
		{"9112_6.3_rule_8_until_close", "GET", ok, untilClose, false, false},
		{"9112_9.3_close", "GET", ok + length + "Connection: x, Close\r\n", five, false, false},
		{"9112_9.3_close_and_keep_alive", "GET", old + length + "Connection: keep-alive, close\r\n", five, false,
			false},
		{"9112_9.3_keep_alive", "GET", old + length + "Connection: Keep-Alive\r\n", five, true, false},
		{"9112_9.3_1_0", "GET", old + length, five, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := decidedResponse(t, tt.method, tt.in+"\r\n")
			if h.Framing != tt.want || h.Persistent != tt.persistent || h.BothLengths != tt.both {
				t.Errorf("framing %v (%v), persistent %t, both %t; want %v (%v), %t, %t", h.Framing, h.Framing.Rule,
					h.Persistent, h.BothLengths, tt.want, tt.want.Rule, tt.persistent, tt.both)
			}
		})
	}
}

// decidedResponse returns the head that the parser accepts.
func decidedResponse(t *testing.T, method, in string) *ResponseHead {
	t.Helper()
	p := ResponseParser{Method: method}
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	return p.Head()
}

// headOfServer is what a server such as this one sends for a plain GET.
const headOfServer = "HTTP/1.1 200 OK\r\n" +
	"Date: Sat, 21 Nov 2026 09:00:00 GMT\r\n" +
	"Content-Type: application/json\r\n" +
	"ETag: \"7d44a0d6f1c9\"\r\n" +
	"Transfer-Encoding: chunked\r\n" +
	"Connection: keep-alive\r\n" +
	"\r\n"

func TestResponseAllocatesNothing(t *testing.T) {
	window := []byte(headOfServer)
	var p ResponseParser
	allocs := testing.AllocsPerRun(100, func() {
		p.Reset()
		if n, err := p.Parse(window); n != len(window) || err != nil {
			t.Fatalf("Parse = %d, %v; want %d", n, err, len(window))
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

func BenchmarkHeadOfResponse(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(headOfServer)))
	window := []byte(headOfServer)
	var p ResponseParser
	for b.Loop() {
		p.Reset()
		if n, err := p.Parse(window); n != len(window) || err != nil {
			b.Fatalf("Parse = %d, %v; want %d", n, err, len(window))
		}
	}
}
