package live

import (
	"strings"
	"sync"

	"rawserve/conformance"
)

// preset is a request to try: a conformance case, as text for the composer.
type preset struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Group string `json:"group"` // section of the corpus, or "" for those shown first
	Text  string `json:"text"`
}

// shownFirst lists the presets everybody should try, with the words that the
// page has for them.
var shownFirst = []preset{
	{ID: "hello", Title: "A plain GET", Text: "> GET / HTTP/1.1\n> Host: ${host}\n>\n"},
	{ID: "chunked", Title: "Chunked upload with a trailer", Text: "> POST /echo HTTP/1.1\n> Host: ${host}\n> Content-Type: text/plain\n" +
		"> Transfer-Encoding: chunked\n> Trailer: X-Sum\n>\n* pause 40ms\n> 5;sig=ab\n} hello\\r\\n\n* pause 40ms\n> 7\n} , world\\r\\n\n> 0\n> X-Sum: 12\n>\n"},
	{ID: "smuggle-cl-te", Title: "CL.TE smuggling"},
	{ID: "te-space", Title: "Space before the colon", Text: "> POST /echo HTTP/1.1\n> Host: ${host}\n> Transfer-Encoding : chunked\n" +
		"> Content-Length: 5\n>\n} hello\n"},
	{ID: "slow-head", Title: "Slow headers, piece by piece", Text: slowly("GET / HTTP/1.1\\r\\n", "Host:\\s", "${host}\\r\\n", "X-Slow:\\s", "y", "e", "s", "\\r\\n", "\\r", "\\n")},
	{ID: "pipelining", Title: "Three pipelined requests", Text: "> GET / HTTP/1.1\n> Host: ${host}\n>\n> GET /slow/120 HTTP/1.1\n> Host: ${host}\n>\n" +
		"> GET /status/404 HTTP/1.1\n> Host: ${host}\n>\n"},
	{ID: "expect", Title: "Expect: 100-continue", Text: "> PUT /upload HTTP/1.1\n> Host: ${host}\n> Content-Length: 5\n> Expect: 100-continue\n>\n* pause 80ms\n} hello\n"},
	{ID: "bare-lf", Title: "A bare line feed", Text: "> GET / HTTP/1.1\n> Host: ${host}\\n\\c\n> X: hidden\n>\n"},
	{ID: "fold", Title: "A folded field line", Text: "> GET / HTTP/1.1\n> Host: ${host}\n> X-Long: one\n} \\s two\\r\\n\n>\n"},
	{ID: "http10", Title: "HTTP/1.0, closed after the answer", Text: "> GET /stream/3 HTTP/1.0\n>\n"},
	{ID: "markup", Title: "Markup and raw octets in a value", Text: "> GET /raw HTTP/1.1\n> Host: ${host}\n> X-Markup: <img src=x onerror=alert(1)>\n> X-Octets: \\xff\\xfe\\x80\n>\n"},
	{ID: "head", Title: "HEAD: a length without a body", Text: "> HEAD /bytes/1000 HTTP/1.1\n> Host: ${host}\n>\n"},
}

// slowly writes octets with a pause between them.
func slowly(pieces ...string) string {
	return "} " + strings.Join(pieces, "\n* pause 50ms\n} ") + "\n"
}

// presets returns those shown first and then the whole corpus.
var presets = sync.OnceValue(func() []preset {
	first := append([]preset(nil), shownFirst...)
	files, err := conformance.Corpus()
	if err != nil {
		return first
	}
	var rest []preset
	for _, file := range files {
		for _, c := range file.Cases {
			text, ok := sendable(c)
			if !ok {
				continue
			}
			rest = append(rest, preset{c.ID, c.Title, file.Section(), text})
			for i := range first {
				if first[i].ID == c.ID && first[i].Text == "" {
					first[i].Text = text
				}
			}
		}
	}
	return append(first, rest...)
})

// sendable returns what a case sends, if the composer can send it.
func sendable(c *conformance.Case) (text string, ok bool) {
	var b strings.Builder
	for _, line := range c.Lines {
		switch line.Sign {
		case ">", "}":
		case "*":
			if !isMark(line.String()) {
				if strings.HasPrefix(line.Text, "on ") || line.Text == "reset" {
					return "", false
				}
				continue
			}
		case "$":
			return "", false
		default:
			continue
		}
		b.WriteString(line.String())
		b.WriteByte('\n')
	}
	_, err := composition(b.String(), "localhost:3000")
	return b.String(), err == nil
}
