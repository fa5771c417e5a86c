package frame

import (
	"strconv"
	"testing"
	"unicode/utf8"
)

// firstWrong finds what TextCheck looks for in the obvious way: the first octet
// after which no continuation is valid. It returns len(p) for a cut character.
func firstWrong(p []byte) int {
	for i := 0; i < len(p); {
		if !utf8.FullRune(p[i:]) {
			return len(p)
		}
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size <= 1 {
			for n := 1; ; n++ {
				if utf8.FullRune(p[i : i+n]) {
					return i + n - 1
				}
			}
		}
		i += size
	}
	return -1
}

var texts = []string{
	"", "a", "hello", "\x00", "\x7f", "é", "€", "𝄞", "\U0010ffff", "\ud7ff\ue000\uffff", "κόσμε", "aé€𝄞b",
	"\x80", "a\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2a", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe0\xa0", "\xe2\x82",
	"\xe2\x82a", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9d\x84",
	"\xf0\x9d\x84a", "\xf4\x90\x80\x80", "\xf5", "\xfe", "\xff", "aaaaaaaaaaaaaaaa\xffa", "éééééééé\xe9",
	"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64", // well-known test suites begin with it
}

func TestTextCheck(t *testing.T) {
	for _, text := range texts {
		t.Run(strconv.QuoteToASCII(text), func(t *testing.T) {
			p := []byte(text)
			for first := range len(p) + 1 {
				for second := first; second <= len(p); second++ {
					if got := checkText(p[:first], p[first:second], p[second:]); got != firstWrong(p) {
						t.Errorf("split at %d and %d: got %d, want %d", first, second, got, firstWrong(p))
					}
				}
			}
		})
	}
}

// checkText checks the pieces of a text. It returns the offset of the first wrong
// octet, the length for a cut character, or -1.
func checkText(pieces ...[]byte) int {
	var c TextCheck
	at := 0
	for _, piece := range pieces {
		if wrong := c.Write(piece); wrong >= 0 {
			return at + wrong
		}
		at += len(piece)
	}
	if !c.IsWhole() {
		return at
	}
	return -1
}

func FuzzTextCheck(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text), uint(1), uint(2))
	}
	f.Fuzz(func(t *testing.T, p []byte, first, second uint) {
		i := int(first % uint(len(p)+1))
		j := i + int(second%uint(len(p)-i+1))
		if got := checkText(p[:i], p[i:j], p[j:]); got != firstWrong(p) {
			t.Errorf("got %d, want %d", got, firstWrong(p))
		}
		if valid := firstWrong(p) < 0; valid != utf8.Valid(p) {
			t.Errorf("the obvious check is wrong: %v", valid)
		}
	})
}
