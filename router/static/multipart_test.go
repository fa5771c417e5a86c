package static

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rawserve/httpwire"
)

// alphabet is a file whose octets tell where they are.
var alphabet = strings.Repeat("abcdefghijklmnopqrstuvwxyz", 40)

// part is what a client finds in one part of an answer.
type part struct{ contentRange, octets string }

// partsOf reads an answer as mime/multipart understands it.
func partsOf(t *testing.T, response *http.Response, body string) (list []part) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" {
		t.Fatalf("Content-Type %q", response.Header.Get("Content-Type"))
	}
	reader := multipart.NewReader(strings.NewReader(body), parameters["boundary"])
	for {
		p, err := reader.NextRawPart()
		if err == io.EOF {
			return list
		}
		must(t, err)
		octets, err := io.ReadAll(p)
		must(t, err)
		if got := p.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("9110_15.3.7.2: a part of type %q", got)
		}
		list = append(list, part{p.Header.Get("Content-Range"), string(octets)})
	}
}

func TestParts(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": alphabet})
	handler := mounted(root)
	response, _ := ask(t, handler, "HEAD /static/a.txt")
	etag, modified := response.Header.Get("ETag"), response.Header.Get("Last-Modified")
	tests := []struct {
		name   string
		fields []string
		want   []part
	}{
		{"9110_14.6_two", []string{"Range: bytes=0-1,5-6"}, []part{{"bytes 0-1/1040", "ab"}, {"bytes 5-6/1040", "fg"}}},
		{"9110_15.3.7.2_order_as_asked", []string{"Range: bytes=5-6,0-1"}, []part{{"bytes 5-6/1040", "fg"}, {"bytes 0-1/1040", "ab"}}},
		{"9110_15.3.7.2_merged", []string{"Range: bytes=5-6,0-1,6-8,2-2"}, []part{{"bytes 5-8/1040", "fghi"}, {"bytes 0-2/1040", "abc"}}},
		{"9110_14.2_without_those_beyond", []string{"Range: bytes=1040-,0-0,-2"}, []part{{"bytes 0-0/1040", "a"}, {"bytes 1038-1039/1040", "yz"}}},
		{"9110_13.1.5_same_tag", []string{"Range: bytes=0-1,5-6", "If-Range: " + etag}, []part{{"bytes 0-1/1040", "ab"}, {"bytes 5-6/1040", "fg"}}},
		{"9110_13.1.5_same_date", []string{"Range: bytes=0-1,5-6", "If-Range: " + modified}, []part{{"bytes 0-1/1040", "ab"}, {"bytes 5-6/1040", "fg"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, body := ask(t, handler, "GET /static/a.txt", tt.fields...)
			if response.StatusCode != 206 || response.ContentLength != int64(len(body)) || response.Header.Get("ETag") != etag {
				t.Errorf("%d with %v, %d octets", response.StatusCode, response.Header, len(body))
			}
			if got := response.Header.Get("Content-Range"); got != "" {
				t.Errorf("9110_15.3.7.2: Content-Range %q outside of the parts", got)
			}
			if conditional := len(tt.fields) > 1; conditional == (response.Header.Get("Last-Modified") != "") {
				t.Errorf("9110_15.3.7: Last-Modified %q", response.Header.Get("Last-Modified"))
			}
			if got := partsOf(t, response, body); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("parts %v, want %v", got, tt.want)
			}
		})
	}
}

// TestPartsInFull looks at every octet once.
func TestPartsInFull(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": alphabet})
	response, body := ask(t, mounted(root), "GET /static/a.txt", "Range: bytes=0-1,-3")
	_, boundary, _ := strings.Cut(response.Header.Get("Content-Type"), "; boundary=")
	want := strings.ReplaceAll("\r\n--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/1040\r\n\r\nab"+
		"\r\n--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 1037-1039/1040\r\n\r\nxyz\r\n--B--\r\n", "B", boundary)
	if body != want {
		t.Errorf("got\n%q, want\n%q", body, want)
	}
	again, _ := ask(t, mounted(root), "GET /static/a.txt", "Range: bytes=0-1,-3")
	if len(boundary) < 26 || again.Header.Get("Content-Type") == response.Header.Get("Content-Type") {
		t.Errorf("the boundary %q can be known before", boundary)
	}
}

