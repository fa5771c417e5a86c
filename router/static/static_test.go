package static

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rawserve/httpwire"
	"rawserve/router"
)

// ask sends one request, given by its request-line without the version and
// further field lines, through a real server over net.Pipe. The response is
// read by net/http, as a second opinion on the octets.
func ask(t *testing.T, h httpwire.Handler, requestLine string, fields ...string) (*http.Response, string) {
	t.Helper()
	client, conn := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&httpwire.Server{Handler: h}).ServeConn(conn)
	}()
	lines := append([]string{requestLine + " HTTP/1.1", "Host: test"}, fields...)
	go io.WriteString(client, strings.Join(lines, "\r\n")+"\r\n\r\n")
	method, _, _ := strings.Cut(requestLine, " ")
	response, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", requestLine, err)
	}
	client.Close()
	<-done
	return response, string(body)
}

// longAgo is when the files of a test were written, unless it says otherwise.
var longAgo = time.Date(2020, 2, 29, 12, 0, 0, 123456789, time.UTC)

// folder makes a folder with these files and opens it. Names that Windows does
// not allow are left out there.
func folder(t *testing.T, files map[string]string) (*os.Root, string) {
	t.Helper()
	// One folder deeper than the temporary one, so that there is an outside.
	dir := filepath.Join(t.TempDir(), "public")
	must(t, os.MkdirAll(dir, 0o755))
	for name, content := range files {
		if runtime.GOOS == "windows" && strings.Contains(name, ":") {
			continue
		}
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(content), 0o644))
		must(t, os.Chtimes(path, longAgo, longAgo))
	}
	root, err := os.OpenRoot(dir)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	return root, dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// opened opens a folder by its name, until the test ends.
