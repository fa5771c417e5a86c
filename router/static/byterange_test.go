package static

import (
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawserve/router/conditional"
)

func TestParseRange(t *testing.T) {
	ignored, beyond := part{}, part{kind: unsatisfiable}
	octets := func(first, last int64) part { return part{partial, first, last} }
	huge := strings.Repeat("9", 40)
	tests := []struct {
		name, in string
		size     int64
		want     part
	}{
		{"9110_14.1.2_first", "bytes=0-0", 10, octets(0, 0)},
		{"9110_14.1.2_inner", "bytes=2-5", 10, octets(2, 5)},
		{"9110_14.1.2_open", "bytes=7-", 10, octets(7, 9)},
		{"9110_14.1.2_whole", "bytes=0-", 10, octets(0, 9)},
		{"9110_14.1.2_clamped", "bytes=7-10", 10, octets(7, 9)},
		{"9110_14.1.2_suffix", "bytes=-3", 10, octets(7, 9)},
		{"9110_14.1.2_long_suffix", "bytes=-11", 10, octets(0, 9)},
		{"9110_14.1.2_last_octet", "bytes=9-9", 10, octets(9, 9)},
		{"9110_14.1.2_beyond", "bytes=10-", 10, beyond},
		{"9110_14.1.2_beyond_both", "bytes=10-20", 10, beyond},
		{"9110_14.1.2_no_suffix", "bytes=-0", 10, beyond},
		{"9110_14.1.2_huge_first", "bytes=" + huge + "-", 10, beyond},
		{"9110_14.1.2_huge_last", "bytes=1-" + huge, 10, octets(1, 9)},
		{"9110_14.1.2_huge_suffix", "bytes=-" + huge, 10, octets(0, 9)},
		{"9110_14.1.2_largest", "bytes=9223372036854775807-9223372036854775807", 10, beyond},
		{"9110_14.1.2_one_above", "bytes=0-9223372036854775808", 10, octets(0, 9)},
		{"9110_14.1.2_leading_zeros", "bytes=002-0005", 10, octets(2, 5)},
		{"9110_14.1_unit_any_case", "Bytes=2-5", 10, octets(2, 5)},
		{"9110_5.6.1_empty_members", "bytes=, 2-5 ,", 10, octets(2, 5)},

		{"9110_14.1.1_backwards", "bytes=5-2", 10, ignored},
		{"9110_14.1.1_backwards_beyond", "bytes=50-20", 10, ignored},
		{"9110_14.1.1_other_unit", "lines=2-5", 10, ignored},
		{"9110_14.1.1_no_unit", "2-5", 10, ignored},
		{"9110_14.1.1_space_before_equals", "bytes =2-5", 10, ignored},
		{"9110_14.1.1_no_dash", "bytes=5", 10, ignored},
		{"9110_14.1.1_dash_alone", "bytes=-", 10, ignored},
		{"9110_14.1.1_two_dashes", "bytes=--5", 10, ignored},
		{"9110_14.1.1_three_numbers", "bytes=1-2-3", 10, ignored},
		{"9110_14.1.1_sign", "bytes=+1-5", 10, ignored},
		{"9110_14.1.1_hex", "bytes=0x1-5", 10, ignored},
		{"9110_14.1.1_inner_space", "bytes=1 - 5", 10, ignored},
		{"9110_14.1.1_other_digits", "bytes=١-٥", 10, ignored},
		{"9110_14.1.1_empty", "bytes=", 10, ignored},
		{"9110_14.1.1_nothing", "", 10, ignored},
		{"9110_14.2_several", "bytes=0-1,3-4", 10, ignored},
		{"9110_17.15_many", "bytes=0-" + strings.Repeat(",0-", 1000), 10, ignored},
		{"9110_14.2_empty_file", "bytes=0-", 0, ignored},
		{"9110_14.2_empty_file_suffix", "bytes=-5", 0, ignored},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseRange(tt.in, tt.size); got != tt.want {
				t.Errorf("parseRange(%q, %d) = %+v, want %+v", tt.in, tt.size, got, tt.want)
			}
		})
	}
}

