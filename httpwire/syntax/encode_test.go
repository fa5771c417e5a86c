package syntax

import (
	"strings"
	"testing"
)

func TestCheckField(t *testing.T) {
	tests := []struct {
		name         string
		field, value string
		want         error
	}{
		{"9110_5.1_token", "!#$%&'*+-.^_`|~09azAZ", "a", nil},
		{"9110_5.1_empty_name", "", "a", ErrFieldName},
		{"9110_5.1_colon", "A:", "a", ErrFieldName},
		{"9110_5.1_space", "A ", "a", ErrFieldName},
		{"9110_5.1_line_end", "A: b\r\nC", "a", ErrFieldName},
		{"9110_5.1_obs_text", "é", "a", ErrFieldName},
		{"9110_5.5_empty_value", "A", "", nil},
		{"9110_5.5_inner_white_space", "A", "b \t c", nil},
		{"9110_5.5_obs_text", "A", "é", nil},
		{"9110_5.5_crlf", "A", "b\r\nSet-Cookie: c=d", ErrFieldValue},
		{"9110_5.5_lf", "A", "b\nSet-Cookie: c=d", ErrFieldValue},
		{"9110_5.5_cr", "A", "b\rSet-Cookie: c=d", ErrFieldValue},
		{"9110_5.5_nul", "A", "b\x00", ErrFieldValue},
		{"9110_5.5_del", "A", "b\x7f", ErrFieldValue},
		{"9110_5.5_space_first", "A", " b", ErrFieldValue},
		{"9110_5.5_tab_last", "A", "b\t", ErrFieldValue},
		{"9110_5.5_white_space_alone", "A", " ", ErrFieldValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CheckField(tt.field, tt.value); got != tt.want {
				t.Errorf("CheckField(%q, %q) = %v, want %v", tt.field, tt.value, got, tt.want)
			}
		})
	}
}

func TestAppendStatusLine(t *testing.T) {
	tests := []struct {
		status int
		reason string
		want   string
	}{
		{200, "", "HTTP/1.1 200 OK\r\n"},
		{200, "Fine", "HTTP/1.1 200 Fine\r\n"},
		{404, "", "HTTP/1.1 404 Not Found\r\n"},
		{299, "", "HTTP/1.1 299 Successful\r\n"},
		{999, "", "HTTP/1.1 999 \r\n"}, // the space belongs there: RFC 9112, Section 4
		{503, "Très occupé", "HTTP/1.1 503 Très occupé\r\n"},
	}
	for _, tt := range tests {
		if got := string(AppendStatusLine(nil, tt.status, tt.reason)); got != tt.want {
			t.Errorf("AppendStatusLine(%d, %q) = %q, want %q", tt.status, tt.reason, got, tt.want)
		}
	}
	for reason, want := range map[string]error{"": nil, "A\tb é": nil, "a\r\nB: c": ErrReason, "a\n": ErrReason, "\x00": ErrReason} {
		if got := CheckReason(reason); got != want {
			t.Errorf("CheckReason(%q) = %v, want %v", reason, got, want)
		}
	}
}

func TestStatusText(t *testing.T) {
	for status, want := range map[int]string{-1: "", 0: "", 99: "", 100: "Continue", 199: "Informational", 299: "Successful",
		306: "Redirection", 418: "Client Error", 424: "Failed Dependency", 431: "Request Header Fields Too Large",
		599: "Server Error", 600: "", 1 << 30: ""} {
		if got := StatusText(status); got != want {
			t.Errorf("StatusText(%d) = %q, want %q", status, got, want)
		}
	}
}

// What the encoder writes, the decoder reads.
func TestAppendChunkSize(t *testing.T) {
	for _, n := range []int{1, 15, 16, 4095, 65536} {
		in := string(AppendChunkSize(nil, n)) + strings.Repeat("x", n) + "\r\n0\r\n\r\n"
		var d ChunkDecoder
		if got := decodeChunked(t, &d, in, []int{len(in)}); len(got.data) != n || got.accepted != len(in) {
			t.Errorf("a chunk of %d octets decodes as %d, %v", n, len(got.data), got.verdict)
		}
	}
}

// FuzzChecks proves that no field and no reason phrase that is accepted can end its
// line.
func FuzzChecks(f *testing.F) {
	for _, name := range []string{"A", "a-b", "", "A:", "A\r\nB", "A ", "é", "x-before", "Date", "connection", "Content-Length", "Transfer-Encoding"} {
		for _, value := range []string{"b", "", "b\r\nSet-Cookie: c", "b\n c", "b\rc", " b", "b\t", "b\x00", "é", "close", "0042"} {
			f.Add(name, value)
		}
	}
	token, fieldValue := octets(`^`+tokenABNF+`$`), octets(`^`+valueABNF+`$`)
	fieldLine := octets(`^` + tokenABNF + `: ` + valueABNF + `\r\n$`)
	statusLine := octets(`^HTTP/1\.1 299 [\t \x21-\x7e\x80-\xff]*\r\n$`)
	f.Fuzz(func(t *testing.T, name, value string) {
		valid := token.match(name) && fieldValue.match(value)
		if got := CheckField(name, value) == nil; got != valid {
			t.Errorf("CheckField(%q, %q) accepts: %t, the grammar: %t", name, value, got, valid)
		}
		if line := string(AppendField(nil, name, value)); valid && !fieldLine.match(line) {
			t.Errorf("field %q: %q is sent as %q", name, value, line)
		}
		if line := string(AppendStatusLine(nil, 299, value)); CheckReason(value) == nil && !statusLine.match(line) {
			t.Errorf("reason phrase %q is sent as %q", value, line)
		}
	})
}
