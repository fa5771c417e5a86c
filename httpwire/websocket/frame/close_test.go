package frame

import (
	"strings"
	"testing"
)

func TestParseClose(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		code          Code
		reason        string
		rule          *Rule
		offset        int64
	}{
		{"6455_5.5.1_without_a_code", "", NoCode, "", nil, 0},
		{"6455_7.4.1_normal", "\x03\xe8", Normal, "", nil, 0},
		{"6455_7.1.6_reason", "\x03\xe9bye 🧵", GoingAway, "bye 🧵", nil, 0},
		{"6455_7.4.2_private", "\x13\x87x", 4999, "x", nil, 0},
		{"6455_5.5.1_half_a_code", "\x03", 0, "", CloseOfOneOctet, 0},
		{"6455_7.4.2_below_1000", "\x03\xe7", 0, "", BadCloseCode, 1},
		{"6455_7.4.2_zero", "\x00\x00", 0, "", BadCloseCode, 0},
		{"6455_7.4.1_1005", "\x03\xed", 0, "", BadCloseCode, 1},
		{"6455_7.4.2_5000", "\x13\x88", 0, "", BadCloseCode, 1},
		{"6455_7.4.2_65535", "\xff\xff", 0, "", BadCloseCode, 0},
		{"6455_5.5.1_reason_not_text", "\x03\xe8ab\xffc", 0, "", BadCloseReason, 4},
		{"6455_5.5.1_reason_cut", "\x03\xe8ab\xe2\x82", 0, "", BadCloseReason, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, reason, err := ParseClose([]byte(c.payload))
			if c.rule != nil {
				if err == nil || err.Rule != c.rule || err.Offset != c.offset {
					t.Errorf("got %v, want %s at octet %d", err, c.rule.Name, c.offset)
				}
				return
			}
			if err != nil || code != c.code || string(reason) != c.reason {
				t.Errorf("got %v, %q, %v, want %v, %q", code, reason, err, c.code, c.reason)
			}
			if again := AppendClose(nil, code, c.reason); string(again) != c.payload {
				t.Errorf("encoded: got %q, want %q", again, c.payload)
			}
		})
	}
}

// The codes that Section 7.4 and the registry at IANA leave: all 65,536 are tried.
func TestCodes(t *testing.T) {
	for code := range 1 << 16 {
		want := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
		if got := Code(code).MayBeSent(); got != want {
			t.Errorf("%d: got %v, want %v", code, got, want)
		}
	}
}

func TestCutReason(t *testing.T) {
	for _, c := range []struct{ name, reason, want string }{
		{"short", "bye", "bye"},
		{"longest", strings.Repeat("x", MaxReason), strings.Repeat("x", MaxReason)},
		{"longer", strings.Repeat("x", MaxReason+1), strings.Repeat("x", MaxReason)},
		{"between_characters", strings.Repeat("x", MaxReason-1) + "é", strings.Repeat("x", MaxReason-1)},
		{"replacement_character", "a\ufffdb", "a\ufffdb"},
		{"not_text", "a\xffb", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := CutReason(c.reason); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
