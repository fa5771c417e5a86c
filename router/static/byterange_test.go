package static

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawserve/router/conditional"
)

func TestParseRanges(t *testing.T) {
	ignored, beyond := selection{}, selection{kind: unsatisfiable}
	octets := func(spans ...span) selection { return selection{partial, spans} }
	huge := strings.Repeat("9", 40)
	var hundred []span
	for i := range int64(100) {
		hundred = append(hundred, span{5 * i, 5*i + 1})
	}
	tests := []struct {
		name, in string
		size     int64
		want     selection
	}{
		{"9110_14.1.2_first", "bytes=0-0", 10, octets(span{0, 0})},
		{"9110_14.1.2_inner", "bytes=2-5", 10, octets(span{2, 5})},
		{"9110_14.1.2_open", "bytes=7-", 10, octets(span{7, 9})},
		{"9110_14.1.2_whole", "bytes=0-", 10, octets(span{0, 9})},
		{"9110_14.1.2_clamped", "bytes=7-10", 10, octets(span{7, 9})},
		{"9110_14.1.2_suffix", "bytes=-3", 10, octets(span{7, 9})},
		{"9110_14.1.2_long_suffix", "bytes=-11", 10, octets(span{0, 9})},
		{"9110_14.1.2_last_octet", "bytes=9-9", 10, octets(span{9, 9})},
		{"9110_14.1.2_beyond", "bytes=10-", 10, beyond},
		{"9110_14.1.2_beyond_both", "bytes=10-20", 10, beyond},
		{"9110_14.1.2_no_suffix", "bytes=-0", 10, beyond},
		{"9110_14.1.2_huge_first", "bytes=" + huge + "-", 10, beyond},
		{"9110_14.1.2_huge_last", "bytes=1-" + huge, 10, octets(span{1, 9})},
		{"9110_14.1.2_huge_suffix", "bytes=-" + huge, 10, octets(span{0, 9})},
		{"9110_14.1.2_largest", "bytes=9223372036854775807-9223372036854775807", 10, beyond},
		{"9110_14.1.2_one_above", "bytes=0-9223372036854775808", 10, octets(span{0, 9})},
		{"9110_14.1.2_leading_zeros", "bytes=002-0005", 10, octets(span{2, 5})},
		{"9110_14.1_unit_any_case", "Bytes=2-5", 10, octets(span{2, 5})},
		{"9110_5.6.1_empty_members", "bytes=, 2-5 ,", 10, octets(span{2, 5})},

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
		{"9110_14.1.1_no_member", "bytes= , ,", 10, ignored},
		{"9110_14.1.1_one_of_two", "bytes=0-1,5-2", 10, ignored},
		{"9110_14.1.1_one_of_two_beyond", "bytes=0-1,50-20", 10, ignored},
		{"9110_14.1.1_semicolon", "bytes=0-1;3-4", 10, ignored},
		{"9110_14.2_empty_file", "bytes=0-", 0, ignored},
		{"9110_14.2_empty_file_suffix", "bytes=-5", 0, ignored},

		{"9110_14.1.2_two", "bytes=0-1,5-6", 10, octets(span{0, 1}, span{5, 6})},
		{"9110_15.3.7.2_order_as_asked", "bytes=5-6,0-1", 10, octets(span{5, 6}, span{0, 1})},
		{"9110_14.1.2_three_kinds", "bytes=1-1, 3-3 ,-1", 10, octets(span{1, 1}, span{3, 3}, span{9, 9})},
		{"9110_5.6.1_empty_members_between", "bytes=,0-1,, ,\t5-6,", 10, octets(span{0, 1}, span{5, 6})},
		{"9110_14.2_one_beyond", "bytes=0-1,10-", 10, octets(span{0, 1})},
		{"9110_14.2_all_beyond", "bytes=10-,-0,30-40", 10, beyond},
		{"9110_15.3.7.2_overlap", "bytes=0-4,3-6", 10, octets(span{0, 6})},
		{"9110_15.3.7.2_touch", "bytes=0-4,5-6", 10, octets(span{0, 6})},
		{"9110_15.3.7.2_touch_backwards", "bytes=5-6,0-4", 10, octets(span{0, 6})},
		{"9110_15.3.7.2_gap_of_one", "bytes=0-4,6-6", 10, octets(span{0, 4}, span{6, 6})},
		{"9110_15.3.7.2_inside", "bytes=2-8,4-5", 10, octets(span{2, 8})},
		{"9110_15.3.7.2_outside", "bytes=4-5,2-8", 10, octets(span{2, 8})},
		{"9110_15.3.7.2_twice", "bytes=3-4,3-4", 10, octets(span{3, 4})},
		{"9110_15.3.7.2_bridge", "bytes=8-9,0-1,4-5,1-4", 10, octets(span{8, 9}, span{0, 5})},
		{"9110_15.3.7.2_bridge_of_all", "bytes=0-1,8-9,4-5,1-8", 10, octets(span{0, 9})},
		{"9110_15.3.7.2_suffix_inside", "bytes=5-,-2", 10, octets(span{5, 9})},
		{"9110_14.2_largest_two", "bytes=0-9223372036854775807,9223372036854775806-", math.MaxInt64, octets(span{0, math.MaxInt64 - 1})},
		{"9110_17.15_a_hundred", "bytes=" + listed(100), 1000, octets(hundred...)},
		{"9110_17.15_too_many", "bytes=" + listed(101), 1000, ignored},
		{"9110_17.15_too_many_alike", "bytes=0-" + strings.Repeat(",0-", 100), 10, ignored},
		{"9110_17.15_too_many_beyond", "bytes=0-1" + strings.Repeat(",10-", 100), 10, ignored},
		{"9110_14.2_empty_file_several", "bytes=0-,-5", 0, ignored},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseRanges(tt.in, tt.size); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("parseRanges(%q, %d) = %+v, want %+v", tt.in, tt.size, got, tt.want)
			}
		})
	}
}

