package httpwire

import (
	"slices"
	"testing"
)

// TestPath: the path is split first and decoded after.
func TestPath(t *testing.T) {
	tests := []struct {
		name string
		raw  string
		want []string
	}{
		{"3986_3.3_root", "/", []string{""}},
		{"3986_3.3_segments", "/a/b", []string{"a", "b"}},
		{"3986_3.3_slash_at_end", "/a/", []string{"a", ""}},
		{"3986_3.3_empty_segments", "//a//b", []string{"", "a", "", "b"}},
		{"3986_2.4_decoded_after_the_split", "/a%2Fb/c", []string{"a/b", "c"}},
		{"3986_2.4_decoded_once", "/%252F", []string{"%2F"}},
		{"3986_2.1_either_case", "/%2f%2F", []string{"//"}},
		{"3986_3.3_plus_is_a_plus", "/a+b", []string{"a+b"}},
		{"3986_2.5_octets", "/caf%C3%A9/%FF%00", []string{"café", "\xff\x00"}},
		{"3986_6.2.2.3_dots_are_kept", "/../%2e%2E/.", []string{"..", "..", "."}},
		{"9112_3.2.4_no_path", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Request{RawPath: tt.raw}
			if got := r.Path(); !slices.Equal(got, tt.want) {
				t.Errorf("Path() = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestDecodeSegment: a broken escape is returned as it is.
func TestDecodeSegment(t *testing.T) {
	tests := []struct {
		raw, want string
		ok        bool
	}{
		{"", "", true},
		{"plain", "plain", true},
		{"a%20b", "a b", true},
		{"%", "%", false},
		{"a%4", "a%4", false},
		{"%zz", "%zz", false},
		{"%41%", "%41%", false},
	}
	for _, tt := range tests {
		got, ok := DecodeSegment(tt.raw)
		check(t, "DecodeSegment of "+tt.raw, got, tt.want)
		check(t, "whether "+tt.raw+" can be decoded", ok, tt.ok)
	}
	if n := testing.AllocsPerRun(100, func() { DecodeSegment("plain") }); n != 0 {
		t.Errorf("DecodeSegment of a plain segment allocates %v times, want none", n)
	}
}

// TestQuery: the query is decoded as a form.
func TestQuery(t *testing.T) {
	tests := []struct {
		name  string
		query string
		get   string
		want  []string
	}{
		{"one", "a=1", "a", []string{"1"}},
		{"several", "a=1&b=2&a=3", "a", []string{"1", "3"}},
		{"missing", "a=1", "b", nil},
		{"none", "", "a", nil},
		{"none_has_no_empty_name", "", "", nil},
		{"case_sensitive", "A=1", "a", nil},
		{"empty_value", "a=&a", "a", []string{"", ""}},
		{"empty_pairs", "&&a=1&", "a", []string{"1"}},
		{"equals_in_value", "a=b=c", "a", []string{"b=c"}},
		{"question_mark_in_value", "a=b?c", "a", []string{"b?c"}},
		{"plus_is_a_space", "a+b=c+d", "a b", []string{"c d"}},
		{"escapes", "%61=%26%3D%2B", "a", []string{"&=+"}},
		{"semicolon_parts_nothing", "a=1;b=2", "a", []string{"1;b=2"}},
		{"broken_escape_is_kept", "a=%zz", "a", []string{"%zz"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Request{RawQuery: tt.query}
			if got := r.QueryValues(tt.get); !slices.Equal(got, tt.want) {
				t.Errorf("QueryValues(%q) = %q, want %q", tt.get, got, tt.want)
			}
			first := ""
			if len(tt.want) > 0 {
				first = tt.want[0]
			}
			if got := r.Query(tt.get); got != first {
				t.Errorf("Query(%q) = %q, want %q", tt.get, got, first)
			}
		})
	}
}
