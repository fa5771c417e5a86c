package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/messages"
)

// mark is before the octet that an error is about, in the inputs below.
const mark = "∑"

// hostile has bodies that are refused. The reason in a row is a part of the whole
// one.
var hostile = []struct{ name, in, field, reason string }{
	{"empty", `∑`, "", "the body is empty"},
	{"white_space_alone", " \r\n\t∑", "", "the body is empty"},
	{"open_object", `{∑`, "", "ends before it is complete"},
	{"open_name", `{"te∑`, "", "ends before it is complete"},
	{"open_string", `{"text":"hi∑`, "", "ends before it is complete"},
	{"open_escape", `{"text":"hi\u00∑`, "", "ends before it is complete"},
	{"no_closing_brace", `{"text":"hi"∑`, "", "ends before it is complete"},
	{"comma_before_end", `{"text":"hi",∑}`, "", "invalid character '}'"},
	{"two_commas", `{"text":"hi",∑,"id":1}`, "", "invalid character ','"},
	{"comma_first", `{∑,"text":"hi"}`, "", "invalid character ','"},
	{"no_colon", `{"text" ∑"hi"}`, "", `invalid character '"'`},
	{"single_quotes", `{∑'text':'hi'}`, "", "invalid character"},
	{"bare_name", `{∑text:"hi"}`, "", "invalid character 't'"},
	{"comment", `{∑/* hi */"text":"hi"}`, "", "invalid character '/'"},
	{"byte_order_mark", "∑\ufeff{\"text\":\"hi\"}", "", "begins with a byte order mark"},
	{"byte_order_mark_alone", "∑\ufeff", "", "begins with a byte order mark"},
	{"byte_order_mark_inside", "{∑\ufeff\"text\":\"hi\"}", "", "invalid character"},
	{"UTF-16LE", "∑\xff\xfe{\x00}\x00", "", "UTF-16"},
	{"UTF-16BE", "∑\xfe\xff\x00{\x00}", "", "UTF-16"},
	{"UTF-16LE_without_mark", "∑{\x00}\x00", "", "UTF-16"},
	{"UTF-16BE_without_mark", "∑\x00{\x00}", "", "UTF-16"},
	{"UTF-32BE", "∑\x00\x00\xfe\xff\x00\x00\x00{", "", "UTF-16 or UTF-32"},
	{"NUL", "∑\x00", "", "invalid character"},
	{"NUL_in_string", "{\"text\":\"a∑\x00\"}", "", "invalid character"},
	{"line_feed_in_string", "{\"text\":\"a∑\n\"}", "", "invalid character"},
	{"unknown_escape", `{"text":"\∑x41"}`, "", "invalid character 'x'"},
	{"bad_hex", `{"text":"\u00∑g0"}`, "", "invalid character 'g'"},
	{"leading_zero", `{"id":0∑1}`, "", "invalid character '1'"},
	{"plus", `{"id":∑+1}`, "", "invalid character '+'"},
	{"NaN", `{"id":∑NaN}`, "", "invalid character 'N'"},
	{"form_feed", "{∑\f\"text\":\"hi\"}", "", "invalid character"},
	{"wrong_case_literal", `{"text":∑True}`, "", "invalid character 'T'"},

	{"trailing_value", `{"text":"hi"} ∑{"text":"ho"}`, "", "something follows"},
	{"trailing_letter", `{"text":"hi"}∑x`, "", "something follows"},
	{"trailing_NUL", "{\"text\":\"hi\"}∑\x00", "", "something follows"},
	{"trailing_brace", "{\"text\":\"hi\"}\n∑}", "", "something follows"},

	{"array", ` ∑[{"text":"hi"}]`, "", "this is an array, not an object"},
	{"string", `∑"hi"`, "", "this is a string, not an object"},
	{"number", `∑-1`, "", "this is a number, not an object"},
	{"true", `∑true`, "", "this is a boolean, not an object"},
	{"null", `∑null`, "", "this is null, not an object"},

	{"unknown_member", `{"text":"hi",∑"author":"me"}`, "author", `no member "author"`},
	{"unknown_long", `{∑"` + strings.Repeat("x", 1000) + `":1}`, strings.Repeat("x", 64), "no member"},
	{"empty_name", `{∑"":1}`, "", `no member ""`},
	{"prototype", `{∑"__proto__":{}}`, "__proto__", `no member "__proto__"`},
	{"wrong_case", `{∑"Text":"hi"}`, "Text", `no member "Text"`},
	{"folded_letter", `{∑"teXt":"hi"}`, "teXt", "no member"},
	{"duplicate", `{"text":"hi","text":∑"ho"}`, "text", "twice"},
	{"duplicate_escaped", `{"text":"hi","\u0074ext":∑"ho"}`, "text", "twice"},
	{"duplicate_equal", `{"text":"hi","text":∑"hi"}`, "text", "twice"},

	{"octet_FF", "{\"text\":\"a∑\xff\"}", "text", "not UTF-8"},
	{"overlong_slash", "{\"text\":\"∑\xc0\xaf\"}", "text", "not UTF-8"},
	{"encoded_surrogate", "{\"text\":\"∑\xed\xa0\x80\"}", "text", "not UTF-8"},
	{"beyond_Unicode", "{\"text\":\"∑\xf4\x90\x80\x80\"}", "text", "not UTF-8"},
	{"cut_off_rune", "{\"text\":\"∑\xf0\x9f\xa7\"}", "text", "not UTF-8"},
	{"octet_in_name", "{\"t∑\xffext\":\"a\"}", "", "not UTF-8"},
	{"octet_outside", "{∑\xff}", "", "invalid character"},
	{"octet_before_error", "{\"text\":\"∑\xff\",}", "", "not UTF-8"},
	{"lone_high", `{"text":"a∑\ud83d"}`, "text", "surrogate"},
	{"lone_low", `{"text":"a∑\ude00"}`, "text", "surrogate"},
	{"two_highs", `{"text":"∑\ud83d\ud83d\ude00"}`, "text", "surrogate"},
	{"high_and_letter", `{"text":"∑\ud83dx"}`, "text", "surrogate"},
	{"high_and_escape", `{"text":"∑\uD83D\n"}`, "text", "surrogate"},
	{"high_and_other_unit", `{"text":"∑\uD83D\u0041"}`, "text", "surrogate"},
	{"swapped_pair", `{"text":"∑\uDE00\uD83D"}`, "text", "surrogate"},
	{"surrogate_name", `{"∑\ud83d":1}`, "", "surrogate"},

	{"deep_value", `{"text":` + strings.Repeat("[", 64) + "∑[" + strings.Repeat("]", 65) + `}`, "text", "deeper than 64"},
	{"deep_body", strings.Repeat("[", 64) + "∑" + strings.Repeat("[", 20_000), "", "deeper than 64"},
	{"deep_objects", strings.Repeat(`{"text":`, 64) + "∑" + strings.Repeat(`{"text":`, 20_000), "", "deeper than 64"},

	{"text_number", `{"text":∑1}`, "text", "text is a number, not a string"},
	{"text_null", `{"text": ∑null}`, "text", "text is null, not a string"},
	{"text_boolean", `{"text":∑false}`, "text", "text is a boolean, not a string"},
	{"text_array", `{"text":∑["hi"]}`, "text", "text is an array, not a string"},
	{"text_object", `{"text":∑{"text":"hi"}}`, "text", "text is an object, not a string"},
	{"id_string", `{"id":∑"1"}`, "id", "id is a string, not a number"},
	{"id_null", `{"id":∑null,"text":"hi"}`, "id", "id is null, not a number"},
}

