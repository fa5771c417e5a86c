package syntax

import (
	"strings"
	"testing"
)

// requestLineCases are heads whose request-line matters.
var requestLineCases = []headCase{
	{name: "9112_3.1_method_of_any_token", in: "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\n" + hostEnd},
	{name: "9112_3.1_method_is_case_sensitive", in: "get / HTTP/1.1\r\n" + hostEnd},
	{name: "9112_3.1_longest_method", in: strings.Repeat("M", 32) + " / HTTP/1.1\r\n" + hostEnd},
	{name: "9112_3_method_too_long", in: strings.Repeat("M", 32) + "¶M / HTTP/1.1\r\n" + hostEnd, want: MethodTooLong},
	{name: "9112_3.1_no_method", in: "¶ / HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3.1_slash_in_method", in: "GET¶/ HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3.1_nul_in_method", in: "G¶\x00ET / HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3.1_obs_text_in_method", in: "G¶\xc3\x89T / HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3.1_quotes_around_method", in: "¶\"GET\" / HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3.1_tab_after_method", in: "GET¶\t/ HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_3_method_alone", in: "GET¶\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_method_and_space", in: "GET ¶\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_http_0_9", in: "GET /¶\r\n\r\n", want: BadRequestLine},
	{name: "9112_3_http_0_9_without_form", in: "GET foo¶\r\n\r\n", want: BadRequestLine},
	{name: "9112_3_two_spaces_before_target", in: "GET ¶ / HTTP/1.1\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_two_spaces_after_target", in: "GET / ¶ HTTP/1.1\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_tab_after_target", in: "GET /¶\tHTTP/1.1\r\n" + hostEnd, want: BadTarget},
	{name: "9112_3_space_after_version", in: "GET / HTTP/1.1¶ \r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_tab_after_version", in: "GET / HTTP/1.1¶\t\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_3_space_in_target", in: "GET /a ¶b HTTP/1.1\r\n" + hostEnd, want: BadVersion},
	{name: "9112_3_space_before_method", in: "¶ GET / HTTP/1.1\r\n" + hostEnd, want: BadMethod},
	{name: "9112_2.2_tls_handshake", in: "¶\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", want: TLSHandshake},
	{name: "9112_2.2_tls_handshake_after_empty_line", in: "\r\n¶\x16\x03\x01", want: TLSHandshake},

	{name: "9112_2.3_http_1_0", in: "GET / HTTP/1.0\r\n\r\n"},
	{name: "9112_2.3_http_1_9", in: "GET / HTTP/1.9\r\n" + hostEnd},
	{name: "9112_2.3_http_1_2_needs_host", in: "GET / HTTP/1.2\r\n¶\r\n", want: NoHost},
	{name: "9112_2.3_http_2_0", in: "GET / HTTP/¶2.0\r\n" + hostEnd, want: UnsupportedVersion},
	{name: "9112_2.3_http_2_preface", in: "PRI * HTTP/¶2.0\r\n\r\nSM\r\n\r\n", want: UnsupportedVersion},
	{name: "9112_2.3_http_9_9", in: "GET / HTTP/¶9.9\r\n" + hostEnd, want: UnsupportedVersion},
	{name: "9112_2.3_http_0_9_by_name", in: "GET / HTTP/¶0.9\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_lower_case", in: "GET / ¶http/1.1\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_other_protocol", in: "GET / ¶ICY/1.1\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_no_slash", in: "GET / HTTP¶1.1\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_no_minor", in: "GET / HTTP/1¶\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_no_minor_digit", in: "GET / HTTP/1.¶\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_no_version", in: "GET / ¶\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_minor_letter", in: "GET / HTTP/1.¶x\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_form_is_no_version", in: "GET / HTTP/¶d.d\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_two_digits", in: "GET / HTTP/1.1¶0\r\n" + hostEnd, want: BadRequestLine},
	{name: "9112_2.3_comma", in: "GET / HTTP/1¶,1\r\n" + hostEnd, want: BadVersion},
	{name: "9112_2.3_space_in_version", in: "GET / HTTP/¶ 1.1\r\n" + hostEnd, want: BadRequestLine},
}

func TestRequestLine(t *testing.T) { testHeads(t, requestLineCases) }

func TestRequestLineParts(t *testing.T) {
	in := "\r\nPATCH /a/b?c=d HTTP/1.7\r\n" + hostEnd
	var p HeadParser
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	h := p.Head()
	for name, part := range map[string]struct {
		got  Span
		want string
	}{
		"method": {h.Method, "PATCH"},
		"target": {h.Target, "/a/b?c=d"},
		"path":   {h.Path, "/a/b"},
		"query":  {h.Query, "c=d"},
		"host":   {h.Host, "a"},
	} {
		if got := part.got.In(in); got != part.want {
			t.Errorf("%s = %q, want %q", name, got, part.want)
		}
	}
	if h.Minor != 7 {
		t.Errorf("minor version = %d, want 7", h.Minor)
	}
}
