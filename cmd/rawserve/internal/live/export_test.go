package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rawserve/conformance"
)

// hostile is a request whose octets would act in a page, in a terminal, or in the
// text around them.
const hostile = "GET /%3C?a=</script><script>alert(1)//&b=%E2%80%AE HTTP/1.1\r\nHost: a\r\nX-Markup: </script><!--<img src=x onerror=alert(1)>\r\n" +
	"X-Direction: \xe2\x80\xae\xe2\x81\xa6 \xc2\x9b31m \xff\r\nConnection: close\r\nContent-Length: 16\r\n\r\n</script>\x1b[31m\xe2\x80\xae"

// exported asks for an exchange as a file.
func (s *liveServer) exported(conn int, form string) (status int, text string) {
	s.t.Helper()
	status, header, text := s.fetch("GET", fmt.Sprintf("/export?c=%d&r=1&as=%s", conn, form), "")
	if disposition := header.Get("Content-Disposition"); status == 200 && disposition != fmt.Sprintf(`attachment; filename="xray-c%d-1.%s"`, conn, form) {
		s.t.Errorf("%s: Content-Disposition is %q", form, disposition)
	}
	return status, text
}

// record sends a request and returns the number of its connection, which is over.
func (s *liveServer) record(conn int, request string) int {
	s.t.Helper()
	c := s.dial()
	io.WriteString(c, request)
	c.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, c)
	c.Close()
	s.closed(uint64(conn))
	return conn
}

// Nothing that was captured can act in what is exported.
func TestExportsAreInert(t *testing.T) {
	s := startLive(t)
	s.watch()
	for i, request := range []string{hostile, strings.Replace(hostile, "GET /%3C", "GET /<", 1), "\x1b]0;x\x07</script>\xe2\x80\xae\r\n\r\n", "GET /\xe2\x80\xae HTTP/1.1\r\n\r\n"} {
		conn := s.record(i+1, request)
		for _, form := range []string{"html", "har", "wire"} {
			status, text := s.exported(conn, form)
			if status != 200 && !(status == 409 && form == "har") {
				t.Errorf("%s of %q: %d %s", form, request, status, text)
			}
			data := text
			if form == "html" {
				_, data, _ = strings.Cut(text, `id="carried">`)
				data, _, _ = strings.Cut(data, "</script>")
				if !json.Valid([]byte(data)) {
					t.Errorf("the data in the page are no JSON: %.300s", data)
				}
			}
			if acting := strings.IndexFunc(data, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }); acting >= 0 {
				t.Errorf("%s of %q has %q", form, request, data[acting:min(len(data), acting+20)])
			}
			if form != "wire" && strings.ContainsAny(data, "<>") {
				t.Errorf("%s of %q has markup", form, request)
			}
		}
	}
}

// The page in a file has the scripts and the style that its policy names, and
// nothing that loads anything.
func TestExportHTML(t *testing.T) {
	s := startLive(t)
	s.watch()
	_, text := s.exported(s.record(1, hostile), "html")
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]+)"`).FindStringSubmatch(text)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none'; ") {
		t.Fatalf("the policy is %q", policy)
	}
	for _, code := range []string{string(pageScript()), string(pageFile("app.css"))} {
		if !strings.Contains(text, code) || !strings.Contains(policy[1], digest([]byte(code))) {
			t.Error("the document lacks a part, or its policy does")
		}
		if strings.Contains(code, "</s") || strings.Contains(code, "<!--") {
			t.Error("a part ends the element that it stands in")
		}
	}
	if n := strings.Count(text, "<script"); n != 2 {
		t.Errorf("there are %d scripts", n)
	}
	before, rest, _ := strings.Cut(text, `id="carried">`)
	_, after, _ := strings.Cut(rest, "</script>")
	if loads := regexp.MustCompile(`\bsrc=|<link|@import|url\(`).FindString(before + after); loads != "" {
		t.Errorf("the document loads something: %s", loads)
	}
}

// passesLint fails if a text is no conformance case.
func passesLint(t *testing.T, text string) {
	t.Helper()
	file, err := conformance.Parse("exported.wire", []byte(text))
	if err == nil {
		err = conformance.Lint([]*conformance.File{file})
	}
	if err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
}

