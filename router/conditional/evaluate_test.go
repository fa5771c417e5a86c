package conditional

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire"
)

// modified is when the representation of these tests was changed, and before,
// same and later are dates around that second.
var modified = time.Date(2020, 2, 29, 12, 0, 0, 123456789, time.UTC)

const (
	before = "Sat, 29 Feb 2020 11:59:59 GMT"
	same   = "Sat, 29 Feb 2020 12:00:00 GMT"
	later  = "Sat, 29 Feb 2020 12:00:01 GMT"
)

// inspect sends a request with these fields through a real server and lets look
// see it.
func inspect(t *testing.T, look func(*httpwire.Request), method string, fields ...string) {
	t.Helper()
	target := "/"
	if method == "CONNECT" {
		target = "test:80"
	}
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: test:80", "Connection: close"}, fields...)
	client, conn := net.Pipe()
	go io.WriteString(client, strings.Join(lines, "\r\n")+"\r\n\r\n")
	go io.Copy(io.Discard, client)
	looked := false
	handler := func(_ *httpwire.Response, r *httpwire.Request) error {
		looked = true
		look(r)
		return nil
	}
	(&httpwire.Server{Handler: handler}).ServeConn(conn)
	if !looked {
		t.Fatalf("the request was refused: %q", lines)
	}
}