func opened(t *testing.T, name string) *Folder {
	t.Helper()
	f, err := Open(name)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// mounted returns a router that serves the folder below /static, at a time when
// the files of a test have settled.
func mounted(root *os.Root) httpwire.Handler {
	f := &Folder{root: root, now: func() time.Time { return time.Now().Add(time.Minute) }}
	f.due.Store(math.MaxInt64) // there is no name to look for
	rt := router.New()
	rt.Get("/static/*path", f.Serve)
	rt.Get("/static", AddSlash)
	return rt.Serve
}

func TestHandler(t *testing.T) {
	root, _ := folder(t, map[string]string{
		"index.html":          "the front page",
		"a.txt":               "hello, file\n",
		"a b.txt":             "with a space",
		"100% sure.txt":       "with a percent sign",
		"%42.txt":             "not B",
		"B.txt":               "B",
		"größe.txt":           "not ASCII",
		"a:b":                 "with a colon",
		"empty.css":           "",
		"sub/index.html":      "the page of sub",
		"sub/data.JSON":       "{}",
		"bare/only.js":        "1",
		"odd/index.html/x":    "",
		"c:d/index.html":      "a folder with a colon",
		"..data":              "hidden by two dots",
		".hidden":             "hidden",
		".git/config":         "hidden",
		"sub/.env":            "hidden",
		".well-known/x.txt":   "hidden",
		"trailing.dots...txt": "visible",
	})
	handler := mounted(root)
	tests := []struct {
		name    string
		request string
		status  int
		want    string // body, or Location
	}{
		{"file", "GET /static/a.txt", 200, "hello, file\n"},
		{"query_ignored", "GET /static/a.txt?v=1", 200, "hello, file\n"},
		{"absolute_form", "GET http://test/static/a.txt", 200, "hello, file\n"},
		{"front_page", "GET /static/", 200, "the front page"},
		{"index_by_name", "GET /static/index.html", 200, "the front page"},
		{"index_of_folder", "GET /static/sub/", 200, "the page of sub"},
		{"empty_file", "GET /static/empty.css", 200, ""},
		{"space", "GET /static/a%20b.txt", 200, "with a space"},
		{"percent", "GET /static/100%25%20sure.txt", 200, "with a percent sign"},
		{"decoded_once", "GET /static/%2542.txt", 200, "not B"},
		{"decoded", "GET /static/%42.txt", 200, "B"},
		{"utf8", "GET /static/gr%C3%B6%C3%9Fe.txt", 200, "not ASCII"},
		{"dots_inside", "GET /static/trailing.dots...txt", 200, "visible"},
		{"head", "HEAD /static/a.txt", 200, ""},

		{"missing", "GET /static/missing", 404, ""},
		{"folder_without_index", "GET /static/bare/", 404, ""},
		{"file_as_folder", "GET /static/a.txt/", 404, ""},
		{"file_as_parent", "GET /static/a.txt/index.html", 404, ""},
		{"empty_segment", "GET /static//a.txt", 404, ""},
		{"empty_segment_inside", "GET /static/sub//index.html", 404, ""},
		{"two_slashes_at_the_end", "GET /static/sub//", 404, ""},

		{"hidden", "GET /static/.hidden", 404, ""},
		{"hidden_encoded", "GET /static/%2Ehidden", 404, ""},
		{"hidden_folder", "GET /static/.git/config", 404, ""},
		{"hidden_folder_slash", "GET /static/.git/", 404, ""},
		{"hidden_folder_redirect", "GET /static/.git", 404, ""},
		{"hidden_below", "GET /static/sub/.env", 404, ""},
		{"hidden_by_encoded_slash", "GET /static/sub%2F.env", 404, ""},
		{"hidden_after_invisible", "GET /static/%E2%80%8C.hidden", 404, ""},
		{"well_known", "GET /static/.well-known/x.txt", 404, ""},
		{"two_dots", "GET /static/..data", 404, ""},
		{"dot", "GET /static/.", 200, "the front page"},
		{"dot_slash", "GET /static/./", 200, "the front page"},
		{"dot_first", "GET /static/./a.txt", 200, "hello, file\n"},
		{"dot_encoded", "GET /static/%2e/a.txt", 200, "hello, file\n"},
		{"dot_inside", "GET /static/sub/./data.JSON", 200, "{}"},
		{"dots_everywhere", "GET /static/././sub/././index.html", 200, "the page of sub"},
		{"dot_last", "GET /static/sub/.", 200, "the page of sub"},
		{"dots_last", "GET /static/sub/./%2E", 200, "the page of sub"},
		{"dot_after_file", "GET /static/a.txt/.", 404, ""},
		{"dot_then_empty", "GET /static/.//a.txt", 404, ""},
		{"dot_then_hidden", "GET /static/./.hidden", 404, ""},
		{"dot_then_parent", "GET /static/./../secret", 404, ""},
		{"dot_and_encoded_slash", "GET /static/.%2Fa.txt", 404, ""},
		{"dot_in_folder_called_index", "GET /static/odd/.", 404, ""},
		{"parent", "GET /static/..", 404, ""},
		{"parent_and_back", "GET /static/sub/../a.txt", 404, ""},
		{"parent_encoded", "GET /static/%2e%2e/secret", 404, ""},
		{"parent_half_encoded", "GET /static/.%2E/secret", 404, ""},
		{"parent_encoded_slash", "GET /static/..%2Fsecret", 404, ""},
		{"parent_encoded_twice", "GET /static/%252e%252e/secret", 404, ""},
		{"parent_backslash", "GET /static/..%5Csecret", 404, ""},
		{"absolute", "GET /static//etc/passwd", 404, ""},
		{"absolute_encoded", "GET /static/%2Fetc%2Fpasswd", 404, ""},
		{"drive", "GET /static/C:%5CWindows%5Cwin.ini", 404, ""},
		{"nul", "GET /static/a.txt%00.html", 404, ""},
		{"too_long", "GET /static/" + strings.Repeat("x", 300), 404, ""},
		{"too_deep", "GET /static/" + strings.Repeat("sub/", 2000), 404, ""},

		{"post", "POST /static/a.txt", 405, ""},
		{"delete", "DELETE /static/a.txt", 405, ""},
		{"options", "OPTIONS /static/a.txt", 204, ""},

		{"folder_called_index", "GET /static/odd/", 404, ""},
		{"redirect", "GET /static/sub", 301, "/static/sub/"},
		{"redirect_of_all", "GET /static", 301, "/static/"},
		{"redirect_of_all_keeps_query", "GET /static?a=b", 301, "/static/?a=b"},
		{"redirect_of_all_head", "HEAD /static", 301, "/static/"},
		{"redirect_head", "HEAD /static/sub", 301, "/static/sub/"},
		{"redirect_keeps_query", "GET /static/sub?a=b&c", 301, "/static/sub/?a=b&c"},
		{"redirect_keeps_spelling", "GET /static/%73ub", 301, "/static/%73ub/"},
		{"redirect_colon_is_no_scheme", "GET /static/c:d", 301, "/static/c:d/"},
		{"redirect_absolute_form", "GET http://test/static/sub", 301, "/static/sub/"},
		{"redirect_without_dots", "GET /static/./sub", 301, "/static/sub/"},
		{"redirect_without_encoded_dots", "GET /static/%2e/./sub?./", 301, "/static/sub/?./"},
		{"redirect_keeps_slashes_of_query", "GET /static/sub?//evil.example", 301, "/static/sub/?//evil.example"},
		{"redirect_of_prefix_as_sent", "GET /%73tatic/sub", 301, "/%73tatic/sub/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(tt.request, "c:d") {
				t.Skip("no such file")
			}
			response, body := ask(t, handler, tt.request)
			if response.StatusCode != tt.status {
				t.Fatalf("status = %d, want %d; body %q", response.StatusCode, tt.status, body)
			}
			switch tt.status {
			case 200:
				if body != tt.want {
					t.Errorf("body = %q, want %q", body, tt.want)
				}
			case 301:
				if got := response.Header.Get("Location"); got != tt.want {
					t.Errorf("Location = %q, want %q", got, tt.want)
				}
				if got := response.Header.Get("Cache-Control"); got != "no-cache" {
					t.Errorf("Cache-Control = %q", got)
				}
			case 405:
				if got := response.Header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
					t.Errorf("Allow = %q", got)
				}
			}
		})
	}
}

