package syntax

import (
	"strings"
	"testing"
)

// hostEnd is the field that every HTTP/1.1 request needs, and the end of a head.
const hostEnd = "Host: a\r\n\r\n"

// lineCases are heads whose lines do not end as they should, or too late.
var lineCases = []headCase{
	{name: "9112_2.1_crlf", in: "GET / HTTP/1.1\r\n" + hostEnd},
	{name: "9112_2.2_empty_line_first", in: "\r\nGET / HTTP/1.1\r\n" + hostEnd},
	{name: "9112_2.2_second_empty_line", in: "\r\n¶\r\nGET / HTTP/1.1\r\n" + hostEnd, want: SecondEmptyLine},
	{name: "9112_2.2_bare_lf_first", in: "¶\nGET / HTTP/1.1\r\n" + hostEnd, want: BareLF},
	{name: "9112_2.2_bare_lf_after_empty_line", in: "\r\n¶\nGET / HTTP/1.1\r\n" + hostEnd, want: BareLF},
	{name: "9112_2.2_bare_lf_ends_request_line", in: "GET / HTTP/1.1¶\n" + hostEnd, want: BareLF},
	{name: "9112_2.2_bare_lf_ends_head", in: "GET / HTTP/1.1\r\nHost: a\r\n¶\n", want: BareLF},
	{name: "9112_2.2_bare_lf_in_method", in: "GE¶\nT / HTTP/1.1\r\n" + hostEnd, want: BareLF},
	{name: "9112_2.2_bare_lf_in_field", in: "GET / HTTP/1.1\r\nA: b¶\nC: d\r\n" + hostEnd, want: BareLF},
	{name: "9112_2.2_bare_cr_first", in: "¶\rGET / HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_after_empty_line", in: "\r\n¶\rGET / HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_method", in: "GE¶\rT / HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_for_space", in: "GET¶\r/ HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_target", in: "GET /a¶\rb HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_unknown_target", in: "GET foo¶\rbar HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_scheme", in: "GET htt¶\rp://a/ HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_authority", in: "GET http://a¶\rb/ HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_ipv6", in: "GET http://[::1¶\r]/ HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_percent", in: "GET /%4¶\r1 HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_connect", in: "CONNECT a:80¶\r0 HTTP/1.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_after_empty_host", in: "GET http://¶:80\rb/ HTTP/1.1\r\n" + hostEnd, want: EmptyTargetHost},
	{name: "9112_2.2_bare_cr_in_version", in: "GET / HTTP/1¶\r.1\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_after_version", in: "GET / HTTP/1.1¶\rHost: a\r\n\r\n", want: BareCR},
	{name: "9112_2.2_bare_cr_after_misplaced_form", in: "GET ¶* HTTP/1.1\rHost: a\r\n\r\n", want: MisplacedAsterisk},
	{name: "9112_2.2_bare_cr_after_wrong_version", in: "GET / HTTP/¶2.0\rHost: a\r\n\r\n", want: UnsupportedVersion},
	{name: "9112_2.2_two_cr", in: "GET / HTTP/1.1¶\r\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_name", in: "GET / HTTP/1.1\r\nA¶\rB: c\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_before_colon", in: "GET / HTTP/1.1\r\nA¶\r: c\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_in_value", in: "GET / HTTP/1.1\r\nA: b¶\rc\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_before_line_end", in: "GET / HTTP/1.1\r\nA: b¶\r\r\n" + hostEnd, want: BareCR},
	{name: "9112_2.2_bare_cr_for_last_line", in: "GET / HTTP/1.1\r\nHost: a\r\n¶\rX\r\n\r\n", want: BareCR},
	{name: "9112_2.2_earlier_error_wins", in: "GET / HTTP/1.1\r\nA¶ : b\rc\n\r\n", want: SpaceBeforeColon},

	{name: "9112_3_request_line_at_limit", in: "GET /12345 HTTP/1.1\r\n" + hostEnd, limits: HeadLimits{RequestLine: 19}},
	{name: "9112_3_request_line_too_long", in: "GET /12345 HTTP/1.¶1\r\n" + hostEnd, limits: HeadLimits{RequestLine: 18}, want: RequestLineTooLong},
	{name: "9112_3_target_never_ends", in: "GET /" + strings.Repeat("a", 25) + "¶" + strings.Repeat("a", 40), limits: HeadLimits{RequestLine: 30}, want: RequestLineTooLong},
	{name: "9112_3_target_without_form_never_ends", in: "GET " + strings.Repeat("a", 26) + "¶" + strings.Repeat("a", 40), limits: HeadLimits{RequestLine: 30}, want: RequestLineTooLong},
	{name: "9112_3_head_smaller_than_request_line", in: "GET /12345678901¶2345678 HTTP/1.1\r\n" + hostEnd, limits: HeadLimits{Head: 20}, want: RequestLineTooLong},
	{name: "9112_3_bare_cr_at_limit", in: "GET / HTTP/1.1¶\rx\r\n" + hostEnd, limits: HeadLimits{RequestLine: 14}, want: BareCR},
	{name: "9112_3_bare_cr_after_limit", in: "GET / HTTP/1.¶1\rx\r\n" + hostEnd, limits: HeadLimits{RequestLine: 13}, want: RequestLineTooLong},
	{name: "9112_3_two_cr_at_limit", in: "GET / HTTP/1.1¶\r\r\n" + hostEnd, limits: HeadLimits{RequestLine: 14}, want: BareCR},
	{name: "9112_3_bare_lf_at_limit", in: "GET / HTTP/1.1¶\n" + hostEnd, limits: HeadLimits{RequestLine: 14}, want: BareLF},
	{name: "9112_3_error_before_limit", in: "GET /¶{" + strings.Repeat("a", 40) + " HTTP/1.1\r\n" + hostEnd, limits: HeadLimits{RequestLine: 30}, want: BadTarget},
	{name: "6585_5_head_at_limit", in: "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n", limits: HeadLimits{Head: 33}},
	{name: "6585_5_head_too_large", in: "GET / HTTP/1.1\r\nHost: a\r\nB: ¶c\r\n\r\n", limits: HeadLimits{Head: 32}, want: HeadTooLarge},
	{name: "6585_5_no_room_for_a_field", in: "GET / HTTP/1.1\r\nHost: a\r\n¶B: c\r\n\r\n", limits: HeadLimits{Head: 28}, want: HeadTooLarge},
	{name: "6585_5_no_room_even_for_its_line_end", in: "GET / HTTP/1.1\r\nHost: a\r\n¶B: c\r\n\r\n", limits: HeadLimits{Head: 27}, want: HeadTooLarge},
	{name: "6585_5_value_never_ends", in: "GET / HTTP/1.1\r\nB: " + strings.Repeat("c", 17) + "¶" + strings.Repeat("c", 40), limits: HeadLimits{Head: 40}, want: HeadTooLarge},
	{name: "6585_5_bare_cr_after_limit", in: "GET / HTTP/1.1\r\nB: cccccccccccccccccc¶c\rcc\r\n\r\n", limits: HeadLimits{Head: 41}, want: HeadTooLarge},
	{name: "6585_5_line_of_fields_too_many", in: "GET / HTTP/1.1\r\nHost: a\r\n¶B: c\r\n\r\n", limits: HeadLimits{Fields: 1}, want: TooManyFields},
	{name: "6585_5_as_many_fields_as_allowed", in: "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n", limits: HeadLimits{Fields: 2}},
	{name: "6585_5_broken_line_of_fields_too_many", in: "GET / HTTP/1.1\r\nHost: a\r\n¶B : c\r\n\r\n", limits: HeadLimits{Fields: 1}, want: TooManyFields},
	{name: "6585_5_cut_line_of_fields_too_many", in: "GET / HTTP/1.1\r\nHost: a\r\n¶B: c\rd\r\n\r\n", limits: HeadLimits{Fields: 1}, want: TooManyFields},
	{name: "6585_5_bare_cr_after_all_fields", in: "GET / HTTP/1.1\r\nHost: a\r\n¶\rB: c\r\n\r\n", limits: HeadLimits{Fields: 1}, want: BareCR},
}

func TestLine(t *testing.T) { testHeads(t, lineCases) }

// searches counts the octets that a line parser looks at while it searches.
// Handing over one octet at a time must not make it search any of them again.
func TestLineSearchedOnce(t *testing.T) {
	const n = 1 << 20
	window := []byte(strings.Repeat("a", n))
	var l lines
	searched := 0
	for i := range n {
		before := l.searched
		if line, fault := l.next(window[:i+1], n, HeadTooLarge); line != nil || fault != nil {
			t.Fatalf("next found a line of %d octets, fault %v", len(line), fault)
		}
		searched += l.searched - before
	}
	if searched != n || l.searched != n {
		t.Errorf("searched %d octets, up to offset %d, want %d each", searched, l.searched, n)
	}
}
