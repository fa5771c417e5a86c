package conformance

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed requirements.tsv
var requirementsTable string

// requirement is one row of requirements.tsv: a sentence of an RFC with a key
// word of RFC 2119.
type requirement struct {
	id, section, level, role string
	server                   bool // it binds an origin server
	text                     string
}

// requirements returns the rows of requirements.tsv by their ids.
var requirements = sync.OnceValue(func() map[string]requirement {
	rows := map[string]requirement{}
	for line := range strings.Lines(requirementsTable) {
		if row := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(row) == 6 {
			rows[row[0]] = requirement{row[0], row[1], row[2], row[3], row[4] == "yes", row[5]}
		}
	}
	return rows
})

// Sentence returns the sentence of the RFC that states the requirement, or "" for
// an id that no requirement of RFC 9110 and RFC 9112 has.
func (r RuleRef) Sentence() string { return requirements()[r.ID].text }

// String returns the id and the level: "rfc9112-5.1-01 MUST".
func (r RuleRef) String() string { return r.ID + " " + r.Level.String() }

// ruleNames lists requirements with their levels.
func ruleNames(rules []RuleRef) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

// lintRules checks the requirements that the lines of a case name.
func lintRules(f *File, c *Case) []error {
	var errs []error
	for _, l := range c.Lines {
		text, isRule := strings.CutPrefix(l.Text, "rule ")
		if isRule = isRule && l.Sign == "@"; !isRule && l.Sign != "!" {
			continue
		}
		words := strings.Fields(strings.TrimLeft(text, "^ "))
		if len(words) == 0 || !ruleSyntax.MatchString(words[0]) {
			continue // Parse has refused it
		}
		message := ""
		r, known := requirements()[words[0]]
		switch {
		case !known:
			message = "no requirement " + words[0] + neighbours(words[0])
		case isRule && levels[r.level] != levels[strings.Join(words[1:], " ")]:
			message = fmt.Sprintf("%s is a %s: %s", r.id, r.level, r.text)
		default:
			continue
		}
		column := l.Column + strings.Index(l.Text, words[0]) + 1
		errs = append(errs, &Error{f.Name, l.Number, column, message})
	}
	return errs
}

// neighbours says which requirements the section of an unknown one has.
func neighbours(id string) string {
	section := id[:strings.LastIndexByte(id, '-')+1]
	n := 0
	for known := range requirements() {
		if strings.HasPrefix(known, section) {
			n++
		}
	}
	if n == 0 {
		return ": conformance/requirements.tsv lists those of RFC 9110 and RFC 9112"
	}
	return fmt.Sprintf(": its section has %s01 to %s%02d", section, section, n)
}

// wrap breaks a text into lines of at most a width, where a word is not longer.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
