package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// mark shows where an error is expected; it is removed before parsing.
const mark = "§"

func TestParseErrors(t *testing.T) {
	const head = "@id x\n"
	tests := []struct {
		name string
		in   string // with mark at the place of the error
		want string
	}{
		{"empty file", mark + "", "no case"},
		{"no line feed at the end", mark + "@id x", "does not end in a line feed"},
		{"unknown sign", head + mark + "? GET\n", "want an empty line or one of the signs"},
		{"no space after the sign", head + mark + ">GET\n", "followed by a space"},
		{"blank at the end", head + "> GET " + mark + " \n", "blank at the end"},
		{"tab", head + "> a" + mark + "\tb\n", "write it as \\x09"},
		{"carriage return", head + "> a" + mark + "\r\n", "write it as \\x0d"},
		{"not ASCII", head + "> " + mark + "é\n", "write it as \\xc3"},
		{"send before a case", mark + "> GET\n", "no case yet"},
		{"metadata before a case", mark + "@title x\n", "begins with @id"},
		{"bad id", "@id " + mark + "A b\n> GET /\n< HTTP/1.1 200\n", "lower-case words"},
		{"unknown key", head + "@who " + mark + "me\n> a\n* closed\n", "unknown key @who"},
		{"late metadata", head + "> a\n" + mark + "@title late\n* closed\n", "put it before"},
		{"rule without level", head + "@rule " + mark + "rfc9112-5.1-01\n> a\n* closed\n", "want a level"},
		{"rule of another shape", head + "@rule " + mark + "RFC 9112\n> a\n* closed\n", "want a requirement"},
		{"unknown role", head + "@role " + mark + "magic\n> a\n* closed\n", "unknown role"},
		{"unknown feature", head + "@needs " + mark + "luck\n> a\n* closed\n", "unknown feature"},
		{"timeout", head + "@timeout " + mark + "soon\n> a\n* closed\n", "want a duration"},
		{"splits", head + "@splits " + mark + "some\n> a\n* closed\n", "@splits each or @splits none"},
		{"unknown escape", head + "> ab" + mark + "\\q\n* closed\n", "unknown escape \\q"},
		{"half an escape", head + "> ab" + mark + "\\x4\n* closed\n", "two hexadecimal digits"},
		{"no-CRLF sign inside", head + "> ab" + mark + "\\c d\n* closed\n", "unknown escape"},
		{"no-CRLF sign in raw octets", head + "} ab" + mark + "\\c\n* closed\n", "only at the end"},
		{"unknown substitution", head + "> GET " + mark + "${home}\n* closed\n", "unknown substitution"},
		{"open substitution", head + "> GET " + mark + "${host\n* closed\n", "closing brace"},
		{"repeat without a number", head + "} " + mark + "${repeat x}\n* closed\n", "want ${repeat N text}"},
		{"repeat beyond the bound", head + "} " + mark + "${repeat 16777217 abcd}\n* closed\n", "want ${repeat N text}"},
		{"repeat beyond any number", head + "} " + mark + "${repeat 4611686018427387904 abcd}\n* closed\n", "want ${repeat N text}"},
		{"repeats of a case", head + "} ${repeat 40000000 x}\n} a" + mark + "${repeat 40000000 x}\n* closed\n", "together the ${repeat"},
		{"repeats of a line", head + "} ${repeat 40000000 x}" + mark + "${repeat 40000000 x}\n* closed\n", "together the ${repeat"},
		{"long line", head + "> a\n< HTTP/1.1 200\n{ " + strings.Repeat("x", maxLine-2) + mark + "y\n", "a line of 4097 octets"},
		{"long send line", head + "} " + strings.Repeat("x", maxSendLine-2) + mark + "y\n* closed\n", "a line of 524289 octets"},
		{"long comment", "# " + strings.Repeat("x", maxLine-2) + mark + strings.Repeat("x", 500000) + "\n", "a line of 504096 octets"},
		{"long pasted line", head + "$ curl ${url}\n" + strings.Repeat("x", maxLine) + mark + "y\n", "a line of 4097 octets"},
		{"unknown file", head + "} " + mark + "${file nothing}\n* closed\n", "unknown file"},
		{"field before status", head + "> a\n" + mark + "< Date: *\n", "begins with its status line"},
		{"bad status line", head + "> a\n< " + mark + "HTTP/1.1 2yy\n", "want a status line"},
		{"bad field line", head + "> a\n< HTTP/1.1 200\n< " + mark + "Date\n", "want a field line"},
		{"bad expression", head + "> a\n< HTTP/1.1 200\n<~ " + mark + "(\n", "regular expression"},
		{"unknown event", head + "> a\n* " + mark + "sleep\n", "unknown event"},
		{"captured too late", head + "> " + mark + "${a}\n< HTTP/1.1 200\n<~ ETag: (?P<a>.*)\n", "unknown substitution"},
		{"captured under a name in use", head + "> a\n< HTTP/1.1 200\n<~ " + mark + "ETag: (?P<host>.*)\n", "may not be called"},
		{"event without its time", head + "> a\n* " + mark + "quiet\n", "unknown event"},
		{"event with a bad time", head + "> a\n* quiet " + mark + "long\n", "want a duration"},
		{"or without a block", head + "> a\n" + mark + "* or\n* closed\n", "between two blocks"},
		{"or without a second block", head + "> a\n" + mark + "* closed\n* or\n", "nothing is expected"},
		{"objection to nothing", head + mark + "! ^ rfc9112-2.2-10\n> a\n", "stands under the send line"},
		{"objection without a rule", head + "> ab\n!  " + mark + "^\n", "want a caret"},
		{"objection with a bad status", head + "> ab\n! " + mark + "^ rfc9112-2.2-10 -> 200\n", "-> 400"},
		{"unknown fact", head + "> a\n= " + mark + "colour red\n", "unknown fact"},
		{"nothing expected", mark + "@id x\n> a\n", "expects nothing"},
		{"another program", head + "$ " + mark + "rm ${url}\n", "only curl"},
		{"another server", head + "$ curl " + mark + "http://example.com/\n", "only the server under test"},
		{"no server", head + "$ " + mark + "curl -v\n", "names no URL"},
		{"shell syntax", head + "$ curl ${url} " + mark + "| sh\n", "no shell runs this"},
		{"open quote", head + "$ curl ${url} " + mark + "'a\n", "without its partner"},
		{"curl and octets", head + "> a\n" + mark + "$ curl ${url}\n", "not both"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, after, _ := strings.Cut(test.in, mark)
			line := 1 + strings.Count(before, "\n")
			column := len(before) - strings.LastIndex(before, "\n")
			_, err := Parse("f.wire", []byte(before+after))
			joined, ok := err.(interface{ Unwrap() []error })
			if !ok {
				t.Fatalf("got error %v, want one with %q", err, test.want)
			}
			got := joined.Unwrap()[0].(*Error)
			if got.Line != line || got.Column != column || !strings.Contains(got.Message, test.want) {
				t.Errorf("got %v, want %d:%d and %q", err, line, column, test.want)
			}
		})
	}
}

