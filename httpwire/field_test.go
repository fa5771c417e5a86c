package httpwire

import (
	"slices"
	"testing"
)

// fieldsHead returns a head with the given field lines before Host.
func fieldsHead(lines string) string { return "GET / HTTP/1.1\r\n" + lines + hostEnd }

// fieldCases are heads whose field lines matter.
var fieldCases = []headCase{
	{name: "9112_5_plain", in: fieldsHead("A: b\r\n")},
	{name: "9112_5_every_tchar_in_name", in: fieldsHead("!#$%&'*+-.^_`|~09azAZ: b\r\n")},
	{name: "9112_5_empty_value", in: fieldsHead("A:\r\n")},
	{name: "9112_5_value_of_white_space", in: fieldsHead("A: \t \r\n")},
	{name: "9112_5_no_white_space", in: fieldsHead("A:b\r\n")},
	{name: "9112_5_white_space_around_value", in: fieldsHead("A:\t  b c \t\r\n")},
	{name: "9112_5_colons_in_value", in: fieldsHead("A:: b:c:\r\n")},
	{name: "9110_5.5_tab_inside_value", in: fieldsHead("A: b\tc\r\n")},
	{name: "9110_5.5_obs_text", in: fieldsHead("A: \x80\xff é\r\n")},
	{name: "9112_5.1_space_before_colon", in: fieldsHead("A¶ : b\r\n"), want: SpaceBeforeColon},
	{name: "9112_5.1_tabs_before_colon", in: fieldsHead("A¶\t\t: b\r\n"), want: SpaceBeforeColon},
	{name: "9112_5.1_space_in_name", in: fieldsHead("A¶ B: c\r\n"), want: BadFieldName},
	{name: "9112_5.1_no_name", in: fieldsHead("¶: b\r\n"), want: EmptyFieldName},
	{name: "9112_5.1_no_colon", in: fieldsHead("A¶\r\n"), want: NoColon},
	{name: "9112_5.1_space_and_no_colon", in: fieldsHead("A¶ b\r\n"), want: BadFieldName},
	{name: "9112_5.1_nul_in_name", in: fieldsHead("A¶\x00: b\r\n"), want: BadFieldName},
	{name: "9112_5.1_obs_text_in_name", in: fieldsHead("A¶é: b\r\n"), want: BadFieldName},
	{name: "9112_5.1_slash_in_name", in: fieldsHead("A¶/B: c\r\n"), want: BadFieldName},
	{name: "9112_5.1_quote_first", in: fieldsHead("¶\"A\": b\r\n"), want: BadFieldName},
	{name: "9112_2.2_space_before_first_field", in: fieldsHead("¶ A: b\r\n"), want: LeadingSpace},
	{name: "9112_2.2_tab_before_first_field", in: fieldsHead("¶\tA: b\r\n"), want: LeadingSpace},
	{name: "9112_5.2_fold", in: fieldsHead("A: b\r\n¶ c\r\n"), want: ObsFold},
	{name: "9112_5.2_fold_by_tab", in: fieldsHead("A: b\r\n¶\tc\r\n"), want: ObsFold},
	{name: "9112_5.2_fold_of_white_space", in: fieldsHead("A: b\r\n¶  \r\n"), want: ObsFold},
	{name: "9110_5.5_nul", in: fieldsHead("A: b¶\x00c\r\n"), want: NULInValue},
	{name: "9110_5.5_nul_at_end", in: fieldsHead("A: b¶\x00\r\n"), want: NULInValue},
	{name: "9110_5.5_escape", in: fieldsHead("A: ¶\x1b[31m\r\n"), want: BadFieldValue},
	{name: "9110_5.5_del", in: fieldsHead("A: b¶\x7f\r\n"), want: BadFieldValue},
	{name: "9110_5.5_vertical_tab", in: fieldsHead("A:¶\v b\r\n"), want: BadFieldValue},
	{name: "9110_5.5_first_of_two", in: fieldsHead("A: 12345678¶\x01345\x00\r\n"), want: BadFieldValue},
}

func TestFieldLine(t *testing.T) { testHeads(t, fieldCases) }

func TestFieldParts(t *testing.T) {
	in := fieldsHead("A:\t b c \t\r\nEmpty:\r\na: B,c\r\n")
	var p HeadParser
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	var got []string
	for _, f := range p.Head().Fields {
		got = append(got, f.name(in), f.value(in))
	}
	if want := []string{"A", "b c", "Empty", "", "a", "B,c", "Host", "a"}; !slices.Equal(got, want) {
		t.Errorf("fields = %q, want %q", got, want)
	}
}

