package httpwire

import "testing"

// hostHead returns a head with the given value of Host.
func hostHead(value string) string { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n" }

// postHead returns the head of a request with the given field lines.
func postHead(lines string) string { return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" }

// decisionCases are heads whose octets are all valid, but not together.
var decisionCases = []headCase{
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

	{name: "9110_10.1.1_continue", in: postHead("Expect: 100-continue\r\nContent-Length: 5\r\n")},
	{name: "9110_10.1.1_any_case", in: postHead("EXPECT: 100-Continue\r\nContent-Length: 5\r\n")},
	{name: "9110_10.1.1_empty", in: postHead("Expect:\r\n")},
	{name: "9110_10.1.1_list", in: postHead("Expect: , 100-continue,100-continue\r\n")},
	{name: "9110_10.1.1_other", in: postHead("Expect: ¶golf\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_one_of_two", in: postHead("Expect: 100-continue ,\t¶golf\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_on_another_line", in: postHead("Expect: 100-continue\r\nA: b\r\nExpect: ¶x\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_parameters", in: postHead("Expect: ¶100-continue;a=b\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_in_1_0", in: "POST / HTTP/1.0\r\nExpect: golf\r\n\r\n"},

	{name: "9112_6.3_host_is_judged_before_the_body", in: "GET / HTTP/1.1\r\nContent-Length: x\r\nHost: ¶/\r\n\r\n", want: BadHost},
	{name: "9112_6.3_body_is_judged_before_expectations", in: postHead("Expect: x\r\nContent-Length: ¶x\r\n"), want: BadLength},
}

func TestDecision(t *testing.T) { testHeads(t, decisionCases) }

// decided returns the head that the parser accepts.
func decided(t *testing.T, in string) *Head {
	t.Helper()
	var p HeadParser
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	return p.Head()
}

func TestConnectionOptions(t *testing.T) {
	tests := []struct {
		name       string
		version    string
		lines      string
		persistent bool
		upgrade    bool
	}{
		{"9112_9.3_1_1", "1.1", "", true, false},
		{"9112_9.3_1_1_close", "1.1", "Connection: close\r\n", false, false},
		{"9112_9.3_1_1_close_in_any_case", "1.1", "CONNECTION: Close\r\n", false, false},
		{"9112_9.3_1_2", "1.2", "", true, false},
		{"9112_9.3_1_0", "1.0", "", false, false},
		{"9112_9.3_1_0_keep_alive", "1.0", "Connection: Keep-Alive\r\n", true, false},
		{"9112_9.3_close_wins", "1.1", "Connection: keep-alive, close\r\n", false, false},
		{"9112_9.3_close_wins_in_1_0", "1.0", "Connection: close, keep-alive\r\n", false, false},
		{"9112_9.3_on_second_line", "1.1", "Connection: a\r\nB: c\r\nconnection: ,\tclose\r\n", false, false},
		{"9112_9.3_other_field_between", "1.1", "Connection: a\r\nX-Closes: close\r\nConnection: b\r\n", true, false},
		{"9112_9.3_longer_word", "1.1", "Connection: closed, xclose\r\n", true, false},
		{"9110_7.8_upgrade", "1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, true},
		{"9110_7.8_upgrade_not_an_option", "1.1", "Upgrade: websocket\r\n", true, false},
		{"9110_7.8_upgrade_to_nothing", "1.1", "Connection: upgrade\r\n", true, false},
		{"9110_7.8_upgrade_in_1_0", "1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := decided(t, "GET / HTTP/"+tt.version+"\r\nHost: a\r\n"+tt.lines+"\r\n")
			if h.Persistent != tt.persistent || h.Upgrade != tt.upgrade {
				t.Errorf("persistent = %t, upgrade = %t; want %t, %t", h.Persistent, h.Upgrade, tt.persistent, tt.upgrade)
			}
		})
	}
}

func TestExpectation(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want bool
	}{
		{"9110_10.1.1_length", postHead("Expect: 100-continue\r\nContent-Length: 5\r\n"), true},
		{"9110_10.1.1_chunked", postHead("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"), true},
		{"9110_10.1.1_on_second_line", postHead("Expect:\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"), true},
		{"9110_10.1.1_no_body", postHead("Expect: 100-continue\r\n"), false},
		{"9110_10.1.1_empty_body", postHead("Expect: 100-continue\r\nContent-Length: 0\r\n"), false},
		{"9110_10.1.1_not_asked", postHead("Content-Length: 5\r\n"), false},
		{"9110_10.1.1_1_0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := decided(t, tt.in).Continue; got != tt.want {
				t.Errorf("Continue = %t, want %t", got, tt.want)
			}
		})
	}
}
