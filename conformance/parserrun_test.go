package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// splitLimit is the length, in octets, up to which an input is cut in two at
// every place without @splits each.
const splitLimit = 2 << 10

// TestParserRun gives the octets of each case to the parser alone.
func TestParserRun(t *testing.T) {
	files, _ := Corpus() // TestCorpusLints reports what is wrong with it
	env := &environment{host: "localhost:3000", roles: DefaultRoles()}
	reached := map[string]bool{}
	for _, f := range files {
		for _, c := range f.Cases {
			t.Run(f.Section()+"/"+c.ID, func(t *testing.T) {
				for _, sent := range c.Sent(env.host) {
					whole := converse(sent.Octets)
					whole.check(t, c, sent, env)
					checkSplits(t, c, sent.Octets, whole.String())
					if whole.err != nil {
						reached[whole.err.Rule.Name] = true
					}
				}
			})
		}
	}
	// The rest of the catalog is about the connection, not the octets.
	unseen := []string{"BodyTooLarge", "Incomplete", "HeadTimeout", "BodyTimeout"}
	for _, rule := range httpwire.Rules() {
		if !reached[rule.Name] && !slices.Contains(unseen, rule.Name) {
			t.Errorf("no case of testdata has a \"!\" line that breaks %s, %s", rule.Name, rule.ID)
		}
	}
}

// understood is one request as the parser sees it.
type understood struct {
	head     string
	parts    syntax.Head
	body     []byte
	trailers []string
}

// conversation is all that the parser sees on one connection.
type conversation struct {
	requests []*understood
	err      *syntax.Error
	at       int // where the octets not yet consumed begin
	failed   int // offset of the error in the input

	parser  syntax.HeadParser
	decoder *syntax.ChunkDecoder
	body    int   // where the chunked body begins
	rest    int64 // octets of a counted body still to come
}

// converse parses an input that arrives cut at some places.
func converse(octets []byte, cuts ...int) *conversation {
	c := &conversation{}
	for _, end := range append(cuts, len(octets)) {
		for c.step(octets[:end]) {
		}
	}
	return c
}

// step makes what progress it can with the octets seen so far, and reports
// whether it made any.
func (c *conversation) step(seen []byte) bool {
	switch {
	case c.err != nil || c.at == len(seen):
		return false
	case c.rest > 0:
		n := min(c.rest, int64(len(seen)-c.at))
		c.take(seen[c.at : c.at+int(n)])
		c.rest, c.at = c.rest-n, c.at+int(n)
		return true
	case c.decoder != nil:
		return c.chunk(seen[c.at:])
	}
	return c.head(seen[c.at:])
}

// take appends octets to the body of the last request.
func (c *conversation) take(data []byte) {
	last := c.requests[len(c.requests)-1]
	last.body = append(last.body, data...)
}

// fail ends the conversation.
func (c *conversation) fail(err error, start int) bool {
	c.err = err.(*syntax.Error)
	c.failed = start + int(c.err.Offset)
	return false
}

// head parses the head of the next request.
func (c *conversation) head(window []byte) bool {
	n, err := c.parser.Parse(window)
	if err != nil {
		return c.fail(err, c.at)
	}
	if n == 0 {
		return false
	}
	parts := *c.parser.Head()
	parts.Fields = slices.Clone(parts.Fields)
	c.requests = append(c.requests, &understood{head: string(window[:n]), parts: parts})
	c.parser.Reset()
	c.at += n
	switch parts.Framing.Kind {
	case syntax.ContentLength:
		c.rest = parts.Framing.Length
	case syntax.Chunked:
		c.decoder, c.body = &syntax.ChunkDecoder{}, c.at
	}
	return true
}

// chunk decodes the next part of a chunked body.
func (c *conversation) chunk(window []byte) bool {
	last := c.requests[len(c.requests)-1]
	n, data, done, err := c.decoder.Next(window)
	if err != nil {
		return c.fail(err, c.body)
	}
	c.take(data)
	c.at += n
	if done {
		for _, f := range c.decoder.Trailer() {
			last.trailers = append(last.trailers, fieldOf(f, string(window)))
		}
		c.decoder = nil
	}
	return n > 0 || done
}

