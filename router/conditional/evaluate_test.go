package conditional

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire"
)

// modified is when the representation of these tests was changed.
var modified = time.Date(2020, 2, 29, 12, 0, 0, 123456789, time.UTC)

// ask sends one request through a real server and returns the response, as
// net/http reads it, and its body.
func ask(t *testing.T, h httpwire.Handler, requestLine string, fields ...string) (*http.Response, string) {
	t.Helper()
	client, conn := net.Pipe()
	defer client.Close()
	go (&httpwire.Server{Handler: h}).ServeConn(conn)
	lines := append([]string{requestLine + " HTTP/1.1", "Host: test"}, fields...)
	go io.WriteString(client, strings.Join(lines, "\r\n")+"\r\n\r\n")
	method, _, _ := strings.Cut(requestLine, " ")
	response, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	return response, string(body)
}

// evaluated returns a handler that tells what Evaluate says.
func evaluated(etag string, modified time.Time) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := w.WriteString(strconv.Itoa(Evaluate(r, etag, modified)))
		return err
	}
}

func TestEvaluate(t *testing.T) {
	const (
		before = "Sat, 29 Feb 2020 11:59:59 GMT"
		same   = "Sat, 29 Feb 2020 12:00:00 GMT"
		later  = "Sat, 29 Feb 2020 12:00:01 GMT"
	)
	tests := []struct {
		name   string
		method string
		etag   string // "none" for no current representation
		fields []string
		want   string
	}{
		{"no_condition", "GET", `"a"`, nil, "0"},

		{"9110_13.1.1_match", "PUT", `"a"`, []string{`If-Match: "a"`}, "0"},
		{"9110_13.1.1_no_match", "PUT", `"a"`, []string{`If-Match: "b"`}, "412"},
		{"9110_13.1.1_match_get", "GET", `"a"`, []string{`If-Match: "b"`}, "412"},
		{"9110_13.1.1_list", "PUT", `"a"`, []string{`If-Match: "b", "c" ,"a"`}, "0"},
		{"9110_13.1.1_two_lines", "PUT", `"a"`, []string{`If-Match: "b"`, `If-Match: "a"`}, "0"},
		{"9110_13.1.1_star", "PUT", `"a"`, []string{"If-Match: *"}, "0"},
		{"9110_13.1.1_star_nothing_there", "PUT", "none", []string{"If-Match: *"}, "412"},
		{"9110_13.1.1_tag_nothing_there", "PUT", "none", []string{`If-Match: "a"`}, "412"},
		{"9110_13.1.1_strong_weak_sent", "PUT", `"a"`, []string{`If-Match: W/"a"`}, "412"},
		{"9110_13.1.1_strong_weak_here", "PUT", `W/"a"`, []string{`If-Match: W/"a"`}, "412"},
		{"9110_13.1.1_empty", "PUT", `"a"`, []string{"If-Match:"}, "412"},
		{"9110_13.1.1_malformed", "PUT", `"a"`, []string{"If-Match: a"}, "412"},
		{"9110_13.1.1_unterminated", "PUT", `"a"`, []string{`If-Match: "a`}, "412"},
		{"9110_13.1.1_partly_malformed", "PUT", `"a"`, []string{`If-Match: "a", b`}, "412"},
		{"9110_13.1.1_no_comma", "PUT", `"a"`, []string{`If-Match: "a" "b"`}, "412"},
		{"9110_13.1.1_star_in_list", "PUT", `"a"`, []string{`If-Match: *, "a"`}, "412"},
		{"9110_13.1.1_two_stars", "PUT", `"a"`, []string{"If-Match: *", "If-Match: *"}, "412"},
		{"9110_8.8.3_weak_is_case_sensitive", "PUT", `"a"`, []string{`If-None-Match: w/"a"`}, "0"},
		{"9110_8.8.3_comma_inside", "PUT", `"a,b"`, []string{`If-Match: "x", "a,b"`}, "0"},
		{"9110_8.8.3_backslash_is_literal", "PUT", `"a\"`, []string{`If-Match: "a\", "b"`}, "0"},
		{"9110_8.8.3_empty_tag", "PUT", `""`, []string{`If-Match: ""`}, "0"},
		{"9110_8.8.3_obs_text", "PUT", "\"\xff\"", []string{"If-Match: \"\xff\""}, "0"},
		{"9110_8.8.3_space_inside", "PUT", `"a b"`, []string{`If-Match: "a b"`}, "412"},
		{"9110_5.6.1_empty_members", "PUT", `"a"`, []string{`If-Match: ,, "b",, ,"a",`}, "0"},

		{"9110_13.1.4_earlier", "PUT", `"a"`, []string{"If-Unmodified-Since: " + before}, "412"},
		{"9110_13.1.4_same", "PUT", `"a"`, []string{"If-Unmodified-Since: " + same}, "0"},
		{"9110_13.1.4_later", "PUT", `"a"`, []string{"If-Unmodified-Since: " + later}, "0"},
		{"9110_13.1.4_get", "GET", `"a"`, []string{"If-Unmodified-Since: " + before}, "412"},
		{"9110_13.1.4_ignored_beside_match", "PUT", `"a"`, []string{`If-Match: "a"`, "If-Unmodified-Since: " + before}, "0"},
		{"9110_13.1.4_no_date", "PUT", `"a"`, []string{"If-Unmodified-Since: yesterday"}, "0"},
		{"9110_13.1.4_two_dates", "PUT", `"a"`, []string{"If-Unmodified-Since: " + before, "If-Unmodified-Since: " + before}, "0"},
		{"9110_13.1.4_nothing_there", "PUT", "none", []string{"If-Unmodified-Since: " + before}, "0"},

		{"9110_13.1.2_match_get", "GET", `"a"`, []string{`If-None-Match: "a"`}, "304"},
		{"9110_13.1.2_match_put", "PUT", `"a"`, []string{`If-None-Match: "a"`}, "412"},
		{"9110_13.1.2_match_delete", "DELETE", `"a"`, []string{`If-None-Match: "b", "a"`}, "412"},
		{"9110_13.1.2_no_match", "GET", `"a"`, []string{`If-None-Match: "b"`}, "0"},
		{"9110_13.1.2_weak_sent", "GET", `"a"`, []string{`If-None-Match: W/"a"`}, "304"},
		{"9110_13.1.2_weak_here", "GET", `W/"a"`, []string{`If-None-Match: "a"`}, "304"},
		{"9110_13.1.2_star", "GET", `"a"`, []string{"If-None-Match: *"}, "304"},
		{"9110_13.1.2_star_put", "PUT", `"a"`, []string{"If-None-Match: *"}, "412"},
		{"9110_13.1.2_star_put_nothing_there", "PUT", "none", []string{"If-None-Match: *"}, "0"},
		{"9110_13.1.2_malformed", "GET", `"a"`, []string{`If-None-Match: "a`}, "0"},

		{"9110_13.1.3_earlier", "GET", `"a"`, []string{"If-Modified-Since: " + before}, "0"},
		{"9110_13.1.3_same", "GET", `"a"`, []string{"If-Modified-Since: " + same}, "304"},
		{"9110_13.1.3_later", "GET", `"a"`, []string{"If-Modified-Since: " + later}, "304"},
		{"9110_13.1.3_only_get", "PUT", `"a"`, []string{"If-Modified-Since: " + later}, "0"},
		{"9110_13.1.3_ignored_beside_none_match", "GET", `"a"`, []string{`If-None-Match: "b"`, "If-Modified-Since: " + later}, "0"},
		{"9110_13.1.3_no_date", "GET", `"a"`, []string{"If-Modified-Since: 0"}, "0"},
		{"9110_13.1.3_two_dates", "GET", `"a"`, []string{"If-Modified-Since: " + later + ", " + later}, "0"},
		{"9110_5.6.7_rfc850", "GET", `"a"`, []string{"If-Modified-Since: Saturday, 29-Feb-20 12:00:00 GMT"}, "304"},
		{"9110_5.6.7_asctime", "GET", `"a"`, []string{"If-Modified-Since: Sat Feb 29 12:00:00 2020"}, "304"},

		{"9110_13.2.2_match_before_none_match", "GET", `"a"`, []string{`If-None-Match: "a"`, `If-Match: "b"`}, "412"},
		{"9110_13.2.2_both_pass", "GET", `"a"`, []string{`If-Match: "a"`, `If-None-Match: "b"`}, "0"},
		{"9110_13.2.2_match_then_none_match", "GET", `"a"`, []string{`If-Match: "a"`, `If-None-Match: "a"`}, "304"},
		{"9110_13.2.2_unmodified_then_none_match", "GET", `"a"`, []string{"If-Unmodified-Since: " + later, `If-None-Match: "a"`}, "304"},
		{"9110_13.2.2_unmodified_first", "GET", `"a"`, []string{`If-None-Match: "a"`, "If-Unmodified-Since: " + before}, "412"},
		{"9110_13.2.2_match_then_modified", "GET", `"a"`, []string{`If-Match: "a"`, "If-Modified-Since: " + later}, "304"},
		{"9110_13.2.1_not_for_options", "OPTIONS", `"a"`, []string{`If-Match: "b"`}, "0"},
		{"9110_13.2.1_not_for_trace", "TRACE", `"a"`, []string{`If-None-Match: *`}, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			etag, modified := tt.etag, modified
			if etag == "none" {
				etag, modified = "", time.Time{}
			}
			if _, got := ask(t, evaluated(etag, modified), tt.method+" /", tt.fields...); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if response, _ := ask(t, evaluated(`"a"`, modified), "HEAD /", `If-None-Match: "a"`); response.ContentLength != int64(len("304")) {
		t.Errorf("HEAD is not treated as GET")
	}
}
