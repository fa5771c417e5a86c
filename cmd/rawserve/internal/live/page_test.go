package live

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rawserve/cmd/rawserve/internal/xray"
)

// liveServer is the page of a recorded server.
type liveServer struct {
	*recordedServer
	page string // host:port
}

// live starts a page.
func startLive(t *testing.T) *liveServer {
	t.Helper()
	s := startRecorded(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	public, _ := net.ResolveTCPAddr("tcp", s.address)
	page := &Page{Recorder: s.recorder, Public: public}
	server := page.Server(listener, "localhost:0")
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return &liveServer{s, listener.Addr().String()}
}

// fetch sends a request to the page.
func (s *liveServer) fetch(method, path, body string, fields ...string) (int, http.Header, string) {
	s.t.Helper()
	request, _ := http.NewRequest(method, "http://"+s.page+path, strings.NewReader(body))
	for i := 0; i < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
		if fields[i] == "Host" {
			request.Host = fields[i+1]
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(text)
}

func TestLiveFiles(t *testing.T) {
	s := startLive(t)
	for path, kind := range map[string]string{"/": "text/html", "/app.css": "text/css", "/app.js": "text/javascript"} {
		status, header, text := s.fetch("GET", path, "")
		if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), kind) || len(text) < 1000 {
			t.Errorf("%s: %d, %s, %d octets", path, status, header.Get("Content-Type"), len(text))
		}
		if header.Get("Content-Security-Policy") != policy || header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: the fields are %v", path, header)
		}
	}
	if status, _, _ := s.fetch("GET", "/../live.go", ""); status != 404 {
		t.Errorf("another path is answered %d", status)
	}
	if status, header, _ := s.fetch("PUT", "/", ""); status != 405 || header.Get("Allow") == "" {
		t.Errorf("PUT is answered %d", status)
	}
}

func TestLiveHost(t *testing.T) {
	s := startLive(t)
	_, port, _ := net.SplitHostPort(s.page)
	for host, want := range map[string]int{
		"localhost:" + port: 200, "127.0.0.1:" + port: 200, "[::1]:" + port: 200, "LOCALHOST:" + port: 200,
		"localhost": 200, "localhost:9999": 200, "127.0.0.1:1": 200, "[::1]:8080": 200, "127.9.9.9": 200,
		"evil.example:" + port: 421, "192.168.1.1:" + port: 421, "localhost.evil.example:" + port: 421, "127.0.0.1.evil.example": 421,
	} {
		status, _, text := s.fetch("GET", "/", "", "Host", host)
		if status != want {
			t.Errorf("Host: %s is answered %d, want %d", host, status, want)
		}
		if status == 421 && !(strings.Contains(text, "http://localhost:PORT/") && strings.Contains(text, "any port") && strings.Contains(text, "-xray-host NAME")) {
			t.Errorf("Host: %s: the answer does not say what to do: %s", host, text)
		}
	}
}

// A name that was given to -xray or to -xray-host is good with every port, and so are addresses
// where anybody may look.
func TestLiveHostWithAnyAddress(t *testing.T) {
	for host, want := range map[string]bool{
		"box.example:1": true, "BOX.example": true, "10.0.0.7:81": true, "[fe80::1]:9": true, "localhost:5": true,
		"lab.example:9": true, "Lab.Example": true, "lab.example.evil.example": false,
		"box.example.evil.example": false, "evil.example": false, "": false, ":1": false,
	} {
		p := &Page{name: "box.example", Names: []string{"lab.example"}, anyIP: true}
		if got := p.ours(host); got != want {
			t.Errorf("ours(%q) = %v, want %v", host, got, want)
		}
	}
	if p := (&Page{}); p.ours("") || p.ours(":3001") {
		t.Error("no name is taken for the page")
	}
}

// Other pages get no place among the viewers, and nothing else to read.
func TestLiveGetsOnlyFromThePage(t *testing.T) {
	s := startLive(t)
	http.DefaultClient.Timeout = 10 * time.Second
	defer func() { http.DefaultClient.Timeout = 0 }()
	for _, test := range []struct {
		refused bool
		fields  []string
	}{
		{false, nil},
		{false, []string{"Sec-Fetch-Site", "same-origin"}},
		{false, []string{"Sec-Fetch-Site", "none"}},
		{true, []string{"Sec-Fetch-Site", "cross-site"}},
		{true, []string{"Sec-Fetch-Site", "same-site"}},
		{true, []string{"Origin", "http://evil.example"}},
		{true, []string{"Origin", "null"}},
		{true, []string{"Origin", "http://localhost:1", "Sec-Fetch-Site", "none"}},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			for _, path := range []string{"/events", "/exchange?c=1&r=1", "/steps?c=1&r=1", "/presets"} {
				if method == "GET" && path == "/events" && !test.refused {
					continue // has no end
				}
				if status, _, _ := s.fetch(method, path, "", test.fields...); (status == 403) != test.refused {
					t.Errorf("%s %s with %q is answered %d", method, path, test.fields, status)
				}
			}
		}
		if status, _, _ := s.fetch("GET", "/", "", test.fields...); status != 200 {
			t.Errorf("a link with %q is answered %d", test.fields, status)
		}
	}
}

