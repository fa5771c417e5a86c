package syntax

import (
	"math"
	"testing"
)

// framingCases are heads with fields that say how long the body is.
var framingCases = []headCase{
	{name: "9110_8.6_length", in: postHead("Content-Length: 5\r\n")},
	{name: "9110_8.6_zero", in: postHead("Content-Length: 0\r\n")},
	{name: "9110_8.6_leading_zeros", in: postHead("Content-Length: 0000000000000000000000005\r\n")},
	{name: "9110_8.6_largest", in: postHead("Content-Length: 9223372036854775807\r\n")},
	{name: "9110_8.6_one_more", in: postHead("Content-Length: 922337203685477580¶8\r\n"), want: LengthOverflow},
	{name: "9110_8.6_many_digits", in: postHead("Content-Length: 999999999999999999¶99\r\n"), want: LengthOverflow},
	{name: "9110_8.6_empty", in: postHead("Content-Length:¶\r\n"), want: BadLength},
	{name: "9110_8.6_plus", in: postHead("Content-Length: ¶+5\r\n"), want: BadLength},
	{name: "9110_8.6_minus", in: postHead("Content-Length: ¶-5\r\n"), want: BadLength},
	{name: "9110_8.6_hexadecimal", in: postHead("Content-Length: 0¶x5\r\n"), want: BadLength},
	{name: "9110_8.6_underscore", in: postHead("Content-Length: 1¶_0\r\n"), want: BadLength},
	{name: "9110_8.6_two_numbers", in: postHead("Content-Length: 5¶ 5\r\n"), want: BadLength},
	{name: "9110_8.6_arabic_digit", in: postHead("Content-Length: ¶٥\r\n"), want: BadLength},
	{name: "9110_8.6_list", in: postHead("Content-Length: 5¶, 5\r\n"), want: RepeatedLength},
	{name: "9110_8.6_twice", in: postHead("Content-Length: 5\r\n¶content-length: 5\r\n"), want: RepeatedLength},
	{name: "9110_8.6_two_values", in: postHead("Content-Length: 5\r\nA: b\r\n¶Content-Length: 6\r\n"), want: RepeatedLength},
	{name: "9110_8.6_three", in: postHead("Content-Length: 5\r\n¶Content-Length: 5\r\nContent-Length: 5\r\n"), want: RepeatedLength},
	{name: "9112_6.1_chunked", in: postHead("Transfer-Encoding: chunked\r\n")},
	{name: "9112_6.1_any_case", in: postHead("TRANSFER-ENCODING:\tChunkeD \r\n")},
	{name: "9112_6.1_both", in: postHead("Content-Length: 5\r\n¶Transfer-Encoding: chunked\r\n"), want: BothLengths},
	{name: "9112_6.1_both_the_other_way", in: postHead("Transfer-Encoding: chunked\r\n¶Content-Length: 5\r\n"), want: BothLengths},
	{name: "9112_6.1_both_and_broken", in: postHead("Transfer-Encoding: x\r\n¶Content-Length: y\r\n"), want: BothLengths},
	{name: "9112_6.1_in_1_0", in: "POST / HTTP/1.0\r\n¶Transfer-Encoding: chunked\r\n\r\n", want: TransferEncodingIn10},
	{name: "9112_6.1_in_1_0_with_length", in: "POST / HTTP/1.0\r\nContent-Length: 5\r\n¶Transfer-Encoding: chunked\r\n\r\n", want: TransferEncodingIn10},
	{name: "9112_6.1_unknown_coding", in: postHead("Transfer-Encoding: ¶gzip, chunked\r\n"), want: UnknownCoding},
	{name: "9112_6.1_unknown_coding_on_its_own_line", in: postHead("Transfer-Encoding: ¶gzip\r\nTransfer-Encoding: chunked\r\n"), want: UnknownCoding},
	{name: "9112_6.1_unknown_coding_with_parameter", in: postHead("Transfer-Encoding: ¶x;q=1, chunked\r\n"), want: UnknownCoding},
	{name: "9112_6.1_first_of_two_unknown", in: postHead("Transfer-Encoding: ¶x, gzip , chunked\r\n"), want: UnknownCoding},
	{name: "9112_6.1_identity", in: postHead("Transfer-Encoding: ¶identity\r\n"), want: ChunkedNotFinal},
	{name: "9112_6.3_gzip_alone", in: postHead("Transfer-Encoding: ¶gzip\r\n"), want: ChunkedNotFinal},
	{name: "9112_6.3_chunked_not_last", in: postHead("Transfer-Encoding: chunked, ¶gzip\r\n"), want: ChunkedNotFinal},
	{name: "9112_6.1_twice", in: postHead("Transfer-Encoding: chunked,¶chunked\r\n"), want: ChunkedTwice},
	{name: "9112_6.1_twice_on_two_lines", in: postHead("Transfer-Encoding: chunked\r\nA: b\r\nTransfer-Encoding: ¶chunked\r\n"), want: ChunkedTwice},
	{name: "9112_6.1_empty", in: postHead("Transfer-Encoding:¶\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_empty_member_first", in: postHead("Transfer-Encoding: ¶, chunked\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_empty_member_last", in: postHead("Transfer-Encoding: chunked,¶\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_quotes", in: postHead("Transfer-Encoding: ¶\"chunked\"\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_semicolon", in: postHead("Transfer-Encoding: chunked¶;\r\n"), want: BadTransferEncoding},
	{name: "9112_7.1_parameter_of_chunked", in: postHead("Transfer-Encoding: chunked¶;q=1\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_two_words", in: postHead("Transfer-Encoding: x¶ chunked\r\n"), want: BadTransferEncoding},
	{name: "9112_6.1_longer_word", in: postHead("Transfer-Encoding: ¶xchunked\r\n"), want: ChunkedNotFinal},
	{name: "9112_6.1_kelvin_sign", in: postHead("Transfer-Encoding: chun¶\u212Aed\r\n"), want: BadTransferEncoding},
}

func TestFraming(t *testing.T) { testHeads(t, framingCases) }

func TestFramingDecision(t *testing.T) {
	tests := []struct {
		name  string
		lines string
		want  Framing
		text  string
	}{
		{"9112_6.3_rule_7", "", Framing{Kind: NoBody, Rule: NothingGiven}, "none"},
		{"9112_6.3_rule_6", "Content-Length: 0042\r\n", Framing{ContentLength, 42, LengthGiven}, "length 42"},
		{"9112_6.3_rule_6_largest", "Content-Length: 9223372036854775807\r\n",
			Framing{ContentLength, math.MaxInt64, LengthGiven}, "length 9223372036854775807"},
		{"9112_6.3_rule_4", "Transfer-Encoding: chunked\r\n", Framing{Kind: Chunked, Rule: CodingIsChunked}, "chunked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decided(t, postHead(tt.lines)).Framing
			if got != tt.want {
				t.Errorf("framing = %+v, want %+v", got, tt.want)
			}
			if got.String() != tt.text {
				t.Errorf("String() = %q, want %q", got, tt.text)
			}
		})
	}
}

func TestNoContent(t *testing.T) {
	tests := []struct {
		method                  string
		status                  int
		noContent, endsWithHead bool
	}{
		{"GET", 200, false, false},
		{"GET", 206, false, false},
		{"GET", 99, false, false},
		{"GET", 100, true, true},
		{"GET", 199, true, true},
		{"GET", 204, true, true},
		{"GET", 205, true, false},
		{"GET", 304, true, true},
		{"GET", 404, false, false},
		{"HEAD", 200, true, true},
		{"HEAD", 404, true, true},
		{"head", 200, false, false}, // methods are case-sensitive
		{"CONNECT", 101, true, true},
		{"CONNECT", 200, true, true},
		{"CONNECT", 205, true, true},
		{"CONNECT", 299, true, true},
		{"CONNECT", 300, false, false},
		{"CONNECT", 407, false, false},
	}
	for _, tt := range tests {
		if got := NoContent(tt.method, tt.status); got != tt.noContent {
			t.Errorf("NoContent(%s, %d) = %t, want %t", tt.method, tt.status, got, tt.noContent)
		}
		if got := EndsWithHead(tt.method, tt.status); got != tt.endsWithHead {
			t.Errorf("EndsWithHead(%s, %d) = %t, want %t", tt.method, tt.status, got, tt.endsWithHead)
		}
	}
}
