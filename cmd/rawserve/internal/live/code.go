package live

import (
	"regexp"
	"strings"

	"rawserve"
)

// snippet is a function of the server.
type snippet struct {
	File string `json:"file"`
	Line int    `json:"line"` // of its first one, from 1
	Text string `json:"text"` // with its comment
}

// code returns the function that a reference such as
// "httpwire/syntax/line.go:next" names, or nil.
func code(reference string) *snippet {
	file, function, _ := strings.Cut(reference, ":")
	data, err := rawserve.Source.ReadFile(file)
	if err != nil {
		return nil
	}
	source := string(data)
	declaration := regexp.MustCompile(`(?m)^((//.*\n)*)func (\([^)]*\) )?` + regexp.QuoteMeta(function) + `\(`)
	at := declaration.FindStringSubmatchIndex(source)
	if at == nil {
		return nil
	}
	text, _, _ := strings.Cut(source[at[0]:], "\n}\n")
	return &snippet{File: file, Line: 1 + strings.Count(source[:at[3]], "\n"), Text: text + "\n}"}
}
