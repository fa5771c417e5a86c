package syntax

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
		got = append(got, in[f.Name:f.Colon], in[f.Value:f.End])
	}
	if want := []string{"A", "b c", "Empty", "", "a", "B,c", "Host", "a"}; !slices.Equal(got, want) {
		t.Errorf("fields = %q, want %q", got, want)
	}
}
