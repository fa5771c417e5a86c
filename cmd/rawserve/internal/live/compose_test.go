package live

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// script describes acts in one line.
func script(acts []act) string {
	var words []string
	for _, a := range acts {
		switch {
		case a.halfClose:
			words = append(words, "half-close")
		case a.pause > 0:
			words = append(words, a.pause.String())
		default:
			words = append(words, string(a.octets))
		}
	}
	return strings.Join(words, "|")
}

func TestComposition(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"lines", "> GET / HTTP/1.1\n> Host: ${host}\n>\n", "GET / HTTP/1.1\r\nHost: a:1\r\n\r\n"},
		{"octets", "} a\\r\\n\\x00\\xff\n} b", "a\r\n\x00\xffb"},
		{"split", "} a\n* split\n} b", "a|10ms|b"},
		{"pause", "} a\n* pause 300ms\n} b\n* half-close", "a|300ms|b|half-close"},
		{"plain text", "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"plain text with a mark", "GET / HTTP/1.1\n* split\nHost: a\n\n", "GET / HTTP/1.1\r\n|10ms|Host: a\r\n\r\n"},
		{"repeat", "} ${repeat 3 ab}", "ababab"},
		{"bare line feed", "> a\\n\\c\n} b", "a\nb"},
		{"a whole fixture", "@id x\n@title y\n\n> G\n<\n# no\n< HTTP/1.1 400 *\n* closed\n", "G\r\n"},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			acts, err := composition(test.in, "a:1")
			if err != nil {
				t.Fatal(err)
			}
			if got := script(acts); got != test.want {
				t.Errorf("composition(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestCompositionRefuses(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "nothing to send"},
		{"* split", "nothing to send"},
		{"> a\n} b\\q", "line 2, column 4"},
		{"# one\n> a\n* split\n> ${nobody}", "line 4"},
		{"} a\n* pause 31s", "at most 30s"},
		{"} a\n* pause -1s", "at most 30s"},
		{"} a\n* pause 30s\n} a\n* pause 30s\n} a\n* pause 1s", "longer than 1m0s"},
		{"} ${repeat 99999999 a}", "line 1: the composer sends at most 65536"},
		{strings.Repeat("} ${repeat 65536 a}\n", 3), "line 2: the composer sends at most 65536"},
		{"} ${repeat 65536 a}\n* split\n> b", "line 3: the composer sends at most 65536"},
		{"} ${repeat 32769 \\x41\\r}", "at most 65536"},
		{"} " + strings.Repeat("${host}", 9000), "at most 65536"},
		{"} a\n} ${repeat 4611686018427387904 abcd}", "line 2: the composer sends at most 65536"},
		{"} ${repeat 18446744073709551616 abcd}", "want ${repeat N text}"},
		{"} ${repeat -1 a}", "want ${repeat N text}"},
		{"} ${repeat 5 }", "want ${repeat N text}"},
		{"} ${repeat 65536 a", "closing brace"},
		{"} ${file big.bin}", "sends no files"},
		{"} a\n* reset", "cannot reset it"},
	} {
		if _, err := composition(test.in, "a:1"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("composition(%.60q) fails with %v, want %q", test.in, err, test.want)
		}
	}
}

// The text is added up before anything is made of it.
func TestCompositionMemory(t *testing.T) {
	text := strings.Repeat("} ${repeat 65536 xxxx}\n", 96<<10/23)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := composition(text, "a:1")
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; err == nil || made > 2<<20 {
		t.Errorf("%d octets of text make %d octets (%v)", len(text), made, err)
	}
	acts, err := composition("} ${repeat 32767 a\\x41}\n} \\r\\n", "a:1")
	if err != nil || len(acts) != 1 || len(acts[0].octets) != composeAtMost {
		t.Errorf("what the composer sends at most is refused: %v", err)
	}
}

// What the page copies can be pasted into the composer.
func TestFixtureRoundTrip(t *testing.T) {
	for _, octets := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "G\x00\xff \n\r", "X: ${host} \\ \t\r\n", " a \r\n", "\r\n", "*\r\n", strings.Repeat("x", 9000) + "\r\n",
	} {
		acts, err := composition((&exchangeView{In: side{shown: []byte(octets)}}).fixture(), "a:1")
		if err != nil {
			t.Errorf("%.40q: %v", octets, err)
			continue
		}
		if got := script(acts); got != octets {
			t.Errorf("%.40q came back as %.40q", octets, got)
		}
	}
}

func FuzzFixtureRoundTrip(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n\x00\\ "))
	f.Fuzz(func(t *testing.T, octets []byte) {
		if len(octets) == 0 || len(octets) > composeAtMost {
			return
		}
		acts, err := composition(sendLines(octets), "a:1")
		if err != nil || script(acts) != string(octets) {
			t.Errorf("%q came back as %q (%v)", octets, script(acts), err)
		}
	})
}

func TestPresets(t *testing.T) {
	presets := presets()
	if len(presets) < 500 {
		t.Errorf("there are %d presets", len(presets))
	}
	for _, p := range presets {
		if p.Group != "" {
			continue
		}
		acts, err := composition(p.Text, "a:1")
		if err != nil || len(acts) == 0 {
			t.Errorf("%s: %v", p.ID, err)
		}
		var pauses time.Duration
		for _, a := range acts {
			pauses += a.pause
		}
		if pauses > 2*time.Second {
			t.Errorf("%s pauses for %v", p.ID, pauses)
		}
	}
}
