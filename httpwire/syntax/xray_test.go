package syntax

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata/xray")

// xraySeparator stands between the octets and their elements in a golden file.
const xraySeparator = "----\n"

// TestXray compares what the Span hooks report of a request with golden files.
// A file begins with remarks (#), then come the octets, written as in a Go
// string and with line breaks wherever they are easier to read, then what every
// one of them is.
func TestXray(t *testing.T) {
	files, err := filepath.Glob("testdata/xray/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(content), "\r\n", "\n") // as checked out on Windows
			written, want, _ := strings.Cut(text, xraySeparator)
			got := xray(t, writtenOctets(t, written))
			if *update {
				if err := os.WriteFile(file, []byte(written+xraySeparator+got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// writtenOctets returns the octets that the first part of a golden file stands for.
func writtenOctets(t *testing.T, written string) string {
	t.Helper()
	var octets strings.Builder
	for line := range strings.Lines(written) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		part, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		octets.WriteString(part)
	}
	return octets.String()
}

// xray returns one line for each element of the first request in a message.
func xray(t *testing.T, in string) string {
	t.Helper()
	var out strings.Builder
	element := func(name string, start, end int64) {
		fmt.Fprintf(&out, "%5d %5d  %-15s  %q\n", start, end, name, in[start:end])
	}
	p := HeadParser{Span: func(kind SpanKind, start, end int64) { element(kind.String(), start, end) }}
	n, err := p.Parse([]byte(in))
	head, rest := int64(n), int64(len(in)-n)
	if n > 0 {
		h := p.Head()
		fmt.Fprintf(&out, "             %v, body: %v (rule %d: %v)\n", h.Form, h.Framing, h.Framing.Rule.Number(), h.Framing.Rule)
		switch h.Framing.Kind {
		case ContentLength:
			length := min(h.Framing.Length, rest)
			element(SpanBody.String(), head, head+length)
			rest -= length
		case Chunked:
			d := ChunkDecoder{Span: func(kind SpanKind, start, end int64) { element(kind.String(), head+start, head+end) }}
			for done := false; !done && err == nil; {
				var consumed int
				consumed, _, done, err = d.Next([]byte(in[len(in)-int(rest):]))
				rest -= int64(consumed)
			}
		}
	}
	switch e, refused := err.(*Error); {
	case refused && n > 0:
		e.Offset += head // of the body
		fallthrough
	case refused:
		fmt.Fprintf(&out, "      refused: %v\n      hint: %s\n", e, e.Rule.Hint)
	case rest > 0:
		element("next request", int64(len(in))-rest, int64(len(in)))
	}
	return out.String()
}