// TestNoParts: where parts would be no use, the file is sent.
func TestNoParts(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": alphabet, "short.txt": "0123456789"})
	for _, tt := range []struct{ name, request, field string }{
		{"9110_14.2_only_get", "HEAD /static/a.txt", "Range: bytes=0-1,5-6"},
		{"9110_13.1.5_other_tag", "GET /static/a.txt", "If-Range: \"other\"\r\nRange: bytes=0-1,5-6"},
		{"9110_17.15_longer_than_the_file", "GET /static/short.txt", "Range: bytes=0-1,5-6"},
		{"9110_17.15_many_small", "GET /static/a.txt", "Range: bytes=" + listed(100)},
		{"9110_17.15_too_many", "GET /static/a.txt", "Range: bytes=" + listed(101)},
	} {
		response, body := ask(t, mounted(root), tt.request, tt.field)
		if strings.HasPrefix(tt.request, "GET") && len(body) != 10 && body != alphabet || response.StatusCode != 200 {
			t.Errorf("%s: %d with %d octets", tt.name, response.StatusCode, len(body))
		}
		if got := response.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("%s: Content-Type %q", tt.name, got)
		}
	}
}

// TestPartsLength: the length is that of the content whatever is asked for, so that
// it is exact, and never more than that of the file.
func TestPartsLength(t *testing.T) {
	root, _ := folder(t, map[string]string{"a.txt": alphabet})
	for n := range 110 {
		response, body := ask(t, mounted(root), "GET /static/a.txt", "Range: bytes="+listed(n+1))
		if int64(len(body)) != response.ContentLength || len(body) > len(alphabet) {
			t.Errorf("%d ranges: %d octets, Content-Length %d", n+1, len(body), response.ContentLength)
		}
	}
}

// TestPartsOfShrunkFile cuts a file in the middle of a part. What follows must not
// be taken for its octets.
func TestPartsOfShrunkFile(t *testing.T) {
	root, dir := folder(t, map[string]string{"a.txt": alphabet})
	var failed error
	handler := func(w *httpwire.Response, r *httpwire.Request) error {
		f, err := root.Open("a.txt")
		must(t, err)
		defer f.Close()
		must(t, os.Truncate(filepath.Join(dir, "a.txt"), 4))
		m := newByteranges([]span{{0, 1}, {3, 5}}, "text/plain", int64(len(alphabet)))
		failed = send(w, r, f, answer{206, nil, m})
		return failed
	}
	response, body := ask(t, handler, "GET /")
	if failed != httpwire.ErrBodyTooShort || response.StatusCode != 500 || strings.Contains(body, "ab") {
		t.Errorf("%v: %d %q", failed, response.StatusCode, body)
	}
}

// TestZsync updates a file with zsync, which asks for several ranges at a time and
// is particular about the octets between them.
func TestZsync(t *testing.T) {
	for _, tool := range []string{"zsync", "zsyncmake"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("RAWSERVE_CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	var now strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&now, "line %d of what is there now\n", i)
	}
	root, dir := folder(t, map[string]string{"a.txt": now.String()})
	old := strings.NewReplacer("line 77 ", "line 87 ", "line 7777 ", "line x ", "line 39000 ", "").Replace(now.String())
	must(t, os.WriteFile(filepath.Join(dir, "old.txt"), []byte(old), 0o644))
	run := func(name string, args ...string) string {
		limit, cancel := context.WithTimeout(t.Context(), time.Minute) // what it cannot read, it asks for again and again
		defer cancel()
		command := exec.CommandContext(limit, name, args...)
		command.Dir = filepath.Dir(dir)
		command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "http_proxy=") })
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	var parts atomic.Int64
	address := listening(t, &httpwire.Server{Handler: mounted(root), OnExchange: func(e httpwire.Exchange) {
		if e.Status == 206 {
			parts.Add(1)
		}
	}})
	run("zsyncmake", "-b", "2048", "-o", "public/a.zsync", "-u", "http://"+address+"/static/a.txt", "public/a.txt")
	said := run("zsync", "-i", "public/old.txt", "-o", "new.txt", "http://"+address+"/static/a.zsync")
	got, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "new.txt"))
	if err != nil || string(got) != now.String() || parts.Load() == 0 {
		t.Errorf("%d octets after %d answers 206, want %d; %v\n%s", len(got), parts.Load(), now.Len(), err, said)
	}
}