// TestRedirectStaysHere mounts a folder at the root of the URL space, where the
// whole path is the client's to choose, and resolves each Location as RFC 3986
// has it: the host must be the one that was asked.
func TestRedirectStaysHere(t *testing.T) {
	_, dir := folder(t, map[string]string{
		"evil.example/index.html":   "",
		"a/evil.example/index.html": "",
		"javascript:alert(1)/x":     "",
		"https:/x":                  "",
	})
	f := opened(t, dir)
	rt := router.New()
	rt.Get("/*path", f.Serve)
	rt.Get("//:host/*path", f.Serve)
	rt.Get("/:a//:host/*path", f.Serve)
	redirects := 0
	for _, path := range []string{
		"/evil.example", "//evil.example", "//evil.example/..", "//evil.example/%2e%2e", "//evil.example/a",
		"///evil.example", "/%2Fevil.example", "/%5Cevil.example", "/%5C%5Cevil.example", "/a//evil.example",
		"/a/evil.example", "/javascript:alert(1)", "/https:", "/https:%2F%2Fevil.example", "/evil.example?//x",
		"//evil.example/evil.example", "//evil.example/a/evil.example", "/.//evil.example", "/a/..//evil.example",
		"/./evil.example", "/././/evil.example", "/..//evil.example/a", "/.//evil.example/a", "//evil.example/./a",
	} {
		response, _ := ask(t, rt.Serve, "GET "+path)
		if response.StatusCode != 301 {
			continue
		}
		redirects++
		asked, err := http.NewRequest("GET", "http://test"+path, nil)
		must(t, err)
		sent := response.Header.Get("Location")
		if !strings.HasPrefix(sent, "/") || strings.HasPrefix(sent, "//") {
			t.Errorf("GET %s leads to %s, which is no absolute path", path, sent)
		}
		location, err := asked.URL.Parse(sent)
		must(t, err)
		if location.Scheme != "http" || location.Host != "test" {
			t.Errorf("GET %s leads to %s", path, location)
		}
	}
	response, _ := ask(t, rt.Serve, "GET //evil.example/a")
	if got, want := response.Header.Get("Location"), "/.//evil.example/a/"; got != want {
		t.Errorf("Location = %q, want %q", got, want)
	}
	if redirects < 3 {
		t.Errorf("only %d paths were redirected: the test checks nothing", redirects)
	}
}

func TestFields(t *testing.T) {
	root, _ := folder(t, map[string]string{"page.HTML": "<p>", "octets.xyz": "12345"})
	response, _ := ask(t, mounted(root), "GET /static/page.HTML")
	want := map[string]string{
		"Content-Type":           "text/html; charset=utf-8",
		"Content-Length":         "3",
		"Last-Modified":          "Sat, 29 Feb 2020 12:00:00 GMT",
		"Accept-Ranges":          "bytes",
		"Cache-Control":          "no-cache",
		"X-Content-Type-Options": "nosniff",
	}
	for name, value := range want {
		if got := response.Header.Get(name); got != value {
			t.Errorf("%s = %q, want %q", name, got, value)
		}
	}
	if etag := response.Header.Get("ETag"); !strings.HasPrefix(etag, `"`) {
		t.Errorf("ETag = %q, want a strong one", etag)
	}
	response, _ = ask(t, mounted(root), "HEAD /static/octets.xyz")
	if got := response.Header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("Content-Type = %q", got)
	}
	if got := response.Header.Get("Content-Length"); got != "5" {
		t.Errorf("Content-Length in answer to HEAD = %q", got)
	}
}

