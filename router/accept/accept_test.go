package accept

import (
	"io"
	"net"
	"testing"

	"rawserve/httpwire"
)

func TestPrefer(t *testing.T) {
	for _, c := range []struct{ name, fields, want string }{
		{"nothing_said", "", "text/plain"},
		{"curl", "Accept: */*\r\n", "text/plain"},
		{"browser", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n", "text/html"},
		{"only", "Accept: text/html\r\n", "text/html"},
		{"other_case", "Accept: Text/HTML\r\n", "text/html"},
		{"weights", "Accept: text/plain;q=0.5, text/html;q=0.6\r\n", "text/html"},
		{"weights_with_space", "Accept: text/plain ;\tQ=0.500 , text/html; q=0.501\r\n", "text/html"},
		{"equal_weights", "Accept: text/html, text/plain\r\n", "text/plain"},
		{"two_lines", "Accept: text/plain;q=0.1\r\nAccept: text/html\r\n", "text/html"},
		{"specific_wins", "Accept: text/*, text/plain;q=0.3\r\n", "text/html"},
		{"group_wins_over_all", "Accept: */*;q=0.1, text/*;q=0.9, text/plain;q=0.2\r\n", "text/html"},
		{"refused", "Accept: text/plain;q=0, */*;q=0.1\r\n", "text/html"},
		{"none_accepted", "Accept: image/png\r\n", "text/plain"},
		{"all_refused", "Accept: */*;q=0\r\n", "text/plain"},
		{"empty", "Accept:\r\n", "text/plain"},
		{"other_parameters", "Accept: text/html;level=1;q=0.7, text/plain;q=0.6\r\n", "text/html"},
		{"parameter_after_weight", "Accept: text/html;q=0.7;x=y, text/plain;q=0.6\r\n", "text/html"},
		{"quoted_comma", "Accept: x/y;a=\"b, text/html\", text/plain;q=0.1\r\n", "text/plain"},
		{"weight_too_large", "Accept: text/html;q=1.1, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_too_long", "Accept: text/html;q=0.1234, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_of_two_digits", "Accept: text/html;q=01, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_empty", "Accept: text/html;q=, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_signed", "Accept: text/html;q=+1, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_no_number", "Accept: text/html;q=x, text/plain;q=0.1\r\n", "text/plain"},
		{"weight_ends_with_point", "Accept: text/html;q=1., text/plain;q=0.1\r\n", "text/html"},
		{"half_a_range", "Accept: text, text/html;q=0.1\r\n", "text/html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := prefer(t, c.fields); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// prefer returns what Prefer says in a handler, of text/plain and text/html.
func prefer(t *testing.T, fields string) (got string) {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		got = Prefer(r, "text/plain", "text/html")
		return nil
	}}
	go func() {
		defer close(served)
		server.ServeConn(theirs)
	}()
	io.WriteString(ours, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+fields+"\r\n")
	io.Copy(io.Discard, ours)
	<-served
	return got
}