// fieldOf returns a field line in its plain form.
func fieldOf(f syntax.FieldSpan, message string) string {
	return strings.TrimSuffix(message[f.Name:f.Colon]+": "+message[f.Value:f.End], " ")
}

// String describes the conversation, for comparing one with another.
func (c *conversation) String() string {
	var b strings.Builder
	for _, r := range c.requests {
		fmt.Fprintf(&b, "%q body %q trailers %q\n", r.head, r.body, r.trailers)
	}
	if c.err != nil {
		fmt.Fprintf(&b, "error at %d: %s\n", c.failed, c.err.Rule.Name)
	}
	return b.String()
}

// checkSplits parses the octets one by one and cut in two at every place.
func checkSplits(t *testing.T, c *Case, octets []byte, want string) {
	t.Helper()
	if c.Splits == SplitNone || len(octets) > splitLimit && c.Splits != SplitEach {
		return
	}
	each := make([]int, len(octets))
	for i := range each {
		each[i] = i
		if got := converse(octets, i).String(); got != want {
			t.Fatalf("cut at %d:\n%swant\n%s", i, got, want)
		}
	}
	if got := converse(octets, each...).String(); got != want {
		t.Errorf("octet by octet:\n%swant\n%s", got, want)
	}
}

// check compares a conversation with the "!" and "=" lines of its case.
func (c *conversation) check(t *testing.T, of *Case, sent *Sent, env *environment) {
	t.Helper()
	for _, o := range sent.Objections {
		c.checkObjection(t, o)
	}
	if sent.Objections == nil && c.err != nil && sent.Facts {
		t.Errorf("refused at octet %d, though it has facts: %v", c.failed, c.err)
	}
	c.checkFacts(t, of.facts, env)
}

// checkObjection compares the refusal with a "!" line.
func (c *conversation) checkObjection(t *testing.T, o Objection) {
	t.Helper()
	if c.err == nil {
		t.Errorf("nothing was refused, want %d at octet %d for %s", o.Status, o.Offset, o.Rule)
		return
	}
	if c.failed != o.Offset || c.err.Rule.ID != o.Rule || o.Status != 0 && c.err.Rule.Status != o.Status {
		t.Errorf("got %d at octet %d for %s (%s), want %d at octet %d for %s",
			c.err.Rule.Status, c.failed, c.err.Rule.ID, c.err.Rule.Name, o.Status, o.Offset, o.Rule)
	}
}

// checkFacts compares the requests with the "=" lines. A second method begins
// the next request.
func (c *conversation) checkFacts(t *testing.T, facts []fact, env *environment) {
	t.Helper()
	index, named := 0, false
	for _, f := range facts {
		if f.name == "method" && named {
			index++
		}
		named = named || f.name == "method"
		if index >= len(c.requests) {
			t.Errorf("line %d: there is no request %d", f.line, index+1)
			return
		}
		want := f.value.expand(env)
		if got, ok := c.requests[index].fact(f.name, want); !ok {
			t.Errorf("line %d: got %s %q, want %q", f.line, f.name, got, want)
		}
	}
}

// fact returns what the parser understood by a name, and whether it is what
// was wanted.
func (r *understood) fact(name, want string) (got string, ok bool) {
	in := []byte(r.head)
	var lines []string
	for _, f := range r.parts.Fields {
		lines = append(lines, fieldOf(f, r.head))
	}
	switch name {
	case "field", "no-field":
		return strings.Join(lines, "\n"), slices.Contains(lines, want) == (name == "field")
	case "trailer", "no-trailer":
		return strings.Join(r.trailers, "\n"), slices.Contains(r.trailers, want) == (name == "trailer")
	case "body":
		got = string(r.body)
	case "method":
		got = string(r.parts.Method.Of(in))
	case "target":
		got = string(r.parts.Target.Of(in))
	case "path":
		got = string(r.parts.Path.Of(in))
	case "query":
		got = string(r.parts.Query.Of(in))
	case "version":
		got = fmt.Sprintf("1.%d", r.parts.Minor)
	case "form":
		got = strings.TrimSuffix(r.parts.Form.String(), "-form")
	case "framing":
		got = r.parts.Framing.String()
	case "host":
		got = string(r.parts.Host.Of(in))
		if r.parts.Authority.End > 0 {
			got = string(r.parts.Authority.Of(in))
		}
	}
	return got, got == want
}