// TestParseLongest parses the longest line that there may be.
func TestParseLongest(t *testing.T) {
	f, err := Parse("f.wire", []byte("@id x\n> "+strings.Repeat("x", maxSendLine-2)+"\n* closed\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(f.Cases[0].Sent("h")[0].Octets); got != maxSendLine {
		t.Errorf("got %d octets sent, want %d", got, maxSendLine)
	}
}

// TestTemplateLinear shows that plain octets are not copied again for each one
// that follows.
func TestTemplateLinear(t *testing.T) {
	for _, unit := range []string{"x", "$"} {
		text := strings.Repeat(unit, 1<<20)
		allocs := testing.AllocsPerRun(1, func() {
			out, err := parseTemplate(text, textColumn, true, nil)
			if err != nil || len(out) != 1 || out[0].octets != text {
				t.Errorf("got %d parts and %v", len(out), err)
			}
		})
		if allocs > 8 {
			t.Errorf("%.0f allocations for %d octets of %q", allocs, len(text), unit)
		}
	}
}

func TestLintDuplicateID(t *testing.T) {
	f, err := Parse("f.wire", []byte("@id x\n> a\n* closed\n\n@id x\n> b\n* closed\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := Lint([]*File{f}); err == nil || !strings.HasPrefix(err.Error(), "f.wire:5:5: id x is already used in f.wire, line 1") {
		t.Errorf("got %v", err)
	}
}

// TestLintRules shows that a requirement must exist and have the level that a case
// gives it, where the lines of the case are about octets and in a session.
func TestLintRules(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"@rule rfc9112-5.1-01 MUST\n> a\n* closed\n", ""},
		{"@rule rfc9112-2.2-03 MUST NOT\n> a\n!  ^ rfc9112-5.1-01 -> 400\n", ""},
		{"@rule " + mark + "rfc9112-2.2-99 MUST\n> a\n* closed\n", "no requirement rfc9112-2.2-99: its section has rfc9112-2.2-01 to rfc9112-2.2-"},
		{"@rule " + mark + "rfc2616-4.2-01 MUST\n> a\n* closed\n", "no requirement rfc2616-4.2-01: conformance/requirements.tsv lists"},
		{"@rule " + mark + "rfc9112-2.2-02 MUST\n> a\n* closed\n", "rfc9112-2.2-02 is a MAY: Although the line terminator"},
		{"> ab\n!   ^  " + mark + "rfc9112-2.2-00 -> 400\n", "no requirement rfc9112-2.2-00"},
		{"@rule " + mark + "rfc9110-99-01 MUST\n$ curl ${url}\n", "no requirement rfc9110-99-01"},
	} {
		before, after, _ := strings.Cut("@id x\n"+test.in, mark)
		f, err := Parse("f.wire", []byte(before+after))
		if err != nil {
			t.Fatal(err)
		}
		err = Lint([]*File{f})
		want := fmt.Sprintf("f.wire:%d:%d: %s", 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n"), test.want)
		if (err != nil) != (test.want != "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", test.in, err, want)
		}
	}
}

