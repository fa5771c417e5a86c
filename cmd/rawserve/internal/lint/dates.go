package lint

import (
	"regexp"
	"strings"
	"time"
)

// dateFields are the fields of a response that hold an HTTP-date. Retry-After can
// hold a number of seconds instead. Expires is RFC 9111, Section 5.3.
var dateFields = [...]string{"date", "expires", "last-modified", "retry-after"}

// The three forms of HTTP-date. RFC 9110, Section 5.6.7.
var (
	imfFixdate = regexp.MustCompile(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d ` + month + ` \d{4} ` + clock + ` GMT$`)
	rfc850Date = regexp.MustCompile(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d\d-` + month + `-\d\d ` + clock +
		` GMT$`)
	asctime    = regexp.MustCompile(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ` + month + ` [ \d]\d ` + clock + ` \d{4}$`)
	seconds    = regexp.MustCompile(`^\d+$`)
	whitespace = regexp.MustCompile(`[ \t]+`)
)

const (
	month = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`
	clock = `\d\d:\d\d:\d\d`
)

// dates checks the dates of a response. RFC 9110, Sections 5.6.7, 6.6.1 and 8.8.2.1.
func (c *check) dates() {
	for _, name := range dateFields {
		for f := range c.header.all(name) {
			if r := dateForm(f.value); r != nil && !(name == "retry-after" && seconds.MatchString(f.value)) {
				c.reportValue(r, f)
			}
		}
	}
	if !c.header.has("date") && c.Status >= 200 && c.Status < 500 {
		c.report(noDate, c.codeAt)
	}
	modified := c.header.first("last-modified")
	if modified != nil && later(modified.value, c.header.value("date")) {
		c.report(modifiedLater, modified.valueAt)
	}
}

// dateForm returns the rule that a date breaks, nil if it breaks none.
func dateForm(value string) *rule {
	tidy := strings.Trim(whitespace.ReplaceAllString(value, " "), " ")
	switch {
	case imfFixdate.MatchString(value):
		return nil
	case imfFixdate.MatchString(tidy):
		return spaceInDate
	case rfc850Date.MatchString(value), asctime.MatchString(value):
		return obsoleteDate
	}
	return fieldSyntax
}

// later reports whether a date is later than another one, if both are well formed.
func later(a, b string) bool {
	first, known := moment(a)
	second, too := moment(b)
	return known && too && first.After(second)
}

// moment returns the time that a date in the preferred form names.
func moment(date string) (time.Time, bool) {
	t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", date)
	return t, err == nil && imfFixdate.MatchString(date)
}
