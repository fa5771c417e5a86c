package syntax

import "testing"

// getHead, optionsHead and connectHead return a head with the request-target.
func getHead(target string) string { return "GET " + target + " HTTP/1.1\r\n" + hostEnd }

func optionsHead(target string) string { return "OPTIONS " + target + " HTTP/1.1\r\n" + hostEnd }
func connectHead(target string) string { return "CONNECT " + target + " HTTP/1.1\r\n" + hostEnd }

// What is accepted though RFC 3986 has no place for it can be named.
func TestNotInURI(t *testing.T) {
	for target, want := range map[string]string{
		"/a?b=c%20d": "", "/a[1]|b?{}": "[]|{}", "/?a=100%": "%", "/?%zz%41%": "%", "/?a^^b": "^", "": "",
	} {
		if got := NotInURI(target); got != want {
			t.Errorf("NotInURI(%q) = %q, want %q", target, got, want)
		}
	}
}

// targetCases are heads whose request-target matters.
var targetCases = []headCase{
	{name: "9112_3.2.1_slash", in: getHead("/")},
	{name: "9112_3.2.1_every_path_octet", in: getHead("/azAZ09-._~!$&'()*+,;=:@//")},
	{name: "9112_3.2.1_every_query_octet", in: getHead("/?azAZ09-._~!$&'()*+,;=:@/??")},
	{name: "9112_3.2.1_empty_query", in: getHead("/?")},
	{name: "9112_3.2.1_percent", in: getHead("/%00%fF%2f?%25")},
	{name: "9112_3.2.1_dot_segments_are_kept", in: getHead("/../.%2e/a")},
	{name: "9112_3.2.1_two_slashes", in: getHead("//a/b")},
	{name: "3986_2.1_percent_at_end", in: getHead("/%¶"), want: BadPercent},
	{name: "3986_2.1_percent_one_digit", in: getHead("/%4¶"), want: BadPercent},
	{name: "3986_2.1_percent_no_digit", in: getHead("/%¶zz"), want: BadPercent},
	{name: "3986_2.1_percent_second_digit", in: getHead("/%4¶g"), want: BadPercent},
	{name: "3986_2.1_percent_percent", in: getHead("/%¶%32e"), want: BadPercent},
	{name: "3986_2.1_percent_in_query", in: getHead("/?a=100%&b=%4&c=%zz&%")},
	{name: "3986_2.1_percent_before_query", in: getHead("/%4¶?1"), want: BadPercent},
	{name: "9112_3.2_fragment", in: getHead("/a¶#b"), want: TargetFragment},
	{name: "9112_3.2_fragment_in_query", in: getHead("/?a¶#b"), want: TargetFragment},
	{name: "3986_3.3_backslash", in: getHead("/¶\\a"), want: BadTarget},
	{name: "3986_3.3_quote", in: getHead("/¶\""), want: BadTarget},
	{name: "3986_3.3_angle", in: getHead("/?¶<script>"), want: BadTarget},
	{name: "3986_3.3_browsers_path", in: getHead("/a[1]|b")},
	{name: "3986_3.4_browsers_query", in: getHead("/?filter[a]={b}|c^d\\e`f")},
	{name: "3986_3.4_backslash_in_path_after_query_is_query", in: getHead("/?/\\")},
	{name: "3986_3.4_quote", in: getHead("/?a=¶\"b\""), want: BadTarget},
	{name: "3986_3.4_utf_8", in: getHead("/?a=¶é"), want: BadTarget},
	{name: "3986_3.4_nul", in: getHead("/?a¶\x00"), want: BadTarget},
	{name: "3986_3.3_braces", in: getHead("/¶{id}"), want: BadTarget},
	{name: "3986_3.3_caret", in: getHead("/a¶^b"), want: BadTarget},
	{name: "3986_3.3_backtick", in: getHead("/¶`id`"), want: BadTarget},
	{name: "3986_3.3_utf_8", in: getHead("/caf¶é"), want: BadTarget},
	{name: "3986_3.3_nul", in: getHead("/a¶\x00"), want: BadTarget},
	{name: "3986_3.3_del", in: getHead("/a¶\x7f"), want: BadTarget},
	{name: "9112_3.2_no_form", in: getHead("¶index.html"), want: UnknownTargetForm},
	{name: "9112_3.2_query_alone", in: getHead("¶?a=1"), want: UnknownTargetForm},
	{name: "9112_3.2_bad_octet_in_no_form", in: getHead("index¶{html"), want: BadTarget},
	{name: "9112_3.2_one_slash_after_scheme", in: getHead("¶http:/a/"), want: UnknownTargetForm},
	{name: "9112_3.2_url_in_query", in: getHead("¶a?b=http://c/"), want: UnknownTargetForm},
	{name: "9112_3.2_mailto", in: getHead("¶mailto:a@b"), want: UnknownTargetForm},

	{name: "9112_3.2.2_absolute", in: getHead("http://a:80/b?c")},
	{name: "9112_3.2.2_scheme_in_any_case", in: getHead("hTTp://a/")},
	{name: "9112_3.2.2_without_path", in: getHead("http://a")},
	{name: "9112_3.2.2_query_without_path", in: getHead("http://a?b")},
	{name: "9112_3.2.2_empty_port", in: getHead("http://a:/")},
	{name: "9112_3.2.2_reg_name", in: getHead("http://a_b.c-d~!$&'()*+,;=%41/")},
	{name: "9112_3.2.2_ipv4", in: getHead("http://127.0.0.1:80/")},
	{name: "9112_3.2.2_ipv6", in: getHead("http://[::ffff:1.2.3.4]:80/")},
	{name: "9112_3.2.2_ipv_future", in: getHead("http://[v1.a:b]/")},
	{name: "9112_3.2.2_needs_host_field_too", in: "GET http://a/ HTTP/1.1\r\n¶\r\n", want: NoHost},
	{name: "9112_3.2.2_https_inside_tls", in: getHead("https://a/"), secure: true},
	{name: "9112_3.2.2_http_inside_tls", in: getHead("http://a/"), secure: true},
	{name: "9110_7.4_https_without_tls", in: getHead("¶https://a/"), want: WrongScheme},
	{name: "9110_7.4_ftp", in: getHead("¶ftp://a/"), want: WrongScheme},
	{name: "9110_7.4_every_scheme_octet", in: getHead("¶a1+-.Z://a/"), want: WrongScheme},
	{name: "3986_3.1_scheme_begins_with_digit", in: getHead("¶1a://a/"), want: UnknownTargetForm},
	{name: "3986_3.1_underscore_in_scheme", in: getHead("¶a_b://a/"), want: UnknownTargetForm},
	{name: "9110_4.2.1_no_host", in: getHead("http://¶/"), want: EmptyTargetHost},
	{name: "9110_4.2.1_nothing_after_scheme", in: getHead("http://¶"), want: EmptyTargetHost},
	{name: "9110_4.2.1_port_without_host", in: getHead("http://¶:80/"), want: EmptyTargetHost},
	{name: "9110_4.2.1_query_without_host", in: getHead("http://¶?a"), want: EmptyTargetHost},
	{name: "9110_4.2.4_userinfo", in: getHead("http://u¶@a/"), want: TargetUserinfo},
	{name: "9110_4.2.4_user_and_password", in: getHead("http://u:1¶@a/"), want: TargetUserinfo},
	{name: "9110_4.2.4_empty_userinfo", in: getHead("http://¶@a/"), want: TargetUserinfo},
	{name: "3986_3.2.3_letters_in_port", in: getHead("http://a:¶http/"), want: BadTargetAuthority},
	{name: "3986_3.2.3_two_ports", in: getHead("http://a:80¶:80/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_percent_in_host", in: getHead("http://a%¶zz/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_percent_at_end_of_host", in: getHead("http://a%4¶/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_bracket_not_closed", in: getHead("http://[::1¶/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_bracket_at_end", in: getHead("http://[::1¶"), want: BadTargetAuthority},
	{name: "3986_3.2.2_no_address_in_brackets", in: getHead("http://[¶]/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_ipv4_in_brackets", in: getHead("http://[127.0.0.1¶]/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_name_in_brackets", in: getHead("http://[¶host]/"), want: BadTargetAuthority},
	{name: "6874_2_zone", in: getHead("http://[fe80::1¶%25eth0]/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_text_after_bracket", in: getHead("http://[::1]¶a/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_backslash_in_host", in: getHead("http://a¶\\@b/"), want: BadTargetAuthority},
	{name: "3986_3.2.2_utf_8_in_host", in: getHead("http://¶é/"), want: BadTargetAuthority},
	{name: "9112_3.2.2_fragment", in: getHead("http://a/¶#b"), want: TargetFragment},
	{name: "9112_3.2.2_fragment_after_host", in: getHead("http://a¶#b"), want: TargetFragment},
	{name: "9112_3.2.2_bad_octet_in_path", in: getHead("http://a/¶{"), want: BadTarget},

	{name: "9112_3.2.3_host_and_port", in: connectHead("a:443")},
	{name: "9112_3.2.3_ipv6", in: connectHead("[::1]:443")},
	{name: "9112_3.2.3_highest_port", in: connectHead("a:65535")},
	{name: "9112_3.2.3_leading_zeros", in: connectHead("a:000443")},
	{name: "9112_3.2.3_no_port", in: connectHead("a¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_empty_port", in: connectHead("a:¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_letters_in_port", in: connectHead("a:¶https"), want: BadConnectTarget},
	{name: "9112_3.2.3_port_zero", in: connectHead("a:0¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_port_too_high", in: connectHead("a:65536¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_no_host", in: connectHead(":443¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_bracket_not_closed", in: connectHead("[::1¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_origin_form", in: connectHead("¶/"), want: BadConnectTarget},
	{name: "9112_3.2.3_asterisk", in: connectHead("*¶"), want: BadConnectTarget},
	{name: "9112_3.2.3_absolute_form", in: connectHead("http:¶//a:443"), want: BadConnectTarget},
	{name: "9110_7.1_authority_with_get", in: getHead("¶a:80"), want: MisplacedAuthority},
	{name: "9110_7.1_ipv6_authority_with_get", in: getHead("¶[::1]:80"), want: MisplacedAuthority},

	{name: "9112_3.2.4_options", in: optionsHead("*")},
	{name: "9110_7.1_asterisk_with_get", in: getHead("¶*"), want: MisplacedAsterisk},
	{name: "9110_7.1_asterisk_with_lower_case_options", in: "options ¶* HTTP/1.1\r\n" + hostEnd, want: MisplacedAsterisk},
	{name: "9112_3.2.4_asterisk_and_more", in: optionsHead("¶*x"), want: UnknownTargetForm},
}

func TestTarget(t *testing.T) { testHeads(t, targetCases) }

func TestTargetParts(t *testing.T) {
	tests := []struct {
		method, target                 string
		form                           Form
		scheme, authority, path, query string
	}{
		{"GET", "/", OriginForm, "", "", "/", ""},
		{"GET", "/a%2Fb//?c?d", OriginForm, "", "", "/a%2Fb//", "c?d"},
		{"GET", "/a?", OriginForm, "", "", "/a", ""},
		{"GET", "//a/b", OriginForm, "", "", "//a/b", ""},
		{"GET", "HTTP://a:80/b?c", AbsoluteForm, "HTTP", "a:80", "/b", "c"},
		{"GET", "http://a", AbsoluteForm, "http", "a", "", ""},
		{"GET", "http://a?b/c", AbsoluteForm, "http", "a", "", "b/c"},
		{"CONNECT", "[::1]:443", AuthorityForm, "", "[::1]:443", "", ""},
		{"OPTIONS", "*", AsteriskForm, "", "", "", ""},
	}
	for _, tt := range tests {
		in := tt.method + " " + tt.target + " HTTP/1.1\r\n" + hostEnd
		var p HeadParser
		if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
			t.Errorf("%q: %v", in, got)
			continue
		}
		h := p.Head()
		if h.Form != tt.form {
			t.Errorf("%s: %v, want %v", tt.target, h.Form, tt.form)
		}
		for _, part := range []struct {
			name string
			got  Span
			want string
		}{
			{"target", h.Target, tt.target}, {"scheme", h.Scheme, tt.scheme}, {"authority", h.Authority, tt.authority},
			{"path", h.Path, tt.path}, {"query", h.Query, tt.query},
		} {
			if got := part.got.In(in); got != part.want {
				t.Errorf("%s: %s = %q, want %q", tt.target, part.name, got, part.want)
			}
		}
	}
}

func TestFormString(t *testing.T) {
	for form, want := range map[Form]string{OriginForm: "origin-form", AsteriskForm: "asterisk-form"} {
		if got := form.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}
