package httpwire

import (
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// sentFields reads field lines as a client does and returns names and values.
// Anything else is a field more.
func sentFields(lines string) (fields []string) {
	for lines != "" {
		line, rest, ended := strings.Cut(lines, "\r\n")
		name, value, found := strings.Cut(line, ": ")
		if !ended || !found || strings.ContainsAny(line, "\r\n") {
			return append(fields, "not a field line", lines)
		}
		fields = append(fields, name, value)
		lines = rest
	}
	return fields
}

// FuzzResponseSplitting proves that no field can end its line: whatever strings
// are given, what is sent reads as exactly the fields that were accepted.
func FuzzResponseSplitting(f *testing.F) {
	for _, name := range []string{"A", "a-b", "", "A:", "A\r\nB", "A ", "é", "x-before", "Date", "connection", "Content-Length", "Transfer-Encoding"} {
		for _, value := range []string{"b", "", "b\r\nSet-Cookie: c", "b\n c", "b\rc", " b", "b\t", "b\x00", "é", "close", "0042"} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		valid := syntax.CheckField(name, value) == nil
		lines := &fieldLines{answer: &answer{}, length: -1}
		h := ResponseHeader{lines}
		h.Set("X-Before", "1")
		err := h.Set(name, value)
		h.Add("X-After", "2")
		want := []string{"X-Before", "1", "X-After", "2"}
		inLines := err == nil && (!special(name) || lines.dated)
		switch {
		case err == nil && !valid:
			t.Errorf("Set(%q, %q) accepts what the grammar does not", name, value)
		case inLines && syntax.EqualFold(name, "X-Before"):
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
