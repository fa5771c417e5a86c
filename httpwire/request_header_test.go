package httpwire

import (
	"slices"
	"strings"
	"testing"
)

// header returns the Header of a request with the given field lines.
func header(t *testing.T, lines string) (h Header) {
	t.Helper()
	s := &Server{Handler: nothing, OnRequest: func(r *Request) { h = r.Header }}
	sent := replay(s, strings.NewReader("GET / HTTP/1.0\r\n"+lines+"\r\n"))
	if !strings.HasPrefix(sent, "HTTP/1.1 200 OK\r\n") {
		t.Fatalf("%q: got %q", lines, sent)
	}
	return h
}

// TestHeader: fields are found by name, without regard to the case of ASCII
// letters.
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
	name, value := h.Field(2)
	check(t, "name of Field(2)", name, "ACCEPT")
	check(t, "value of Field(2)", value, "b")
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

// TestHeaderZero: a header without fields is empty in every way.
func TestHeaderZero(t *testing.T) {
	for _, test := range []struct {
		name string
		h    Header
	}{{"zero_value", Header{}}, {"no_field_lines", header(t, "")}} {
		t.Run(test.name, func(t *testing.T) {
			check(t, "Len", test.h.Len(), 0)
			check(t, "Get", test.h.Get("a"), "")
			check(t, "Has", test.h.Has("a"), false)
			check(t, "Values", len(test.h.Values("a")), 0)
			check(t, "Raw", test.h.Raw(), "")
		})
	}
}

// TestHeaderList: the members of lists, over all lines with the name.
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
