package conditional

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	example := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	tests := []struct {
		name, in string
		want     time.Time // zero for no date
	}{
		{"imf_fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", example},
		{"rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", example},
		{"asctime", "Sun Nov  6 08:49:37 1994", example},
		{"asctime_two_digits", "Wed Nov 16 08:49:37 1994", example.AddDate(0, 0, 10)},

		// The century of a year with two digits, seen from 2026.
		{"rfc850_this_century", "Friday, 31-Dec-49 23:59:59 GMT", time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"rfc850_49_years_ahead", "Friday, 01-Nov-75 00:00:00 GMT", time.Date(2075, 11, 1, 0, 0, 0, 0, time.UTC)},
		{"rfc850_just_within_50", "Saturday, 21-Nov-76 12:00:00 GMT", time.Date(2076, 11, 21, 12, 0, 0, 0, time.UTC)},
		{"rfc850_more_than_50", "Sunday, 21-Nov-76 12:00:01 GMT", time.Date(1976, 11, 21, 12, 0, 1, 0, time.UTC)},
		{"rfc850_last_century", "Friday, 31-Dec-99 23:59:59 GMT", time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"rfc850_day_of_the_other_century", "Saturday, 06-Nov-94 08:49:37 GMT", time.Time{}},

		{"leap_second", "Sat, 31 Dec 2016 23:59:60 GMT", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"leap_second_rfc850", "Saturday, 31-Dec-16 23:59:60 GMT", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"leap_second_asctime", "Sat Dec 31 23:59:60 2016", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"two_leap_seconds", "Sat, 31 Dec 2016 23:59:61 GMT", time.Time{}},

		{"empty", "", time.Time{}},
		{"number", "0", time.Time{}},
		{"wrong_day", "Mon, 06 Nov 1994 08:49:37 GMT", time.Time{}},
		{"no_such_date", "Wed, 30 Feb 1994 08:49:37 GMT", time.Time{}},
		{"lower_case", "sun, 06 nov 1994 08:49:37 gmt", time.Time{}},
		{"other_zone", "Sun, 06 Nov 1994 08:49:37 CET", time.Time{}},
		{"offset", "Sun, 06 Nov 1994 08:49:37 +0000", time.Time{}},
		{"fraction", "Sun, 06 Nov 1994 08:49:37.5 GMT", time.Time{}},
		{"one_digit_day", "Sun, 6 Nov 1994 08:49:37 GMT", time.Time{}},
		{"one_digit_day_asctime", "Sun Nov 6 08:49:37 1994", time.Time{}},
		{"two_spaces", "Sun,  06 Nov 1994 08:49:37 GMT", time.Time{}},
		{"trailing", "Sun, 06 Nov 1994 08:49:37 GMT; length=5", time.Time{}},
		{"hour_24", "Sun, 06 Nov 1994 24:00:00 GMT", time.Time{}},
		{"rfc850_four_digits", "Sunday, 06-Nov-1994 08:49:37 GMT", time.Time{}},
		{"rfc850_signed_year", "Sunday, 06-Nov-+4 08:49:37 GMT", time.Time{}},
		{"rfc850_one_digit", "Sunday, 06-Nov-4 08:49:37 GMT", time.Time{}},
		{"rfc850_cut", "Sunday, 06-Nov-94", time.Time{}},
		{"two_dates", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", time.Time{}},
	}
	for _, tt := range tests {
		t.Run("9110_5.6.7_"+tt.name, func(t *testing.T) {
			got, ok := ParseDate(tt.in, now)
			if ok == tt.want.IsZero() || !got.Equal(tt.want) {
				t.Errorf("got %v, %v; want %v", got, ok, tt.want)
			}
		})
	}
}

// FuzzParseDate checks that what is taken for a date says what it means: the
// date, written in one of the three forms, is the same text again.
func FuzzParseDate(f *testing.F) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	f.Add("Sun, 06 Nov 1994 08:49:37 GMT")
	f.Add("Sunday, 06-Nov-94 08:49:37 GMT")
	f.Add("Sun Nov  6 08:49:37 1994")
	f.Add("Saturday, 31-Dec-16 23:59:60 GMT")
	f.Fuzz(func(t *testing.T, text string) {
		date, ok := ParseDate(text, now)
		if !ok {
			return
		}
		for _, layout := range []string{imfFixdate, "Monday, 02-Jan-06 15:04:05 GMT", asctimeDate} {
			if date.Format(layout) == text {
				return
			}
			minuteEnd := date.Add(-time.Second).Format(layout)
			if date.Second() == 0 && len(minuteEnd) == len(text) {
				return // a leap second, which package time cannot write
			}
		}
		t.Errorf("%q was read as %v", text, date)
	})
}