// everything uses each sign, escape, substitution and event of the format.
const everything = `# A file may begin with comments.

@id     everything
@title  One of each
@rule   rfc9112-5.1-01 MUST NOT
@rule   rfc9112-2.2-10 SHOULD
@role   echo
@needs  pipelining http10
@timeout 2s
@splits each
@status draft

> POST ${echo} HTTP/1.1
> Host: ${host}
>  \r\n\t\0\\\s\x41\c
! ^ rfc9112-2.2-10 -> 400
} ${repeat 3 a\x42}
* split
* pause 1ms
> a
* half-close
< HTTP/1.x 200|4xx *
<= Date: *
<! Server
<~ Content-Length: (?P<length>\d+)
<
{ hello
{| 5\r\nhello
{~ ^h.*o$
< X-Sum: abc
* not reset
* closed within 500ms
* or warn
* quiet 5ms
* open
* on B
> x
* reset
= method POST
= trailer X-Sum: abc

@id     second
$ curl -sv 'http://localhost:3000/a b' -H "X: \"y\"" -w '\n'
> GET /a HTTP/1.1
< HTTP/1.1 200 OK
< Date: Mon, 01 Jan 2024 00:00:00 GMT
<
{ [5 bytes data]
{ hello
{"pasted": true}
* Connection #0 to host localhost left intact
* exit 0
`

func TestParseEverything(t *testing.T) {
	f, err := Parse("a.wire", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(f.Format()); got != everything {
		t.Errorf("Format gives\n%s", got)
	}
	c := f.Cases[0]
	if c.ID != "everything" || c.Title != "One of each" || c.Level() != Must || c.Timeout != 2*time.Second ||
		c.Splits != SplitEach || !c.Draft || strings.Join(c.Needs, " ") != "pipelining http10" {
		t.Errorf("got metadata %+v", c)
	}
	env := &environment{host: "h:1", roles: map[string]string{"echo": "/e"}}
	var sent string
	for _, text := range c.script[0].send {
		sent += text.expand(env)
	}
	want := "POST /e HTTP/1.1\r\nHost: h:1\r\n \r\n\t\x00\\ AaBaBaB"
	if sent != want {
		t.Errorf("got %q sent, want %q", sent, want)
	}
	if got := len(c.script); got != 9 {
		t.Errorf("got %d steps, want 9", got)
	}
}

func TestPastedSession(t *testing.T) {
	const session = "$ curl -v localhost\n" // a scheme is needed to know a URL
	if _, err := Parse("pasted.wire", []byte(session)); err == nil {
		t.Error("a command without a URL was accepted")
	}
	const pasted = "$ curl -v http://localhost:3000/\n*   Trying 127.0.0.1:3000...\n> GET / HTTP/1.1\n> \n" +
		"< HTTP/1.1 200 OK\n< Date: Mon, 01 Jan 2024 00:00:00 GMT\n< \nhello\n* Connection #0 left intact\n"
	f, err := Parse("pasted.wire", []byte(pasted))
	if err != nil {
		t.Fatal(err)
	}
	run := f.Cases[0].script[0].curl
	if f.Cases[0].ID != "pasted" || len(run.responses) != 1 || len(run.pasted) != 1 || len(run.sent) != 1 {
		t.Errorf("got %+v", run)
	}
}

func TestSplitWords(t *testing.T) {
	tests := []struct{ in, want string }{
		{`curl -s a`, "curl|-s|a"},
		{`  curl   'a b'c "d\"e" \$x`, `curl|a bc|d"e|$x`},
		{`curl '' ${file big.bin}`, "curl||${file big.bin}"},
		{`curl "a\nb"`, `curl|a\nb`},
	}
	for _, test := range tests {
		words, err := splitWords(test.in)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, w := range words {
			texts = append(texts, w.text)
		}
		if got := strings.Join(texts, "|"); got != test.want {
			t.Errorf("got %q for %q, want %q", got, test.in, test.want)
		}
	}
}

func TestTemplateOffset(t *testing.T) {
	env := &environment{host: "localhost:80"}
	tests := []struct {
		text   string
		column int // from 0; the text begins at 2
		want   int
	}{
		{"GET", 2, 0},
		{"GET", 4, 2},
		{`a\tb`, 3, 1},
		{`a\tb`, 4, 1},
		{`a\tb`, 5, 2},
		{`a${host}b`, 4, 1},
		{`a${host}b`, 10, 13},
		{`ab`, 4, 2}, // the CR after the text
		{``, 3, 1},
	}
	for _, test := range tests {
		tmpl, err := parseTemplate(test.text, textColumn, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tmpl.offset(env, test.column); got != test.want {
			t.Errorf("got %d for column %d of %q, want %d", got, test.column, test.text, test.want)
		}
	}
}
