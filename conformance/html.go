package conformance

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed report.html
var pageSource string

// page is the report as one HTML page that loads no other file. The template
// escapes whatever servers sent.
var page = htmltemplate.Must(htmltemplate.New("report").Funcs(htmltemplate.FuncMap{
	"name":    (*Server).name,
	"lower":   func(v Verdict) string { return strings.ToLower(string(v)) },
	"at":      func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) },
	"lines":   Entry.shortLines,
	"class":   classOf,
	"breaks":  (*Result).breaks,
	"blamed":  (*Result).blamed,
	"differs": (*Result).difference,
	"shown":   shown,
	"needed":  func(row CaseSummary) bool { return slices.ContainsFunc(row.Results, shown) },
	"skips":   skipReasons,
	"product": func(s *Server) string { return s.product },
	"note":    func(s *Server) string { return s.note },
	"source": func(c *Case) []Line {
		lines := c.Lines
		for len(lines) > 0 && (lines[len(lines)-1].Sign == "" && lines[len(lines)-1].Text == "") {
			lines = lines[:len(lines)-1]
		}
		return lines
	},
}).Parse(pageSource))

// shown reports whether the page has more about a result than its verdict. What was
// sent and received where all is well would make nine tenths of the page.
func shown(r *Result) bool { return r.Verdict == Fail || r.Verdict == Warn }

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
