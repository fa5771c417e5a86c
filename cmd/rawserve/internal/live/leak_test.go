package live

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// marker is a secret that nothing may show.
const marker = "m4rker-0f-a-s3cret"

// leaky are requests with the marker where a secret stands. Most are refused, each
// for another reason; others are answered, some with what they have sent.
func leaky() (requests []string) {
	const start, host, end = "GET /head HTTP/1.1\r\n", "Host: a\r\n", "\r\n"
	names := []string{"Authorization", "cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key", "X-Auth-Token"}
	for _, name := range names {
		for _, field := range []string{
			": Bearer MARK", ":MARK", " : MARK", "\t: MARK", ":\r\n MARK", ":\r\n\tMARK\r\n MARK", ": a\r\n MARK", "\r\n : MARK", ": a\r\nMARK",
			" MARK", " Basic MARK", " a:MARK", ": a\x00MARK", "\x00: MARK", ": a\rMARK", ": a\nMARK", ": a\nb:MARK", "=MARK", ": \xff\xfeMARK", ":", "",
		} {
			requests = append(requests, start+host+name+field+end+end, start+name+field+end+host+end)
		}
		requests = append(requests,
			name+": MARK\r\n\r\n", name+" MARK HTTP/1.1\r\n\r\n", start+" "+name+": MARK\r\n"+host+end, start+host+" \t"+name+": MARK\r\n\r\n",
			start+host+name[:3]+" "+name[3:]+": MARK\r\n\r\n", start+"\r\n"+name+": MARK\r\n\r\n", "GET /head HTTP/1.1\n"+name+": MARK\n\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+name+": MARK\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 50\r\n\r\nabcGET /x HTTP/1.1\r\n"+name+":\r\n MARK\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"+name+": MARK\r\n\r\n",
			start+host+"Bad Name: x\r\n"+name+": MARK\r\n\r\n", start+host+name+": MARK")
	}
	for _, target := range []string{
		"/head?access_token=MARK", "/?a=b&api_key=MARK&c=d", "/?token=MARK x", "/?access_token=%zzMARK", "/?access%5Ftoken=MARK", "/?x=1#token=MARK",
		"/?password=\"MARK", "/?password=a;MARK", "/?key=MARK", "http://user:MARK@a/", "http://MARK@a/head", "http://user:MA RK:MARK@a/",
		"http://u:p/MARK@a/", "user:MARK@a:80", "//user:MARK@a/", "/?token=a\rMARK", "/?token=a\nMARK", "/?u=http://user:MARK@a/", "https://u:MARK@[::1]/",
	} {
		requests = append(requests, "GET "+target+" HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT "+target+" HTTP/1.1\r\nHost: a\r\n\r\n", "GET "+target+"\r\nHost: a\r\n\r\n",
			"GET /head HTTP/1.1\r\nHost: a\r\nReferer: "+target+"\r\n\r\n", "get\t"+target+" HTTP/1.1\r\nHost: user:MARK@a\r\n\r\n")
	}
	for i := range requests {
		requests[i] = strings.ReplaceAll(requests[i], "MARK", marker)
	}
	return requests
}

// shows reports whether text has the marker, as it is or in base64.
func shows(text string) bool {
	if strings.Contains(text, marker) {
		return true
	}
	for _, word := range strings.Split(text, `"`) {
		if octets, err := base64.StdEncoding.DecodeString(word); err == nil && strings.Contains(string(octets), marker) {
			return true
		}
	}
	return false
}

// Nothing that leaves the process holds a secret, however broken the request.
func TestSecretsDoNotLeave(t *testing.T) {
	s := startLive(t)
	events, err := net.Dial("tcp", s.page)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	fmt.Fprintf(events, "GET /events HTTP/1.1\r\nHost: %s\r\n\r\n", s.page)
	told := make(chan string)
	go func() {
		all, _ := io.ReadAll(events)
		told <- string(all)
	}()
	s.watch()
	for i, request := range leaky() {
		c := s.dial()
		io.WriteString(c, request)
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
		s.closed(uint64(i + 1))
		for number := 1; number <= 2; number++ {
			status, _, text := s.fetch("GET", fmt.Sprintf("/exchange?c=%d&r=%d", i+1, number), "")
			if number == 1 && status != 200 {
				t.Fatalf("%q is answered %d %s", request, status, text)
			}
			if shows(text) {
				t.Errorf("%q shows the secret in %.3000s", request, text)
			}
		}
		if _, _, text := s.fetch("GET", fmt.Sprintf("/steps?c=%d&r=1&split=each", i+1), ""); shows(text) {
			t.Errorf("the steps of %q show the secret", request)
		}
		for _, form := range []string{"html", "har", "wire"} {
			if form == "html" && i%16 > 0 {
				continue // it is long, and holds what was looked at above
			}
			status, text := s.exported(i+1, form)
			if shows(text) {
				t.Errorf("%s of %q shows the secret", form, request)
			}
			if form == "wire" && status == 200 {
				passesLint(t, text)
			}
		}
	}
	events.SetReadDeadline(time.Now().Add(time.Second / 2))
	if all := <-told; shows(all) || !strings.Contains(all, `"k":"exchange"`) {
		t.Errorf("%d octets of events, and they show the secret: %v", len(all), shows(all))
	}
}
