package messages

import "testing"

func TestParsePlace(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Place
		ok   bool
	}{
		{"0", Place{}, true},
		{"17-5", Place{17, 5}, true},
		{"17", AfterRevision(17), true},
		{"9223372036854775807-9223372036854775807", AfterRevision(1<<63 - 1), true},
		{"", Place{}, false},
		{"-", Place{}, false},
		{"0-0", Place{}, false},
		{"0-1", Place{}, false},
		{"-1", Place{}, false},
		{"+1", Place{}, false},
		{"01", Place{}, false},
		{"1-", Place{}, false},
		{"1-01", Place{}, false},
		{"1-2-3", Place{}, false},
		{"1 ", Place{}, false},
		{"9223372036854775808", Place{}, false},
	} {
		got, err := ParsePlace(c.in)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("ParsePlace(%q): got %v, %v", c.in, got, err)
		}
		if back, err := ParsePlace(got.String()); c.ok && (back != got || err != nil) {
			t.Errorf("ParsePlace(%q): got %v, %v, want %v", got.String(), back, err, got)
		}
	}
}
