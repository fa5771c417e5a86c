package syntax

import "testing"

// Every octet belongs to the classes that the ABNF says.
func TestClasses(t *testing.T) {
	classes := map[string]struct {
		class class
		abnf  string
	}{
		"9110_5.6.2_tchar":      {tchar, `[!#$%&'*+\-.^_` + "`" + `|~0-9A-Za-z]`},
		"9110_5.5_content":      {content, `[\t \x21-\x7e\x80-\xff]`},
		"3986_3.3_path":         {pathChar, `[A-Za-z0-9\-._~!$&'()*+,;=:@/\[\]|]`},
		"3986_3.4_query":        {queryChar, `[A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]|{}^\\` + "`" + `]`},
		"3986_3.2.2_host_char":  {hostChar, `[A-Za-z0-9\-._~!$&'()*+,;=]`},
		"5234_B.1_hexdig":       {hexdig, `[0-9A-Fa-f]`},
		"5234_B.1_digit":        {digit, `[0-9]`},
		"9110_5.6.3_space":      {space, `[ \t]`},
		"9110_5.6.4_qdtext":     {quotable, `[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]`},
		"9110_5.6_either_class": {digit | space, `[0-9 \t]`},
	}
	for name, c := range classes {
		pattern := octets(`^` + c.abnf + `$`)
		for o := range 256 {
			if got, want := is(byte(o), c.class), pattern.match(string([]byte{byte(o)})); got != want {
				t.Errorf("%s: is(%#02x) = %t, want %t", name, o, got, want)
			}
		}
	}
}

// contentRun stops where run does, wherever the octet stands.
func TestContentRun(t *testing.T) {
	for length := range 20 {
		b := make([]byte, length)
		for at := range length {
			for first := range 256 {
				for _, rest := range []byte{'a', '\t', 0xff} {
					for i := range b {
						b[i] = rest
					}
					b[at] = byte(first)
					if got, want := contentRun(b), run(b, content); got != want {
						t.Fatalf("contentRun(%q) = %d, want %d", b, got, want)
					}
				}
			}
		}
	}
}

func TestEqualFold(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"Host", "hOST", true},
		{"host", "hos", false},
		{"@[`{", "`{@[", false}, // 0x20 apart, but no letters
		{"k", "\u212A", false},
		{"\xc3\x89", "\xc3\xa9", false},
	}
	for _, tt := range tests {
		if got := EqualFold(tt.a, []byte(tt.b)); got != tt.want {
			t.Errorf("EqualFold(%q, %q) = %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestTrimOWS(t *testing.T) {
	for in, want := range map[string]string{"": "", " \t": "", "a": "a", " \ta b\t ": "a b", "\va": "\va"} {
		start, end := trimOWS([]byte(in), 0, len(in))
		if got := in[start:end]; got != want {
			t.Errorf("trimOWS(%q) = %q, want %q", in, got, want)
		}
	}
}
