package syntax

import "testing"

// hostHead returns a head with the given value of Host.
func hostHead(value string) string { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n" }

// hostCases are heads whose Host matters.
var hostCases = []headCase{
	{name: "9112_3.2_name", in: hostHead("example.com")},
	{name: "9112_3.2_name_and_port", in: hostHead("example.com:8080")},
	{name: "9112_3.2_empty", in: hostHead("")},
	{name: "9112_3.2_empty_port", in: hostHead("a:")},
	{name: "9112_3.2_underscore_and_sub_delims", in: hostHead("a_b!$&'()*+,;=~")},
	{name: "9112_3.2_percent", in: hostHead("a%41")},
	{name: "9112_3.2_port_too_high_is_still_a_port", in: hostHead("a:99999")},
	{name: "3986_3.2.2_ipv4", in: hostHead("127.0.0.1:80")},
	{name: "3986_3.2.2_ipv6", in: hostHead("[::1]")},
	{name: "3986_3.2.2_ipv6_and_port", in: hostHead("[2001:db8::1]:80")},
	{name: "3986_3.2.2_ipv6_all_groups", in: hostHead("[1:2:3:4:5:6:7:8]")},
	{name: "3986_3.2.2_ipv6_one_group_elided", in: hostHead("[1:2:3:4:5:6:7::]")},
	{name: "3986_3.2.2_ipv_future", in: hostHead("[vF.a:b]")},
	{name: "9112_3.2_none", in: "GET / HTTP/1.1\r\nA: b\r\n¶\r\n", want: NoHost},
	{name: "9112_3.2_none_in_1_0", in: "GET / HTTP/1.0\r\nA: b\r\n\r\n"},
	{name: "9112_3.2_bad_in_1_0", in: "GET / HTTP/1.0\r\nHost: ¶/\r\n\r\n", want: BadHost},
	{name: "9112_3.2_two_equal", in: "GET / HTTP/1.1\r\nHost: a\r\n¶Host: a\r\n\r\n", want: SecondHost},
	{name: "9112_3.2_three", in: "GET / HTTP/1.1\r\nHost: a\r\n¶host: b\r\nHOST: c\r\n\r\n", want: SecondHost},
	{name: "9112_3.2_two_in_1_0", in: "GET / HTTP/1.0\r\nHost: a\r\nA: b\r\n¶Host: a\r\n\r\n", want: SecondHost},
	{name: "9112_3.2_userinfo", in: hostHead("u¶@a"), want: BadHost},
	{name: "9112_3.2_path", in: hostHead("a¶/b"), want: BadHost},
	{name: "9112_3.2_query", in: hostHead("a¶?b"), want: BadHost},
	{name: "9112_3.2_scheme", in: hostHead("http:¶//a"), want: BadHost},
	{name: "9112_3.2_two_ports", in: hostHead("a:80¶:80"), want: BadHost},
	{name: "9112_3.2_letters_in_port", in: hostHead("a:8¶a"), want: BadHost},
	{name: "9110_4.2.1_port_without_host_in_field", in: hostHead("¶:80"), want: BadHost},
	{name: "9112_3.2_space_inside", in: hostHead("a¶ b"), want: BadHost},
	{name: "9112_3.2_bracket_not_closed", in: "GET / HTTP/1.1\r\nHost: [::1¶\r\n\r\n", want: BadHost},
	{name: "9112_3.2_bracket_never_opened", in: hostHead("¶::1]"), want: BadHost},
	{name: "9112_3.2_ipv6_without_brackets", in: hostHead("¶::1"), want: BadHost},
	{name: "9112_3.2_two_bracketed", in: hostHead("[::1]¶[::1]"), want: BadHost},
	{name: "3986_3.2.2_ipv6_two_gaps", in: hostHead("[1::2::3¶]"), want: BadHost},
	{name: "3986_3.2.2_ipv6_nine_groups", in: hostHead("[1:2:3:4:5:6:7:8:9¶]"), want: BadHost},
	{name: "3986_3.2.2_ipv6_five_digits", in: hostHead("[::12345¶]"), want: BadHost},
	{name: "3986_3.2.2_ipv6_bad_ipv4", in: hostHead("[::1.2.3.256¶]"), want: BadHost},
	{name: "3986_3.2.2_ipv_future_without_version", in: hostHead("[v.a¶]"), want: BadHost},
	{name: "3986_3.2.2_ipv_future_without_address", in: hostHead("[v1.¶]"), want: BadHost},
	{name: "9112_3.2_bad_percent", in: hostHead("a%¶zz"), want: BadHost},
	{name: "9112_3.2_percent_at_end", in: hostHead("a%4¶"), want: BadHost},
	{name: "9112_3.2_obs_text", in: hostHead("¶é"), want: BadHost},
	{name: "9112_3.2_list", in: hostHead("a,b")}, // a comma may stand in a reg-name
	{name: "9112_3.2_list_with_space", in: hostHead("a,¶ b"), want: BadHost},
	{name: "9110_10.1.1_any_case", in: postHead("EXPECT: 100-Continue\r\nContent-Length: 5\r\n")},
	{name: "9112_6.3_host_is_judged_before_the_body", in: "GET / HTTP/1.1\r\nContent-Length: x\r\nHost: ¶/\r\n\r\n", want: BadHost},
}

func TestHost(t *testing.T) { testHeads(t, hostCases) }
