package xray

import (
	"testing"
	"unicode/utf8"
)

// TestVisible: each octet has a text of its own that no terminal obeys.
func TestVisible(t *testing.T) {
	texts := map[string]int{}
	for octet := range 256 {
		text := Visible([]byte{byte(octet)})
		for _, r := range text {
			if r < ' ' || r >= 0x7f && r < 0xa0 {
				t.Errorf("%#x becomes %q", octet, text)
			}
		}
		if other, known := texts[text]; known {
			t.Errorf("%#x and %#x both become %q", octet, other, text)
		}
		texts[text] = octet
		if !utf8.ValidString(text) {
			t.Errorf("%#x becomes %q", octet, text)
		}
	}
}

// TestLink: references lead to the section they name.
func TestLink(t *testing.T) {
	for ref, want := range map[string]string{
		"9112 §6.3 rule 7": "https://www.rfc-editor.org/rfc/rfc9112.html#section-6.3",
		"9110 §9.1":        "https://www.rfc-editor.org/rfc/rfc9110.html#section-9.1",
		"9112 §C.2.2":      "https://www.rfc-editor.org/rfc/rfc9112.html#appendix-C.2.2",
		"":                 "",
	} {
		if got := Link(ref); got != want {
			t.Errorf("Link(%q) = %q, want %q", ref, got, want)
		}
	}
}