func TestLivePostsOnlyFromThePage(t *testing.T) {
	s := startLive(t)
	const body = `{"text":"GET /1 HTTP/1.1\nHost: a\n\n"}`
	const json = "application/json"
	for _, test := range []struct {
		want   int
		fields []string
	}{
		{202, []string{"Content-Type", json}},
		{202, []string{"Content-Type", json, "Origin", "http://" + s.page, "Sec-Fetch-Site", "same-origin"}},
		{403, []string{"Content-Type", json, "Origin", "http://evil.example"}},
		{403, []string{"Content-Type", json, "Origin", "null"}},
		{403, []string{"Content-Type", json, "Sec-Fetch-Site", "cross-site"}},
		{403, []string{"Content-Type", json, "Sec-Fetch-Site", "same-site"}},
		{415, []string{"Content-Type", "text/plain"}},
		{415, nil},
	} {
		if status, _, text := s.fetch("POST", "/compose", body, test.fields...); status != test.want {
			t.Errorf("%q is answered %d, want %d: %s", test.fields, status, test.want, text)
		}
	}
	for body, want := range map[string]int{"": 400, "[": 400, `{"text":""}`: 422, `{"text":"` + strings.Repeat("x", 300<<10) + `"}`: 413} {
		if status, _, _ := s.fetch("POST", "/compose", body, "Content-Type", json); status != want {
			t.Errorf("%.20q is answered %d, want %d", body, status, want)
		}
	}
	if status, _, _ := s.fetch("POST", "/replay", `{"c":99,"r":1}`, "Content-Type", json); status != 404 {
		t.Errorf("a replay of nothing is answered %d", status)
	}
}

func TestComposeAndReplay(t *testing.T) {
	s := startLive(t)
	s.watch()
	status, _, text := s.fetch("POST", "/compose", `{"text":"> GET /7 HTTP/1.1\n> Host: a\n* split\n> Connection: close\n>\n"}`, "Content-Type", "application/json")
	if status != 202 {
		t.Fatal(status, text)
	}
	s.closed(1)
	s.fetch("POST", "/replay", `{"c":1,"r":1}`, "Content-Type", "application/json")
	s.closed(2)
	first, second := s.view(1, 1), s.view(2, 1)
	if first.In.Octets != second.In.Octets || first.In.Kept == 0 {
		t.Errorf("the replay sent %q, not %q", second.In.raw, first.In.raw)
	}
	var sent composed
	json.Unmarshal([]byte(text), &sent)
	if sent.Octets != first.In.Kept || sent.Writes != 2 {
		t.Errorf("the composer says %+v of %d octets", sent, first.In.Kept)
	}
}

func TestLiveSteps(t *testing.T) {
	s := startLive(t)
	s.watch()
	const request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	s.ask(request)
	s.closed(1)
	for split, steps := range map[string]int{"whole": 2, "reads": 2, "each": len(request)} {
		_, _, text := s.fetch("GET", "/steps?c=1&r=1&split="+split, "")
		var got stepsView
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Steps) > steps || len(got.Steps) == 0 || got.Verdict.Outcome != xray.Accept || got.Verdict.Used != len(request) {
			t.Errorf("%s: %d steps, %+v", split, len(got.Steps), got.Verdict)
		}
	}
	for _, query := range []string{"", "?c=1", "?c=x&r=1", "?c=-1&r=1"} {
		if status, _, _ := s.fetch("GET", "/exchange"+query, ""); status != 400 {
			t.Errorf("%q is answered %d", query, status)
		}
	}
	if status, _, _ := s.fetch("GET", "/exchange?c=1&r=-5", ""); status != 404 {
		t.Errorf("a request that is none is answered %d", status)
	}
}

// eventsFrom reads the events of a stream until one has the kind.
func (s *liveServer) eventsFrom(last, kind string) (ids []string, first hello) {
	s.t.Helper()
	c, err := net.Dial("tcp", s.page)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "GET /events HTTP/1.1\r\nHost: %s\r\nLast-Event-ID: %s\r\n\r\n", s.page, last)
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if ok && first.Start == "" {
			json.Unmarshal([]byte(data), &first)
		}
		if ok && strings.Contains(data, `"k":"`+kind+`"`) {
			return ids, first
		}
	}
	s.t.Fatalf("no event is of kind %s: %v", kind, lines.Err())
	return nil, first
}

func TestEventsResume(t *testing.T) {
	s := startLive(t)
	s.watch()
	s.ask("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	s.closed(1)
	ids, first := s.eventsFrom("", "close")
	if first.Resumed || len(ids) < 4 {
		t.Fatalf("from the beginning: %+v, %q", first, ids)
	}
	rest, again := s.eventsFrom(ids[len(ids)-3], "close")
	if !again.Resumed || again.Start != first.Start || fmt.Sprint(rest) != fmt.Sprint(ids[len(ids)-2:]) {
		t.Errorf("after %s came %q (%+v)", ids[len(ids)-3], rest, again)
	}
	if rest, other := s.eventsFrom("ANOTHERSTART-3", "close"); other.Resumed || len(rest) != len(ids) {
		t.Errorf("after an event of another run came %q (%+v)", rest, other)
	}
}

func TestCheckAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"localhost:3001": true, "127.0.0.1:0": true, "[::1]:1": true, "127.9.9.9:1": true,
		":3001": false, "0.0.0.0:1": false, "192.168.0.1:1": false, "example.com:1": false, "[::]:1": false,
	} {
		if err := CheckAddress(address, false); (err == nil) != want {
			t.Errorf("CheckAddress(%q): %v", address, err)
		}
		if err := CheckAddress(address, true); err != nil {
			t.Errorf("CheckAddress(%q) with -xray-any: %v", address, err)
		}
	}
	for name, want := range map[string]bool{
		"box.example": true, "box": true, "10.0.0.1": true, "": false, "box:3001": false, "http://box": false, "*": false, "[::1]": false, "a b": false,
	} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
	if CheckAddress("localhost", true) == nil {
		t.Error("an address without a port is taken")
	}
}
