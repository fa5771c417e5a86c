package static

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rawserve/router/conditional"
)

// TestConditionalFile checks what is sent when a condition decides.
func TestConditionalFile(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": "hello", "sub/index.html": "sub"})
	handler := mounted(root)
	response, _ := ask(t, handler, "GET /static/a.txt")
	etag := response.Header.Get("ETag")

	response, body := ask(t, handler, "GET /static/a.txt", "If-None-Match: "+etag)
	if response.StatusCode != 304 || body != "" || response.Header.Get("ETag") != etag {
		t.Errorf("9110_15.4.5: %d %q, ETag %s", response.StatusCode, body, response.Header.Get("ETag"))
	}
	for _, name := range []string{"Last-Modified", "Content-Type", "Content-Length"} {
		if value := response.Header.Get(name); value != "" {
			t.Errorf("9110_15.4.5: 304 has %s: %s", name, value)
		}
	}
	tests := []struct {
		name, request, field string
		status               int
	}{
		{"412", "GET /static/a.txt", `If-Match: "other"`, 412},
		{"304_head", "HEAD /static/a.txt", "If-None-Match: *", 304},
		{"304_before_range", "GET /static/a.txt", "Range: bytes=0-1\r\nIf-None-Match: *", 304},
		{"9110_13.2.1_redirect_goes_before", "GET /static/sub", `If-Match: "other"`, 301},
		{"9110_13.2.1_not_found_goes_before", "GET /static/missing", "If-Match: *", 404},
		{"9110_13.2.1_method_goes_before", "DELETE /static/a.txt", `If-Match: "other"`, 405},
	}
	for _, tt := range tests {
		if response, _ := ask(t, handler, tt.request, tt.field); response.StatusCode != tt.status {
			t.Errorf("%s: got %d, want %d", tt.name, response.StatusCode, tt.status)
		}
	}
}

// TestValidators checks when an entity tag is strong, and that no date is in
// the future. RFC 9110, Sections 8.8.1 and 8.8.2.1.
func TestValidators(t *testing.T) {
	now := time.Now().Add(time.Minute) // the file was written a minute ago
	name := filepath.Join(t.TempDir(), "a")
	write := func(text string, modified time.Time) os.FileInfo {
		must(t, os.WriteFile(name, []byte(text), 0o644))
		must(t, os.Chtimes(name, modified, modified))
		info, err := os.Stat(name)
		must(t, err)
		return info
	}
	old := validatorsOf(write("12345", now.Add(-time.Hour)), now)
	if !old.StrongDate || weak(old.ETag) {
		t.Errorf("after an hour: %+v, want a strong tag", old)
	}
	second := write("12345", now.Add(-time.Second))
	fresh := validatorsOf(second, now)
	if fresh.StrongDate || !weak(fresh.ETag) {
		t.Errorf("after a second: %+v, want a weak tag", fresh)
	}
	if settled := validatorsOf(second, now.Add(time.Minute)); "W/"+settled.ETag != fresh.ETag {
		t.Errorf("the tag changed by itself: %s, then %s", fresh.ETag, settled.ETag)
	}
	for what, info := range map[string]os.FileInfo{
		"size": write("123456", now.Add(-time.Hour)),
		"time": write("12345", now.Add(-time.Hour).Add(time.Microsecond)),
	} {
		if other := validatorsOf(info, now); conditional.WeakMatch(other.ETag, old.ETag) {
			t.Errorf("another %s has the same tag %s", what, other.ETag)
		}
	}
	future := validatorsOf(write("12345", now.Add(time.Hour)), now)
	if future.StrongDate || !future.Modified.Equal(now) {
		t.Errorf("from the future: %+v, want a weak tag and the present", future)
	}
}

// TestExchangedFile gives a file the place of another one that has the same size
// and the same time, as a tool sets it: a client must not be told that it still has
// what is there.
func TestExchangedFile(t *testing.T) {
	for _, modified := range []time.Time{
		time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0), time.Unix(1, 0),
		time.Date(1980, 1, 1, 0, 0, 1, 0, time.UTC), longAgo,
	} {
		root, dir := folder(t, map[string]string{"a.txt": "old", "b.txt": "new"})
		a, b := filepath.Join(dir, "a.txt"), filepath.Join(dir, "b.txt")
		must(t, os.Chtimes(a, modified, modified))
		must(t, os.Chtimes(b, modified, modified))
		_, _, identified := identityOf(stat(t, root, "a.txt"))
		if !identified && modified.Equal(longAgo) {
			t.Skip("size and time are all there is")
		}
		response, _ := ask(t, mounted(root), "GET /static/a.txt")
		tag, date := response.Header.Get("ETag"), response.Header.Get("Last-Modified")
		if identified != entityTag.MatchString(tag) {
			t.Errorf("%v: ETag %q", modified, tag)
		}
		if modified.Equal(longAgo) != (date != "") {
			t.Errorf("%v: Last-Modified %q", modified, date)
		}
		must(t, os.Rename(b, a))
		condition := "If-None-Match: " + tag
		if tag == "" {
			condition = "If-Modified-Since: " + conditional.FormatDate(time.Now())
		}
		if response, body := ask(t, mounted(root), "GET /static/a.txt", condition); body != "new" {
			t.Errorf("%v: got %d %q for the file in its place", modified, response.StatusCode, body)
		}
	}
}

// TestJustChanged gives a file that has just been written an old time: it can
// still be written again before the clock of the system ticks.
func TestJustChanged(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": "a"})
	info := stat(t, root, "a.txt")
	_, changed, identified := identityOf(info)
	if !identified {
		t.Skip("the time of the last change is not known")
	}
	if v := validatorsOf(info, changed.Add(settling)); !weak(v.ETag) || v.StrongDate {
		t.Errorf("got %+v, want a weak tag and a weak date", v)
	}
	if fingerprint(1, changed) == fingerprint(1, changed.Add(1)) || fingerprint(1, changed) == fingerprint(2, changed) {
		t.Error("another inode or time has the same fingerprint")
	}
}

// entityTag is the grammar of an entity tag. RFC 9110, Section 8.8.3.
var entityTag = regexp.MustCompile(`^(W/)?"[\x21\x23-\x7e]*"$`)

// weak reports whether an entity tag is a weak one.
func weak(etag string) bool { return strings.HasPrefix(etag, "W/") }