func TestParseDraftRefuses(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			before, after, marked := strings.Cut(c.in, mark)
			if !marked {
				t.Fatal("no mark")
			}
			_, err := parseDraft([]byte(before+after), "id", "text")
			var refusal *jsonError
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v, want a *jsonError", err)
			}
			if refusal.offset != len(before) || refusal.field != c.field || !strings.Contains(refusal.reason, c.reason) {
				t.Errorf("got offset %d, field %q, %q; want offset %d, field %q, %q",
					refusal.offset, refusal.field, refusal.reason, len(before), c.field, c.reason)
			}
		})
	}
}

func TestParseDraft(t *testing.T) {
	hi, one := "hi", "1"
	for _, c := range []struct {
		name, in string
		want     draft
	}{
		{"text", `{"text":"hi"}`, draft{text: &hi}},
		{"white_space", " {\t\"text\" :\r\n \"hi\" } \n", draft{text: &hi}},
		{"both", `{"id":1,"text":"hi"}`, draft{id: &one, text: &hi}},
		{"other_order", `{"text":"hi" , "id":1}`, draft{id: &one, text: &hi}},
		{"escaped_name", `{"\u0074ext":"hi"}`, draft{text: &hi}},
		{"nothing", `{}`, draft{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseDraft([]byte(c.in), "id", "text")
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// Whatever Unicode a text consists of, it must arrive as it was sent.
func TestParseDraftKeepsText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `hi`, "hi"},
		{"escapes", `\"\\\/\b\f\n\r\t`, "\"\\/\b\f\n\r\t"},
		{"escaped_NUL", `\u0000`, "\x00"},
		{"pair", `\ud83e\uddf5\uD83E\uDDF5`, "🧵🧵"},
		{"escaped_backslash_before_u", `\\ud83d`, `\ud83d`},
		{"replacement_character", "\ufffd\\ufffd", "\ufffd\ufffd"},
		{"not_normalised", "e\u0301\u00e9", "e\u0301\u00e9"},
		{"last_code_point", "\U0010ffff\\udbff\\udfff", "\U0010ffff\U0010ffff"},
		{"line_separators", "\u2028\u2029", "\u2028\u2029"},
		{"byte_order_mark", "\ufeff", "\ufeff"},
		{"brackets", strings.Repeat("[{", 100), strings.Repeat("[{", 100)},
		{"DEL", "\x7f", "\x7f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := parseDraft([]byte(`{"text":"`+c.in+`"}`), "text")
			if err != nil || *d.text != c.want {
				t.Fatalf("got %v, %v; want %q", d.text, err, c.want)
			}
			var again bytes.Buffer
			if err := writeMessage(&again, messages.Message{Text: *d.text}); err != nil {
				t.Fatal(err)
			}
			var decoded messageView
			if err := json.Unmarshal(again.Bytes(), &decoded); err != nil || decoded.Text != c.want {
				t.Errorf("encoded as %s, which reads %q, %v", again.Bytes(), decoded.Text, err)
			}
		})
	}
}