// header returns the Header of a request with the given field lines.
func header(t *testing.T, lines string) Header {
	t.Helper()
	in := "GET / HTTP/1.0\r\n" + lines + "\r\n"
	var p HeadParser
	if got := parseHead(t, &p, in, []int{len(in)}); got.accepted != len(in) {
		t.Fatalf("%q: %v", in, got)
	}
	return Header{in, p.Head().Fields}
}

func TestHeader(t *testing.T) {
	const lines = "Accept: a\r\nX-Empty:\r\nACCEPT:  b \r\nkelvin: 1\r\n"
	h := header(t, lines)
	tests := []struct {
		name   string
		get    string
		has    bool
		values []string
	}{
		{"Accept", "a", true, []string{"a", "b"}},
		{"accept", "a", true, []string{"a", "b"}},
		{"x-empty", "", true, []string{""}},
		{"X-Missing", "", false, nil},
		{"", "", false, nil},
		{"Accep", "", false, nil},
		{"\u212Aelvin", "", false, nil}, // the Kelvin sign is no "k"
	}
	for _, tt := range tests {
		if got := h.Get(tt.name); got != tt.get {
			t.Errorf("Get(%q) = %q, want %q", tt.name, got, tt.get)
		}
		if got := h.Has(tt.name); got != tt.has {
			t.Errorf("Has(%q) = %t, want %t", tt.name, got, tt.has)
		}
		if got := h.Values(tt.name); !slices.Equal(got, tt.values) {
			t.Errorf("Values(%q) = %q, want %q", tt.name, got, tt.values)
		}
	}
	if got := h.Len(); got != 4 {
		t.Errorf("Len() = %d, want 4", got)
	}
	if name, value := h.Field(2); name != "ACCEPT" || value != "b" {
		t.Errorf("Field(2) = %q, %q; want ACCEPT, b", name, value)
	}
	if got := h.Raw(); got != lines {
		t.Errorf("Raw() = %q, want %q", got, lines)
	}
	var all []string
	for name, value := range h.All() {
		all = append(all, name, value)
		if name == "ACCEPT" {
			break
		}
	}
	if want := []string{"Accept", "a", "X-Empty", "", "ACCEPT", "b"}; !slices.Equal(all, want) {
		t.Errorf("All() = %q, want %q", all, want)
	}
}

func TestHeaderZero(t *testing.T) {
	for name, h := range map[string]Header{"zero value": {}, "no field lines": header(t, "")} {
		if h.Len() != 0 || h.Get("a") != "" || h.Has("a") || h.Values("a") != nil || h.Raw() != "" {
			t.Errorf("%s: header is not empty: %+v", name, h)
		}
	}
}

func TestHeaderList(t *testing.T) {
	tests := []struct {
		name  string
		lines string
		want  []string
	}{
		{"9110_5.6.1_one", "A: b\r\n", []string{"b"}},
		{"9110_5.6.1_several", "A: b,c , d\r\n", []string{"b", "c", "d"}},
		{"9110_5.6.1_empty_members", "A: , b,,\t,c,\r\n", []string{"b", "c"}},
		{"9110_5.6.1_empty", "A:\r\n", nil},
		{"9110_5.3_over_lines", "A: b\r\nX: y\r\na: c, d\r\n", []string{"b", "c", "d"}},
		{"9110_5.6.4_quoted_comma", "A: \"b,c\", d\r\n", []string{`"b,c"`, "d"}},
		{"9110_5.6.4_quoted_pair", `A: "b\",c", d` + "\r\n", []string{`"b\",c"`, "d"}},
		{"9110_5.6.4_quote_not_closed", "A: \"b,c\r\nA: d\r\n", []string{`"b,c`, "d"}},
		{"9110_5.6.4_backslash_at_end", "A: \"b\\\r\n", []string{`"b\`}},
		{"9110_5.6.4_backslash_outside", "A: b\\,c\r\n", []string{`b\`, "c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := slices.Collect(header(t, tt.lines).List("a")); !slices.Equal(got, tt.want) {
				t.Errorf("List = %q, want %q", got, tt.want)
			}
		})
	}
	for member := range header(t, "A: b, c\r\n").List("A") {
		if member == "c" {
			t.Error("List goes on after its loop has ended")
		}
		break
	}
}