func TestEvaluate(t *testing.T) {
	tests := []struct {
		name   string
		method string
		etag   string // "none" for no current representation, "" for one without a tag
		fields []string
		want   int
	}{
		{"no_condition", "GET", `"a"`, nil, 0},

		{"9110_13.1.1_match", "PUT", `"a"`, []string{`If-Match: "a"`}, 0},
		{"9110_13.1.1_no_match", "PUT", `"a"`, []string{`If-Match: "b"`}, 412},
		{"9110_13.1.1_match_get", "GET", `"a"`, []string{`If-Match: "b"`}, 412},
		{"9110_13.1.1_list", "PUT", `"a"`, []string{`If-Match: "b", "c" ,"a"`}, 0},
		{"9110_13.1.1_two_lines", "PUT", `"a"`, []string{`If-Match: "b"`, `If-Match: "a"`}, 0},
		{"9110_13.1.1_star", "PUT", `"a"`, []string{"If-Match: *"}, 0},
		{"9110_13.1.1_star_nothing_there", "PUT", "none", []string{"If-Match: *"}, 412},
		{"9110_13.1.1_tag_nothing_there", "PUT", "none", []string{`If-Match: "a"`}, 412},
		{"9110_13.1.1_star_without_tag", "PUT", "", []string{"If-Match: *"}, 0},
		{"9110_13.1.1_empty_tag_without_tag", "PUT", "", []string{`If-Match: ""`}, 412},
		{"9110_13.1.1_strong_weak_sent", "PUT", `"a"`, []string{`If-Match: W/"a"`}, 412},
		{"9110_13.1.1_strong_weak_here", "PUT", `W/"a"`, []string{`If-Match: W/"a"`}, 412},
		{"9110_13.1.1_empty", "PUT", `"a"`, []string{"If-Match:"}, 412},
		{"9110_13.1.1_malformed", "PUT", `"a"`, []string{"If-Match: a"}, 412},
		{"9110_13.1.1_unterminated", "PUT", `"a"`, []string{`If-Match: "a`}, 412},
		{"9110_13.1.1_partly_malformed", "PUT", `"a"`, []string{`If-Match: "a", b`}, 412},
		{"9110_13.1.1_no_comma", "PUT", `"a"`, []string{`If-Match: "a" "b"`}, 412},
		{"9110_13.1.1_star_in_list", "PUT", `"a"`, []string{`If-Match: *, "a"`}, 412},
		{"9110_13.1.1_two_stars", "PUT", `"a"`, []string{"If-Match: *", "If-Match: *"}, 412},
		{"9110_8.8.3_weak_is_case_sensitive", "PUT", `"a"`, []string{`If-None-Match: w/"a"`}, 0},
		{"9110_8.8.3_comma_inside", "PUT", `"a,b"`, []string{`If-Match: "x", "a,b"`}, 0},
		{"9110_8.8.3_backslash_is_literal", "PUT", `"a\"`, []string{`If-Match: "a\", "b"`}, 0},
		{"9110_8.8.3_empty_tag", "PUT", `""`, []string{`If-Match: ""`}, 0},
		{"9110_8.8.3_obs_text", "PUT", "\"\xff\"", []string{"If-Match: \"\xff\""}, 0},
		{"9110_8.8.3_space_inside", "PUT", `"a b"`, []string{`If-Match: "a b"`}, 412},
		{"9110_5.6.1_empty_members", "PUT", `"a"`, []string{`If-Match: ,, "b",, ,"a",`}, 0},

		{"9110_13.1.4_earlier", "PUT", `"a"`, []string{"If-Unmodified-Since: " + before}, 412},
		{"9110_13.1.4_same", "PUT", `"a"`, []string{"If-Unmodified-Since: " + same}, 0},
		{"9110_13.1.4_later", "PUT", `"a"`, []string{"If-Unmodified-Since: " + later}, 0},
		{"9110_13.1.4_get", "GET", `"a"`, []string{"If-Unmodified-Since: " + before}, 412},
		{"9110_13.1.4_ignored_with_match", "PUT", `"a"`, []string{`If-Match: "a"`, "If-Unmodified-Since: " + before}, 0},
		{"9110_13.1.4_no_date", "PUT", `"a"`, []string{"If-Unmodified-Since: yesterday"}, 0},
		{"9110_13.1.4_two_dates", "PUT", `"a"`, []string{"If-Unmodified-Since: " + before, "If-Unmodified-Since: " + before}, 0},
		{"9110_13.1.4_nothing_there", "PUT", "none", []string{"If-Unmodified-Since: " + before}, 0},

		{"9110_13.1.2_match_get", "GET", `"a"`, []string{`If-None-Match: "a"`}, 304},
		{"9110_13.1.2_match_put", "PUT", `"a"`, []string{`If-None-Match: "a"`}, 412},
		{"9110_13.1.2_match_delete", "DELETE", `"a"`, []string{`If-None-Match: "b", "a"`}, 412},
		{"9110_13.1.2_no_match", "GET", `"a"`, []string{`If-None-Match: "b"`}, 0},
		{"9110_13.1.2_weak_sent", "GET", `"a"`, []string{`If-None-Match: W/"a"`}, 304},
		{"9110_13.1.2_weak_here", "GET", `W/"a"`, []string{`If-None-Match: "a"`}, 304},
		{"9110_13.1.2_star", "GET", `"a"`, []string{"If-None-Match: *"}, 304},
		{"9110_13.1.2_star_without_tag", "GET", "", []string{"If-None-Match: *"}, 304},
		{"9110_13.1.2_match_head", "HEAD", `"a"`, []string{`If-None-Match: "a"`}, 304},
		{"9110_13.1.2_star_put", "PUT", `"a"`, []string{"If-None-Match: *"}, 412},
		{"9110_13.1.2_star_put_nothing_there", "PUT", "none", []string{"If-None-Match: *"}, 0},
		{"9110_13.1.2_malformed", "GET", `"a"`, []string{`If-None-Match: "a`}, 0},

		{"9110_13.1.3_earlier", "GET", `"a"`, []string{"If-Modified-Since: " + before}, 0},
		{"9110_13.1.3_same", "GET", `"a"`, []string{"If-Modified-Since: " + same}, 304},
		{"9110_13.1.3_later", "GET", `"a"`, []string{"If-Modified-Since: " + later}, 304},
		{"9110_13.1.3_only_get", "PUT", `"a"`, []string{"If-Modified-Since: " + later}, 0},
		{"9110_13.1.3_ignored_with_none_match", "GET", `"a"`, []string{`If-None-Match: "b"`, "If-Modified-Since: " + later}, 0},
		{"9110_13.1.3_no_date", "GET", `"a"`, []string{"If-Modified-Since: 0"}, 0},
		{"9110_13.1.3_two_dates", "GET", `"a"`, []string{"If-Modified-Since: " + later + ", " + later}, 0},
		{"9110_5.6.7_rfc850", "GET", `"a"`, []string{"If-Modified-Since: Saturday, 29-Feb-20 12:00:00 GMT"}, 304},
		{"9110_5.6.7_asctime", "GET", `"a"`, []string{"If-Modified-Since: Sat Feb 29 12:00:00 2020"}, 304},

		{"9110_13.2.2_match_before_none_match", "GET", `"a"`, []string{`If-None-Match: "a"`, `If-Match: "b"`}, 412},
		{"9110_13.2.2_both_pass", "GET", `"a"`, []string{`If-Match: "a"`, `If-None-Match: "b"`}, 0},
		{"9110_13.2.2_match_then_none_match", "GET", `"a"`, []string{`If-Match: "a"`, `If-None-Match: "a"`}, 304},
		{"9110_13.2.2_unmodified_then_none_match", "GET", `"a"`, []string{"If-Unmodified-Since: " + later, `If-None-Match: "a"`}, 304},
		{"9110_13.2.2_unmodified_first", "GET", `"a"`, []string{`If-None-Match: "a"`, "If-Unmodified-Since: " + before}, 412},
		{"9110_13.2.2_match_then_modified", "GET", `"a"`, []string{`If-Match: "a"`, "If-Modified-Since: " + later}, 304},
		{"9110_13.2.1_not_for_options", "OPTIONS", `"a"`, []string{`If-Match: "b"`}, 0},
		{"9110_13.2.1_not_for_connect", "CONNECT", `"a"`, []string{`If-Match: "b"`}, 0},
		{"9110_13.2.1_not_for_trace", "TRACE", `"a"`, []string{`If-None-Match: *`}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Validators{ETag: tt.etag, Modified: modified}
			if tt.etag == "none" {
				v = Validators{}
			}
			got := -1
			inspect(t, func(r *httpwire.Request) { got = Evaluate(r, v) }, tt.method, tt.fields...)
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestIfRange(t *testing.T) {
	strong := Validators{ETag: `"a"`, Modified: modified, StrongDate: true}
	weak := Validators{ETag: `W/"a"`, Modified: modified}
	tests := []struct {
		name   string
		v      Validators
		fields []string
		want   bool
	}{
		{"none", strong, nil, true},
		{"same_tag", strong, []string{`If-Range: "a"`}, true},
		{"other_tag", strong, []string{`If-Range: "b"`}, false},
		{"weak_sent", strong, []string{`If-Range: W/"a"`}, false},
		{"weak_here", weak, []string{`If-Range: W/"a"`}, false},
		{"strong_sent_weak_here", weak, []string{`If-Range: "a"`}, false},
		{"list", strong, []string{`If-Range: "a", "a"`}, false},
		{"star", strong, []string{"If-Range: *"}, false},
		{"two_fields", strong, []string{`If-Range: "a"`, `If-Range: "a"`}, false},
		{"same_date", strong, []string{"If-Range: " + same}, true},
		{"earlier_date", strong, []string{"If-Range: " + before}, false},
		{"later_date", strong, []string{"If-Range: " + later}, false},
		{"date_not_strong", weak, []string{"If-Range: " + same}, false},
		{"no_date", strong, []string{"If-Range: yesterday"}, false},
		{"empty", strong, []string{"If-Range:"}, false},
		{"nothing_there", Validators{}, []string{`If-Range: ""`}, false},
	}
	for _, tt := range tests {
		t.Run("9110_13.1.5_"+tt.name, func(t *testing.T) {
			got := false
			inspect(t, func(r *httpwire.Request) { got = IfRange(r, tt.v) }, "GET", tt.fields...)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