func TestExportWire(t *testing.T) {
	s := startLive(t)
	s.watch()
	for i, test := range []struct{ request, want string }{
		{"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"> GET /1 HTTP/1.1\n> Host: a\n> Connection: close\n>\n< HTTP/1.1 200 *\n<\n* closed\n"},
		{"GET /1 HTTP/1.1\r\nHost: a\r\nCookie: ab\r\nConnection: close\r\n\r\n",
			"# octets 34 to 35 are dots here: a secret that is not shown\n\n> GET /1 HTTP/1.1\n> Host: a\n> Cookie: ..\n> Connection: close\n>\n"},
		{"HEAD /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", ">\n< HTTP/1.1 200 *\n<\n"},
		{"G@T / HTTP/1.1\r\n\r\n", "> G@T / HTTP/1.1\n>\n< HTTP/1.1 400 *\n<\n* closed\n"},
	} {
		status, text := s.exported(s.record(i+1, test.request), "wire")
		if status != 200 || !strings.Contains(text, test.want) {
			t.Errorf("%q is exported as\n%s", test.request, text)
		}
		passesLint(t, text)
	}
}

// A request that waited for 100 (Continue) waits again.
func TestExportContinue(t *testing.T) {
	v := &exchangeView{Conn: 1, Number: 1, Closed: "x", Exchange: &ExchangeInfo{Status: 200, Reason: "x"},
		In:  carriedSide("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab"),
		Out: carriedSide("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")}
	v.explain()
	want := ">\n< HTTP/1.1 100 *\n<\n} ab\n< HTTP/1.1 200 *\n<\n* closed\n"
	if !strings.HasSuffix(v.Fixture, want) {
		t.Errorf("the case is\n%s", v.Fixture)
	}
	passesLint(t, v.Fixture)
}

func TestExportHAR(t *testing.T) {
	s := startLive(t)
	s.watch()
	conn := s.record(1, "POST /echo?a=b&c=%zz&d[]=|&e HTTP/1.1\r\nHost: box.example\r\nContent-Type: text/plain\r\nCookie: secret\r\nEmpty:\r\n"+
		"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3;x=y\r\nabc\r\n4\r\n\xff\x00de\r\n0\r\nX-Sum: 1\r\n\r\n")
	_, text := s.exported(conn, "har")
	var file harFile
	if err := json.Unmarshal([]byte(text), &file); err != nil || len(file.Log.Entries) != 1 || file.Log.Version != "1.2" || file.Log.Comment != "Secrets are dots." {
		t.Fatalf("%v: %s", err, text)
	}
	e := file.Log.Entries[0]
	if u, err := url.Parse(e.Request.URL); err != nil || e.Request.URL != "http://box.example/echo?a=b&c=%25zz&d%5B%5D=%7C&e" || u.Host != "box.example" {
		t.Errorf("the URL is %s (%v)", e.Request.URL, err)
	}
	fields := fmt.Sprint(e.Request.Headers)
	if fields != "[{Host box.example} {Content-Type text/plain} {Cookie ......} {Empty } {Transfer-Encoding chunked} {Connection close}]" {
		t.Errorf("the fields are %s", fields)
	}
	if query := fmt.Sprint(e.Request.Query); query != "[{a b} {c %zz} {d[] |} {e }]" {
		t.Errorf("the query is %s", query)
	}
	if e.Request.Post == nil || e.Request.Post.Text != "YWJj/wBkZQ==" || e.Response.Content.Size != 7 || e.Response.Content.Encoding != "base64" {
		t.Errorf("the contents are %+v and %+v", e.Request.Post, e.Response.Content)
	}
	if e.Response.Status != 200 || e.Response.Text != "OK" || e.Response.Version != "HTTP/1.1" || e.Started == "" || e.Time < 0 {
		t.Errorf("the entry is %+v", e)
	}
	if status, text := s.exported(s.record(2, "G@T / HTTP/1.1\r\n\r\n"), "har"); status != 409 || !strings.Contains(text, "understood") {
		t.Errorf("a request that is none is answered %d %s", status, text)
	}
	if status, _ := s.exported(1, "exe"); status != 400 {
		t.Errorf("an unknown form is answered %d", status)
	}
}

func TestHarURL(t *testing.T) {
	for request, want := range map[string]string{
		"GET /a HTTP/1.1\r\nHost: b:8\r\n\r\n":                     "http://b:8/a",
		"GET http://c/d?e HTTP/1.1\r\nHost: b\r\n\r\n":             "http://c/d?e",
		"GET http://c?e HTTP/1.1\r\nHost: b\r\n\r\n":               "http://c/?e",
		"GET http://c HTTP/1.1\r\nHost: b\r\n\r\n":                 "http://c/",
		"OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n":                    "http://b/*",
		"CONNECT c:443 HTTP/1.1\r\nHost: c:443\r\n\r\n":            "http://c:443/",
		"GET / HTTP/1.0\r\n\r\n":                                   "http://here:1/",
		"GET /[|?{}`^\\ HTTP/1.1\r\nHost: [::1]\r\n\r\n":           "http://[::1]/%5B%7C?%7B%7D%60%5E%5C",
		"GET http://u@c/ HTTP/1.1\r\nHost: b\r\n\r\n":              "",
		"GET //evil.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n": "http://b.example//evil.example/x",
	} {
		v := &exchangeView{In: carriedSide(request)}
		v.explain()
		var file harFile
		if json.Unmarshal(v.har("here:1"), &file); len(file.Log.Entries) == 0 {
			file.Log.Entries = []harEntry{{}}
		}
		if got := file.Log.Entries[0].Request.URL; got != want {
			t.Errorf("the URL of %q is %q, want %q", request, got, want)
		}
	}
}
