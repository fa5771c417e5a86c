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

// page is the report as one HTML page that loads no other file. The template
// escapes whatever servers sent.
var page = htmltemplate.Must(htmltemplate.New("report").Funcs(htmltemplate.FuncMap{
	"name":  (*Server).name,
	"lower": func(v Verdict) string { return strings.ToLower(string(v)) },
	"at":    func(d time.Duration) string { return d.Round(100 * time.Microsecond).String() },
	"lines": Entry.shortLines,
	"class": classOf,
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

// classOf says how a line of a case is shown.
func classOf(l Line) string {
	switch l.Sign {
	case ">", "}":
		return "sent"
	case "*":
		return "event"
	case "<", "<=", "<!", "<~", "{", "{|", "{~":
		return "received"
	}
	return "note"
}
