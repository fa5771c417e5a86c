package conditional

import (
	"strconv"
	"strings"
	"time"
)

// The three forms of an HTTP-date, as layouts of package time. Only the first
// is ever sent. RFC 9110, Section 5.6.7.
const (
	imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"
	// rfc850Date has the full year here: parseRFC850 works out the century, which
	// depends on the present, before it uses the layout.
	rfc850Date  = "Monday, 02-Jan-2006 15:04:05 GMT"
	asctimeDate = "Mon Jan _2 15:04:05 2006"
)

// FormatDate writes a time as an IMF-fixdate, the only form that a sender may
// generate: for Last-Modified, Expires and others. Fractions of a second are cut
// off. RFC 9110, Section 5.6.7.
func FormatDate(t time.Time) string { return t.UTC().Format(imfFixdate) }

// ParseDate reads an HTTP-date in any of its three forms, and reports whether it
// is one. The form of RFC 850 has only two digits for the year; now, usually
// time.Now(), decides the century.
//
//	HTTP-date = IMF-fixdate / obs-date
//	obs-date  = rfc850-date / asctime-date
//
// The grammar is case-sensitive and of fixed width, and the name of the day must
// be that of the date: 6 November 1994 was a Sunday, so "Mon, 06 Nov 1994" is no
// date.
// RFC 9110, Section 5.6.7.
func ParseDate(value string, now time.Time) (time.Time, bool) {
	before, after, leap := strings.Cut(value, ":60 ")
	if leap {
		// A leap second is valid in the grammar and unknown to package time:
		// it is the second after the 59th.
		value = before + ":59 " + after
	}
	t, ok := parseForm(value, now)
	if ok && leap {
		t = t.Add(time.Second)
	}
	return t, ok
}

// parseForm picks the form by what only that form has: a comma after the third
// octet, a comma elsewhere, none.
func parseForm(value string, now time.Time) (time.Time, bool) {
	switch comma := strings.IndexByte(value, ','); comma {
	case -1:
		return exactly(asctimeDate, value)
	case len("Sun"):
		return exactly(imfFixdate, value)
	default:
		return parseRFC850(value, now)
	}
}

// parseRFC850 reads a date with two digits for the year:
//
//	rfc850-date = day-name-l "," SP date2 SP time-of-day SP GMT
//	date2       = day "-" month "-" 2DIGIT
//
// The year is of this century, unless the date then "appears to be more than 50
// years in the future": then it is of the century before.
// RFC 9110, Section 5.6.7.
func parseRFC850(value string, now time.Time) (time.Time, bool) {
	dash := strings.LastIndexByte(value, '-')
	if dash < 0 || len(value) < dash+len("-94 ") || value[dash+len("-94")] != ' ' {
		return time.Time{}, false
	}
	digits := value[dash+1 : dash+len("-94")]
	year, err := strconv.Atoi(digits)
	if err != nil || year < 0 {
		return time.Time{}, false
	}
	now = now.UTC()
	year += now.Year() / 100 * 100
	full := func(year int) string {
		return value[:dash+1] + strconv.Itoa(year) + value[dash+1+len(digits):]
	}
	// The day's name is checked only against the century that was chosen, so the
	// choice is made from a date without one.
	t, err := time.Parse(rfc850Date, full(year))
	if err != nil || t.After(now.AddDate(50, 0, 0)) {
		year -= 100
	}
	return exactly(rfc850Date, full(year))
}

// exactly reads a value that must be what the layout itself would write.
// Package time accepts more than the grammar: any case, a fraction of a second,
// a wrong name of the day; writing the result again tells them apart.
func exactly(layout, value string) (time.Time, bool) {
	t, err := time.Parse(layout, value)
	if err != nil || t.Format(layout) != value {
		return time.Time{}, false
	}
	return t, true
}
