package conformance

import (
	_ "embed"
	htmltemplate "html/template"
	"io"
	"strings"
	"time"
)

//go:embed report.html
var pageSource string

// page is the report as one HTML page that needs nothing else. The template
// escapes whatever servers sent.
var page = htmltemplate.Must(htmltemplate.New("report").Funcs(htmltemplate.FuncMap{
	"name":  (*Server).name,
	"lower": func(v Verdict) string { return strings.ToLower(string(v)) },
	"join":  func(lines []string) string { return strings.Join(lines, "\n") },
	"took":  func(d time.Duration) string { return d.Round(100 * time.Microsecond).String() },
	"at":    func(d time.Duration) string { return d.Round(100 * time.Microsecond).String() },
	"class": func(l Line, marked int) string {
		class := map[string]string{">": "sent", "}": "sent", "#": "note", "@": "note", "*": "event"}[l.Sign]
		if strings.HasPrefix(l.Sign, "<") || strings.HasPrefix(l.Sign, "{") {
			class = "received"
		}
		if l.Number == marked {
			class += " wrong"
		}
		return class
	},
	"source": func(c *Case) []Line {
		lines := c.Lines
		for len(lines) > 0 && (lines[len(lines)-1].Sign == "" && lines[len(lines)-1].Text == "") {
			lines = lines[:len(lines)-1]
		}
		return lines
	},
}).Parse(pageSource))

// writeHTML writes the page.
func writeHTML(w io.Writer, s *Summary) error { return page.Execute(w, s) }
