package explain

import (
	"fmt"
	"iter"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// fates says what handlers of other stacks get of a row, for -hidden.
func (p *printer) fates(r *row) []string {
	s := &r.spans[0]
	if s.Seen == nil {
		return wrap(r.note, p.noteWidth)
	}
	text := func(stack string, v xray.View) string {
		what := string(v.Fate)
		if v.Where != "" {
			what += ", " + v.Where
		}
		return fmt.Sprintf("%-9s%s", stack, strings.TrimPrefix(what, "kept, "))
	}
	if s.Seen.Go.Fate == xray.Dropped && s.Seen.Node.Fate == xray.Dropped && s.Seen.Go.Where == "" {
		return []string{"hidden by both"}
	}
	return append(wrap(text("net/http", s.Seen.Go), p.noteWidth), wrap(text("Node", s.Seen.Node), p.noteWidth)...)
}

// facts prints what is hidden in addition to the octets.
func (p *printer) facts() {
	p.printf("\n%s\n", p.paint(styleStrong, "and what a handler does not learn about the connection"))
	for _, f := range xray.HiddenFacts {
		p.item(f.ID, fmt.Sprintf("%s, hidden by %s: %s", f.Fact, f.By, f.How), "")
	}
}

// tally counts findings.
type tally struct{ must, should int }

// add counts those of a message.
func (t *tally) add(m *xray.Message) {
	for i := range m.Findings {
		if m.Findings[i].Must() {
			t.must++
		} else {
			t.should++
		}
	}
}

// findings prints what a response does not do that the RFC asks of a server.
func (p *printer) findings(m *xray.Message) {
	for i := range m.Findings {
		f := &m.Findings[i]
		label, style := "breaks", styleError
		if !f.Must() {
			label, style = "note", styleWarn
		}
		p.item(label, p.paint(style, f.Level)+fmt.Sprintf("   octet %d: %s", f.Offset, f.Sentence), f.Ref)
		p.item("", fmt.Sprintf("%s: \u201c%s\u201d", f.ID, f.Says), "")
		p.item("", "instead: "+f.Hint, "")
	}
}

// hiddenCount prints how much of a message other stacks hide.
func (p *printer) hiddenCount(m *xray.Message) {
	h := m.Hidden
	if h == nil {
		return
	}
	text := fmt.Sprintf("net/http hands a handler %d of these %s as they were sent, Node %d", h.Octets-h.Go, xray.Octets(h.Octets), h.Octets-h.Node)
	switch {
	case h.GoRefuses != "" && h.NodeRefuses != "":
		text = h.GoRefuses + "; " + h.NodeRefuses
	case h.GoRefuses != "":
		text = fmt.Sprintf("%s; Node hands a handler %d of these %s as they were sent", h.GoRefuses, h.Octets-h.Node, xray.Octets(h.Octets))
	case h.NodeRefuses != "":
		text = fmt.Sprintf("%s; net/http hands a handler %d of these %s as they were sent", h.NodeRefuses, h.Octets-h.Go, xray.Octets(h.Octets))
	}
	if !p.hidden {
		text += "  (-hidden shows which)"
	}
	p.item("hidden", text, "")
}

// steps prints what each read led to, for -split. Reads that led to the same are
// counted.
func (p *printer) steps(m *xray.Message) {
	if p.split == "" {
		return
	}
	for i := 0; i < len(m.Steps); {
		first, n := &m.Steps[i], 1
		for i+n < len(m.Steps) && m.Steps[i+n].Expects == first.Expects && m.Steps[i+n].Result == first.Result {
			n++
		}
		last := &m.Steps[i+n-1]
		reads := fmt.Sprintf("up to octet %d", last.End-1)
		if n > 1 {
			reads = fmt.Sprintf("%d reads, up to octet %d", n, last.End-1)
		}
		label := ""
		if i == 0 {
			label = "reads"
		}
		p.item(label, fmt.Sprintf("%s: looks for %s: %s", reads, last.Expects, last.Result), "")
		i += n
	}
}

// comparison compares verdicts with those of octets that come with one read.
type comparison struct {
	next func() (*xray.Message, bool)
	stop func()
	same bool
}

// compareSplit begins a comparison. Without -split nothing is compared.
func (s *stream) compareSplit() *comparison {
	if !s.options.Steps {
		return &comparison{stop: func() {}}
	}
	whole := s.options
	whole.Cuts, whole.Steps = nil, false
	next, stop := iter.Pull(xray.Each(s.octets, whole))
	return &comparison{next, stop, true}
}

// message compares one message.
func (c *comparison) message(m *xray.Message) {
	if c.next != nil {
		other, found := c.next()
		c.same = c.same && found && sameVerdict(&m.Verdict, &other.Verdict)
	}
}

// print says whether the verdicts are those of one read.
func (c *comparison) print(p *printer) {
	text := "the same as when all octets come with one read"
	if _, more := c.next(); more || !c.same {
		text = p.paint(styleError, "NOT THE SAME") + " as when all octets come with one read: please report this"
	}
	p.item("split", text, "")
}

// sameVerdict compares verdicts by what the sender of the octets would notice.
func sameVerdict(a, b *xray.Verdict) bool {
	sameRule := (a.Broken == nil) == (b.Broken == nil) && (a.Broken == nil || a.Broken.Name == b.Broken.Name)
	return sameRule && a.Outcome == b.Outcome && a.Used == b.Used && a.Offset == b.Offset && a.Status == b.Status
}

// others prints the opinions about a rule.
func (p *printer) others(b *xray.BrokenRule) {
	recorded := xray.Recorded()
	known := recorded.Rules[b.Name]
	if len(known.Opinions) == 0 {
		p.item("others", "no server was asked about this rule", "")
		return
	}
	var answers []string
	for _, o := range known.Opinions {
		answers = append(answers, o.Server+": "+strings.ReplaceAll(o.Answer, " ", "\u00a0"))
	}
	p.item("others", strings.Join(answers, " · "), "")
	p.item("", fmt.Sprintf("asked with the case %s, the proxies with net/http as their backend; recorded %s", known.Case, recorded.Date), "")
}
