package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// persistence is the requirement that a server breaks which closes a connection
// after a response. It is a SHOULD: the server may close at any time (RFC 9112,
// Section 9.5).
var persistence = RuleRef{"rfc9112-9.3-01", Should}

// announcement is the requirement that a server breaks which closes a connection
// without having said so.
var announcement = RuleRef{"rfc9112-9.6-01", Should}

// dated is the requirement that a server breaks whose response has no Date.
var dated = RuleRef{"rfc9110-6.6.1-02", Must}

// refusals lists the status codes with which a server says that it does not take a
// request as it is. Others, such as 404, say that it was understood.
var refusals = []int{400, 408, 411, 413, 414, 417, 421, 426, 431, 500, 501, 503, 505}

// grade turns what did not match into a verdict. A broken MUST is a FAIL on any
// server; a broken SHOULD is one only if the server is judged strictly.
func (result *Result) grade(m, warned *mismatch, strict bool) {
	c := result.Case
	switch {
	case m == nil && warned == nil:
		result.Verdict = Pass
		return
	case m == nil:
		m, result.Verdict = warned, Warn
	case slices.Contains(c.breaks[m.line], "none") && !strict:
		result.Verdict, result.Reason = Skip, fmt.Sprintf("the case presumes %s, and the server answers %s", m.want, m.got)
		return
	case m.skip != "" && !strict:
		result.Verdict, result.Reason = Skip, m.skip
		return
	case !c.Draft && (c.level(m) == Must || strict):
		result.Verdict = Fail
	default:
		result.Verdict = Warn
	}
	result.Line, result.Reason, result.lost = m.line, m.String(), m.lost
	if !m.permitted {
		result.Broken = c.broken(m)
	}
}

// soft reports whether a difference in a field breaks no MUST, so that the rest of
// the response is still to be compared.
func (c *Case) soft(m *mismatch) bool {
	return c.level(m) < Must && !slices.Contains(c.breaks[m.line], "none")
}

// level returns the strongest level among the requirements that a difference
// breaks. It is that of a SHOULD if there are none but the case has some.
func (c *Case) level(m *mismatch) Level {
	level := NoLevel
	for _, r := range c.broken(m) {
		level = max(level, r.Level)
	}
	if level == NoLevel {
		return min(c.Level(), Should)
	}
	return level
}

// broken returns the requirements that a difference breaks. The "!" lines under the
// line that differs name them; without these they are the requirements of the
// case that no "!" line names, or all. A request that was refused, but in another
// way than the case describes, breaks only those that say how.
func (c *Case) broken(m *mismatch) []RuleRef {
	ids := c.breaks[m.line]
	if ids == nil && m.rule.ID != "" {
		return []RuleRef{m.rule}
	}
	if ids == nil {
		ids = c.unassigned()
	}
	var rules []RuleRef
	for _, r := range c.Rules {
		if slices.Contains(ids, r.ID) && (m.refused == nil || r.demands(m.refused)) {
			rules = append(rules, r)
		}
	}
	return rules
}

// unassigned returns the ids of the requirements that no "!" line under an
// expectation names, or of all if that leaves none.
func (c *Case) unassigned() []string {
	var all, left []string
	for _, r := range c.Rules {
		all = append(all, r.ID)
		named := false
		for _, ids := range c.breaks {
			named = named || slices.Contains(ids, r.ID)
		}
		if !named {
			left = append(left, r.ID)
		}
	}
	if left == nil {
		return all
	}
	return left
}

// demands reports whether the sentence of the RFC asks for a response with one of
// some status codes, instead of for a refusal of any kind.
func (r RuleRef) demands(codes []string) bool {
	sentence := r.Sentence()
	return (strings.Contains(sentence, "respond") || strings.Contains(sentence, "reject")) &&
		slices.ContainsFunc(codes, func(code string) bool { return strings.Contains(sentence, code) })
}

// refusal returns the status codes that are wanted, if all are those of errors.
func (w *statusWant) refusal() []string {
	if w.expr != nil {
		return nil
	}
	codes := strings.Split(w.codes, "|")
	if slices.ContainsFunc(codes, func(code string) bool { return code[0] != '4' && code[0] != '5' }) {
		return nil
	}
	return codes
}