// TestRange asks for parts of real files.
func TestRange(t *testing.T) {
	root, dir := folder(t, map[string]string{"a.txt": "0123456789", "empty": "", "fresh": "0123456789"})
	now := time.Now().Add(time.Minute - time.Second) // a second ago (see mounted)
	must(t, os.Chtimes(filepath.Join(dir, "fresh"), now, now))
	handler := mounted(root)
	etagOf := func(name string) string {
		response, _ := ask(t, handler, "HEAD /static/"+name)
		return response.Header.Get("ETag")
	}
	etag := etagOf("a.txt")
	const modified = "Sat, 29 Feb 2020 12:00:00 GMT"
	tests := []struct {
		name, request string
		fields        []string
		status        int
		body          string
		contentRange  string
	}{
		{"9110_15.3.7_part", "GET /static/a.txt", []string{"Range: bytes=2-4"}, 206, "234", "bytes 2-4/10"},
		{"9110_15.3.7_suffix", "GET /static/a.txt", []string{"Range: bytes=-3"}, 206, "789", "bytes 7-9/10"},
		{"9110_15.3.7_all", "GET /static/a.txt", []string{"Range: bytes=0-"}, 206, "0123456789", "bytes 0-9/10"},
		{"9110_15.5.17_beyond", "GET /static/a.txt", []string{"Range: bytes=10-"}, 416, "", "bytes */10"},
		{"9110_14.2_several", "GET /static/a.txt", []string{"Range: bytes=0-0,5-5"}, 200, "0123456789", ""},
		{"9110_14.2_two_fields", "GET /static/a.txt", []string{"Range: bytes=0-0", "Range: bytes=5-5"}, 200, "0123456789", ""},
		{"9110_14.2_only_get", "HEAD /static/a.txt", []string{"Range: bytes=2-4"}, 200, "", ""},
		{"9110_14.2_empty_file", "GET /static/empty", []string{"Range: bytes=0-"}, 200, "", ""},
		{"9110_13.1.5_same_tag", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: " + etag}, 206, "234", "bytes 2-4/10"},
		{"9110_13.1.5_other_tag", "GET /static/a.txt", []string{"Range: bytes=2-4", `If-Range: "other"`}, 200, "0123456789", ""},
		{"9110_13.1.5_other_tag_beyond", "GET /static/a.txt", []string{"Range: bytes=10-", `If-Range: "other"`}, 200, "0123456789", ""},
		{"9110_13.1.5_weak_tag", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: W/" + etag}, 200, "0123456789", ""},
		{"9110_13.1.5_weak_here", "GET /static/fresh", []string{"Range: bytes=2-4", "If-Range: " + etagOf("fresh")}, 200, "0123456789", ""},
		{"9110_13.1.5_same_date", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: " + modified}, 206, "234", "bytes 2-4/10"},
		{"9110_13.1.5_later_date", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: Sun, 01 Mar 2020 12:00:00 GMT"}, 200, "0123456789", ""},
		{"9110_13.1.5_date_not_strong", "GET /static/fresh", []string{"Range: bytes=2-4", "If-Range: " + conditional.FormatDate(now)}, 200, "0123456789", ""},
		{"9110_13.1.5_garbage", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: x"}, 200, "0123456789", ""},
		{"9110_13.1.5_two", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Range: " + etag, "If-Range: " + etag}, 200, "0123456789", ""},
		{"9110_13.1.5_without_range", "GET /static/a.txt", []string{`If-Range: "other"`}, 200, "0123456789", ""},
		{"9110_13.2.2_match_then_range", "GET /static/a.txt", []string{"Range: bytes=2-4", "If-Match: " + etag}, 206, "234", "bytes 2-4/10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, body := ask(t, handler, tt.request, tt.fields...)
			if response.StatusCode != tt.status || tt.status < 400 && body != tt.body {
				t.Errorf("got %d %q, want %d %q", response.StatusCode, body, tt.status, tt.body)
			}
			if got := response.Header.Get("Content-Range"); got != tt.contentRange {
				t.Errorf("Content-Range = %q, want %q", got, tt.contentRange)
			}
			if got := response.Header.Get("Content-Length"); tt.status == 206 && got != strconv.Itoa(len(tt.body)) {
				t.Errorf("Content-Length = %s, want %d", got, len(tt.body))
			}
			if response.StatusCode == 206 && response.Header.Get("ETag") != etag {
				t.Errorf("9110_15.3.7: ETag is missing")
			}
			withIfRange := strings.Contains(strings.Join(tt.fields, " "), "If-Range")
			if got := response.Header.Get("Last-Modified"); response.StatusCode == 206 && withIfRange == (got != "") {
				t.Errorf("9110_15.3.7: If-Range %v and Last-Modified %q", withIfRange, got)
			}
		})
	}
}

// rangeGrammar is the grammar of one byte range, slow and obvious.
var rangeGrammar = regexp.MustCompile(`^[Bb][Yy][Tt][Ee][Ss]=[, \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[, \t]*$`)

// slowRange is parseRange with numbers that cannot overflow.
func slowRange(value string, size int64) part {
	m := rangeGrammar.FindStringSubmatch(value)
	if m == nil || size == 0 {
		return part{}
	}
	end := big.NewInt(size - 1)
	number := func(digits string) *big.Int {
		n, _ := new(big.Int).SetString(digits, 10)
		return n
	}
	lower := func(a, b *big.Int) *big.Int {
		if a.Cmp(b) < 0 {
			return a
		}
		return b
	}
	if m[3] != "" {
		n := lower(number(m[3]), big.NewInt(size)).Int64()
		if n == 0 {
			return part{kind: unsatisfiable}
		}
		return part{partial, size - n, size - 1}
	}
	first, last := number(m[1]), end
	if m[2] != "" {
		last = lower(last, number(m[2]))
		if number(m[2]).Cmp(first) < 0 {
			return part{}
		}
	}
	if first.Cmp(end) > 0 {
		return part{kind: unsatisfiable}
	}
	return part{partial, first.Int64(), last.Int64()}
}

func FuzzParseRange(f *testing.F) {
	for _, seed := range []string{"bytes=0-0", "bytes=-5", "bytes=7-", "bytes=0-1,3-4", "bytes= ,\t1-2,", "bytes=18446744073709551616-", "lines=1-2"} {
		f.Add(seed, int64(10))
	}
	f.Fuzz(func(t *testing.T, value string, size int64) {
		size = max(0, size)
		got, want := parseRange(value, size), slowRange(value, size)
		// Two numbers that are both beyond an int64 count as equal: such a
		// range is unsatisfiable at least, if not invalid.
		if beyond := len(value) > len("bytes=")+2*18; beyond && got.kind == unsatisfiable && want.kind == whole {
			return
		}
		if got != want {
			t.Errorf("parseRange(%q, %d) = %+v, want %+v", value, size, got, want)
		}
		if got.kind == partial && (got.first < 0 || got.first > got.last || got.last >= size) {
			t.Errorf("parseRange(%q, %d) = %+v, which is not inside", value, size, got)
		}
	})
}
