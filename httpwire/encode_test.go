package httpwire

import (
	"errors"
	"slices"
	"strconv"
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
			got := checkField(tt.field, tt.value)
			if !errors.Is(got, tt.want) || got != nil && !strings.Contains(got.Error(), strconv.Quote(tt.field)) {
				t.Errorf("checkField(%q, %q) = %v, want %v", tt.field, tt.value, got, tt.want)
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
		{299, "", "HTTP/1.1 299 \r\n"}, // the space belongs there: RFC 9112, Section 4
		{503, "Très occupé", "HTTP/1.1 503 Très occupé\r\n"},
	}
	for _, tt := range tests {
		if got := string(appendStatusLine(nil, tt.status, tt.reason)); got != tt.want {
			t.Errorf("appendStatusLine(%d, %q) = %q, want %q", tt.status, tt.reason, got, tt.want)
		}
	}
	for reason, want := range map[string]error{"": nil, "A\tb é": nil, "a\r\nB: c": ErrReason, "a\n": ErrReason, "\x00": ErrReason} {
		if got := checkReason(reason); got != want {
			t.Errorf("checkReason(%q) = %v, want %v", reason, got, want)
		}
	}
}

func TestStatusText(t *testing.T) {
	for status, want := range map[int]string{-1: "", 0: "", 100: "Continue", 299: "", 431: "Request Header Fields Too Large", 600: "", 1 << 30: ""} {
		if got := StatusText(status); got != want {
			t.Errorf("StatusText(%d) = %q, want %q", status, got, want)
		}
	}
}

// What the encoder writes, the decoder reads.
func TestAppendChunkSize(t *testing.T) {
	for _, n := range []int{1, 15, 16, 4095, 65536} {
		in := string(appendChunkSize(nil, n)) + strings.Repeat("x", n) + "\r\n0\r\n\r\n"
		var d ChunkDecoder
		if got := decodeChunked(t, &d, in, []int{len(in)}); len(got.data) != n || got.accepted != len(in) {
			t.Errorf("a chunk of %d octets decodes as %d, %v", n, len(got.data), got.verdict)
		}
	}
}

// sentFields reads field lines as a client does, with the grammar as regular
// expressions, and returns names and values. Anything else is a field more.
func sentFields(lines string) (fields []string) {
	for lines != "" {
		field := fieldLineABNF.groups(lines)
		if field == nil {
			return append(fields, "not a field line", lines)
		}
		fields = append(fields, field[1], field[2])
		lines = lines[len(field[0]):]
	}
	return fields
}

// FuzzResponseSplitting proves that no field and no reason phrase can end its
// line: whatever strings are given, what is sent reads as exactly the fields
// that were accepted.
func FuzzResponseSplitting(f *testing.F) {
	for _, name := range []string{"A", "a-b", "", "A:", "A\r\nB", "A ", "é", "x-before", "Date", "connection", "Content-Length", "Transfer-Encoding"} {
		for _, value := range []string{"b", "", "b\r\nSet-Cookie: c", "b\n c", "b\rc", " b", "b\t", "b\x00", "é", "close", "0042"} {
			f.Add(name, value)
		}
	}
	token, fieldValue := octets(`^`+tokenABNF+`$`), octets(`^`+valueABNF+`$`)
	statusLine := octets(`^HTTP/1\.1 299 [\t \x21-\x7e\x80-\xff]*\r\n$`)
	f.Fuzz(func(t *testing.T, name, value string) {
		valid := token.match(name) && fieldValue.match(value)
		if got := checkField(name, value) == nil; got != valid {
			t.Errorf("checkField(%q, %q) accepts: %t, the grammar: %t", name, value, got, valid)
		}
		if line := string(appendStatusLine(nil, 299, value)); checkReason(value) == nil && !statusLine.match(line) {
			t.Errorf("reason phrase %q is sent as %q", value, line)
		}

		lines := &fieldLines{exchange: &exchange{conn: &Conn{}}, length: -1}
		h := ResponseHeader{lines}
		h.Set("X-Before", "1")
		err := h.Set(name, value)
		h.Add("X-After", "2")
		want := []string{"X-Before", "1", "X-After", "2"}
		inLines := err == nil && (!special(name) || lines.dated)
		switch {
		case err == nil && !valid:
			t.Errorf("Set(%q, %q) accepts what the grammar does not", name, value)
		case inLines && equalFold(name, "X-Before"):
			want = []string{name, value, "X-After", "2"}
		case inLines:
			want = slices.Insert(want, 2, name, value)
		}
		if got := sentFields(string(lines.lines)); !slices.Equal(got, want) {
			t.Errorf("Set(%q, %q) sends %q, want %q", name, value, got, want)
		}
		if got := h.Get(name); inLines && got != value {
			t.Errorf("Get(%q) = %q, want %q", name, got, value)
		}
	})
}
