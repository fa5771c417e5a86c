package conditional

import "testing"

// The table of RFC 9110, Section 8.8.3.2, and an empty tag.
func TestMatch(t *testing.T) {
	tests := []struct {
		a, b         string
		strong, weak bool
	}{
		{`W/"1"`, `W/"1"`, false, true},
		{`W/"1"`, `W/"2"`, false, false},
		{`W/"1"`, `"1"`, false, true},
		{`"1"`, `"1"`, true, true},
		{`"1"`, `"2"`, false, false},
		{`""`, `""`, true, true},
		{`"W/1"`, `"1"`, false, false},
	}
	for _, tt := range tests {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := StrongMatch(pair[0], pair[1]); got != tt.strong {
				t.Errorf("StrongMatch(%s, %s) = %v", pair[0], pair[1], got)
			}
			if got := WeakMatch(pair[0], pair[1]); got != tt.weak {
				t.Errorf("WeakMatch(%s, %s) = %v", pair[0], pair[1], got)
			}
		}
	}
}

func TestCutEntityTag(t *testing.T) {
	tests := []struct {
		name, in   string
		tag, after string // both empty for no entity tag
	}{
		{"strong", `"a"`, `"a"`, ""},
		{"weak", `W/"a"`, `W/"a"`, ""},
		{"first_of_two", `"a" , "b"`, `"a"`, `, "b"`},
		{"comma_inside", `"a,b",c`, `"a,b"`, ",c"},
		{"backslash_is_literal", `"a\", "b"`, `"a\"`, `, "b"`},
		{"empty", `""`, `""`, ""},
		{"obs_text", "\"\xff\"", "\"\xff\"", ""},
		{"nothing", "", "", ""},
		{"weak_mark_alone", "W/", "", ""},
		{"lower_case_mark", `w/"a"`, "", ""},
		{"no_quotes", "a", "", ""},
		{"unterminated", `"a`, "", ""},
		{"quote_alone", `"`, "", ""},
		{"space_inside", `"a b"`, "", ""},
		{"DEL_inside", "\"\x7f\"", "", ""},
		{"no_comma", `"a" "b"`, "", ""},
	}
	for _, tt := range tests {
		t.Run("9110_8.8.3_"+tt.name, func(t *testing.T) {
			tag, after, ok := cutEntityTag(tt.in)
			if !ok {
				tag, after = "", ""
			}
			if ok != (tt.tag != "") || tag != tt.tag || after != tt.after {
				t.Errorf("got %q, %q, %v; want %q, %q", tag, after, ok, tt.tag, tt.after)
			}
		})
	}
}