func TestNestingUpToTheLimit(t *testing.T) {
	in := []byte(strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth))
	if err := checkValue(in, 0); err != nil {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
	in = []byte(strings.Repeat("[],{},", 1000))
	if err := checkValue(in, 0); err != nil {
		t.Errorf("many values side by side: %v", err)
	}
}

// FuzzParseDraft compares the reader with encoding/json: what it accepts is valid
// JSON and UTF-8 and means the same there; what it refuses has a reason, and an
// offset within the body.
func FuzzParseDraft(f *testing.F) {
	for _, c := range hostile {
		f.Add([]byte(strings.Replace(c.in, mark, "", 1)))
	}
	f.Add([]byte(`{"id":1,"text":"\ud83e\uddf5"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		d, err := parseDraft(data, "id", "text")
		if !bytes.Equal(data, before) {
			t.Fatal("the body was changed")
		}
		var refusal *jsonError
		switch {
		case errors.As(err, &refusal):
			if refusal.offset < 0 || refusal.offset > len(data) || refusal.reason == "" {
				t.Errorf("offset %d of %d, reason %q", refusal.offset, len(data), refusal.reason)
			}
			if !utf8.ValidString(refusal.reason) || !utf8.ValidString(refusal.field) {
				t.Errorf("not UTF-8: %q, %q", refusal.reason, refusal.field)
			}
		case err != nil:
			t.Errorf("an error without an offset: %v", err)
		default:
			compareDraft(t, data, d)
		}
	})
}

// compareDraft compares a draft with what encoding/json reads.
func compareDraft(t *testing.T, data []byte, d draft) {
	t.Helper()
	if !json.Valid(data) || !utf8.Valid(data) {
		t.Fatalf("accepted %q", data)
	}
	var want map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&want); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]any)
	if d.id != nil {
		got["id"] = json.Number(*d.id)
	}
	if d.text != nil {
		got["text"] = *d.text
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
