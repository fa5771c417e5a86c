package live

import (
	"fmt"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/conformance"
)

// cite adds the sentences of the RFC that the page refers to, so that nobody has to
// look them up, and the lines of the server that refuse.
func (v *exchangeView) cite() {
	v.Says = map[string][]string{}
	for _, messages := range [][]xray.Message{v.In.Messages, v.Out.Messages} {
		for i := range messages {
			v.citeMessage(&messages[i])
		}
	}
}

// citeMessage adds the sentences for one message.
func (v *exchangeView) citeMessage(m *xray.Message) {
	for i := range m.Spans {
		v.citeSection(m.Spans[i].Ref)
	}
	for _, d := range []*xray.Decision{m.Framing, m.Connection} {
		if d != nil {
			v.citeSection(d.Ref)
		}
	}
	if broken := m.Verdict.Broken; broken != nil {
		v.citeSection(broken.Ref)
		if m.Type == "request" {
			v.Broken, v.Code = conformance.RuleRef{ID: broken.ID}.Sentence(), code(broken.Source)
		}
	}
}

// citeSection adds the sentences of a section, which a reference such as
// "9112 §6.3 rule 7" names.
func (v *exchangeView) citeSection(ref string) {
	if _, known := v.Says[ref]; known || ref == "" {
		return
	}
	v.Says[ref] = sentences(ref)
}

// sentences returns what a section requires, each sentence with its key word.
func sentences(ref string) (found []string) {
	document, section, _ := strings.Cut(ref, " §")
	section, _, _ = strings.Cut(section, " ")
	for n := 1; ; n++ {
		text := conformance.RuleRef{ID: fmt.Sprintf("rfc%s-%s-%02d", document, section, n)}.Sentence()
		if text == "" {
			return found
		}
		found = append(found, text)
	}
}