// TestWithoutRouter checks that the handler itself keeps to GET and HEAD, and
// that it serves nothing if the pattern has no *path.
func TestWithoutRouter(t *testing.T) {
	_, dir := folder(t, map[string]string{"a.txt": "a"})
	f := opened(t, dir)
	rt := router.New()
	rt.Any("/any/*path", f.Serve)
	rt.Any("/wrong/*other", f.Serve)
	if response, _ := ask(t, rt.Serve, "DELETE /any/a.txt"); response.StatusCode != 405 || response.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("DELETE: %d, Allow %q", response.StatusCode, response.Header.Get("Allow"))
	}
	if response, body := ask(t, rt.Serve, "GET /any/a.txt"); response.StatusCode != 200 || body != "a" {
		t.Errorf("GET: %d %q", response.StatusCode, body)
	}
	if response, _ := ask(t, rt.Serve, "GET /wrong/a.txt"); response.StatusCode != 500 {
		t.Errorf("pattern without *path: %d", response.StatusCode)
	}
}

// TestShrunkFile cuts a file short between its head and its octets. The client
// must see that the body is not whole.
func TestShrunkFile(t *testing.T) {
	root, dir := folder(t, map[string]string{"a.txt": "0123456789"})
	client, conn := net.Pipe()
	handler := func(w *httpwire.Response, r *httpwire.Request) error {
		f, err := root.Open("a.txt")
		must(t, err)
		defer f.Close()
		must(t, os.Truncate(filepath.Join(dir, "a.txt"), 4))
		return send(w, r, f, answer{200, nil, span{0, 9}})
	}
	go (&httpwire.Server{Handler: handler}).ServeConn(conn)
	go io.WriteString(client, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		return // no answer at all is not taken for a whole one
	}
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == 200 {
		t.Errorf("a body of %d octets passed for whole", len(body))
	}
}

// TestSendfile fetches a large file, and parts of it, over TCP, and checks that
// the octets went past the memory of this process where the system can do that.
func TestSendfile(t *testing.T) {
	const size = 8 << 20
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	root, _ := folder(t, map[string]string{"large.bin": string(content)})
	var passed atomic.Int64
	server := &httpwire.Server{
		Handler: mounted(root),
		Trace:   &httpwire.Trace{Sendfile: func(_ *httpwire.Conn, n int64) { passed.Add(n) }},
	}
	address := listening(t, server)
	ranges := []struct {
		field       string
		first, last int
	}{
		{"", 0, size - 1},
		{"bytes=1000000-", 1000000, size - 1},
		{"bytes=-70000", size - 70000, size - 1},
		{"bytes=5-5", 5, 5},
	}
	var want int64
	for _, tt := range ranges {
		request, err := http.NewRequest("GET", fmt.Sprintf("http://%s/static/large.bin", address), nil)
		must(t, err)
		if tt.field != "" {
			request.Header.Set("Range", tt.field)
		}
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(body) != string(content[tt.first:tt.last+1]) {
			t.Errorf("%q: %d octets, error %v; want %d octets", tt.field, len(body), err, tt.last-tt.first+1)
		}
		if got := response.Header.Get("Content-Length"); got != strconv.Itoa(tt.last-tt.first+1) {
			t.Errorf("%q: Content-Length %s", tt.field, got)
		}
		if length := int64(tt.last - tt.first + 1); length > 64<<10 { // fewer octets are copied
			want += length
		}
	}
	request, err := http.NewRequest("GET", fmt.Sprintf("http://%s/static/large.bin", address), nil)
	must(t, err)
	request.Header.Set("Range", "bytes=2000000-2999999,5-5,1000000-1099999")
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	body, err := io.ReadAll(response.Body)
	must(t, err)
	response.Body.Close()
	want += 1_100_000
	for i, span := range []string{string(content[2000000:3000000]), string(content[5:6]), string(content[1000000:1100000])} {
		if _, octets, _ := strings.Cut(string(body), "\r\n\r\n"); !strings.HasPrefix(octets, span+"\r\n--") {
			t.Errorf("part %d is not there", i+1)
		} else {
			body = []byte(octets[len(span):])
		}
	}
	http.DefaultClient.CloseIdleConnections()
	must(t, server.Shutdown(t.Context())) // waits for the connections
	if passed.Load() != want {
		t.Errorf("%d octets by sendfile, want %d", passed.Load(), want)
	}
}

// listening starts a server on a port of its own, until the test ends, and returns
// the address.
func listening(t *testing.T, server *httpwire.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	return listener.Addr().String()
}