// listed returns n ranges of two octets each, with three octets between them.
func listed(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%d-%d", 5*i, 5*i+1))
	}
	return strings.Join(list, ",")
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
		{"9110_15.3.7.2_merged", "GET /static/a.txt", []string{"Range: bytes=2-3,4-4"}, 206, "234", "bytes 2-4/10"},
		{"9110_15.3.7.2_one_left", "GET /static/a.txt", []string{"Range: bytes=2-4,10-"}, 206, "234", "bytes 2-4/10"},
		{"9110_15.3.7.2_parts_longer_than_the_file", "GET /static/a.txt", []string{"Range: bytes=0-0,5-5"}, 200, "0123456789", ""},
		{"9110_15.5.17_all_beyond", "GET /static/a.txt", []string{"Range: bytes=10-,-0"}, 416, "", "bytes */10"},
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

// rangeGrammar is the grammar of one range, slow and obvious.
var rangeGrammar = regexp.MustCompile(`^(?:([0-9]+)-([0-9]*)|-([0-9]+))$`)

// slowRanges is parseRanges for small files, with numbers that cannot overflow and
// a list of all octets in place of merging. It returns which octets are sent.
func slowRanges(value string, size int64) (selectionKind, []bool) {
	unit, set, _ := strings.Cut(value, "=")
	if !strings.EqualFold(unit, "bytes") || size == 0 {
		return whole, nil
	}
	sent, listed, any := make([]bool, size), 0, false
	for _, member := range strings.Split(set, ",") {
		if member = strings.Trim(member, " \t"); member == "" {
			continue
		}
		m := rangeGrammar.FindStringSubmatch(member)
		if listed++; m == nil || listed > 100 {
			return whole, nil
		}
		first, last := number(m[1]), number(m[2])
		if m[2] != "" && last.Cmp(first) < 0 {
			return whole, nil
		}
		if m[3] != "" {
			first = first.Sub(big.NewInt(size), number(m[3]))
		}
		for i := range size {
			at := big.NewInt(i)
			if at.Cmp(first) >= 0 && (m[2] == "" || at.Cmp(last) <= 0) {
				sent[i], any = true, true
			}
		}
	}
	switch {
	case listed == 0:
		return whole, nil
	case !any:
		return unsatisfiable, nil
	}
	return partial, sent
}

func number(digits string) *big.Int {
	n, _ := new(big.Int).SetString("0"+digits, 10)
	return n
}

func FuzzParseRanges(f *testing.F) {
	for _, seed := range []string{"bytes=0-0", "bytes=-5", "bytes=7-", "bytes=0-1,3-4", "bytes= ,\t1-2,", "bytes=18446744073709551616-",
		"lines=1-2", "bytes=8-9,0-1,4-5,1-4", "bytes=9-,0-0,-1"} {
		f.Add(seed, uint8(10))
	}
	f.Fuzz(func(t *testing.T, value string, size uint8) {
		got := parseRanges(value, int64(size))
		kind, octets := slowRanges(value, int64(size))
		// Two numbers that are both beyond an int64 count as equal: such a
		// range is unsatisfiable at least, if not invalid.
		if len(value) > len("bytes=")+2*18 && kind == whole {
			return
		}
		if got.kind != kind {
			t.Fatalf("parseRanges(%q, %d) = %+v, want kind %d", value, size, got, kind)
		}
		sent := make([]bool, len(octets))
		for i, s := range got.spans {
			if s.first < 0 || s.first > s.last || s.last >= int64(size) {
				t.Fatalf("parseRanges(%q, %d) = %+v, which is not inside", value, size, got)
			}
			for _, other := range got.spans[:i] {
				if s.touches(other) {
					t.Fatalf("parseRanges(%q, %d) = %+v, where two touch", value, size, got)
				}
			}
			for at := s.first; at <= s.last; at++ {
				sent[at] = true
			}
		}
		if !slices.Equal(sent, octets) {
			t.Errorf("parseRanges(%q, %d) = %+v, want octets %v", value, size, got, octets)
		}
	})
}
