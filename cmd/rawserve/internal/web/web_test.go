package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// ask sends one request to a server with the page, where plain says "hello", and
// returns the answer and its content.
func ask(t *testing.T, method, target string, fields ...string) (*http.Response, string) {
	t.Helper()
	rt := router.New()
	Register(rt, func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := w.WriteString("hello")
		return err
	})
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		(&httpwire.Server{Handler: rt.Serve}).ServeConn(theirs)
	}()
	t.Cleanup(func() {
		ours.Close()
		<-served
	})
	go io.WriteString(ours, method+" "+target+" HTTP/1.1\r\nHost: a\r\n"+strings.Join(append(fields, ""), "\r\n")+"\r\n")
	response, err := http.ReadResponse(bufio.NewReader(ours), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(content)
}

// A browser gets the page, everybody else text, and caches are told.
func TestFrontPage(t *testing.T) {
	for accepted, isPage := range map[string]bool{
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"*/*":                       false,
		"text/html;q=0.5, text/*":   false,
		"application/json":          false,
		"text/plain, text/html":     false,
		"text/html, text/plain;q=0": true,
	} {
		t.Run(accepted, func(t *testing.T) {
			response, content := ask(t, "GET", "/", "Accept: "+accepted)
			if got := strings.HasPrefix(content, "<!doctype html>"); got != isPage || !isPage && content != "hello" {
				t.Errorf("got %.40q", content)
			}
			if got := response.Header.Get("Vary"); got != "Accept" {
				t.Errorf("got Vary %q", got)
			}
		})
	}
	if _, content := ask(t, "GET", "/"); content != "hello" {
		t.Errorf("without Accept: got %.40q", content)
	}
}

func TestFiles(t *testing.T) {
	for target, mediaType := range map[string]string{
		"/": "text/html; charset=utf-8", "/web/app.css": "text/css; charset=utf-8", "/web/app.js": "text/javascript; charset=utf-8",
	} {
		t.Run(target, func(t *testing.T) {
			response, content := ask(t, "GET", target, "Accept: text/html")
			for name, want := range map[string]string{
				"Content-Type": mediaType, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": policy,
			} {
				if got := response.Header.Get(name); got != want {
					t.Errorf("got %s %q, want %q", name, got, want)
				}
			}
			if response.StatusCode != 200 || content == "" {
				t.Errorf("got %d, %d octets", response.StatusCode, len(content))
			}
			etag := response.Header.Get("ETag")
			if again, _ := ask(t, "GET", target, "Accept: text/html", "If-None-Match: "+etag); again.StatusCode != 304 {
				t.Errorf("with the entity tag: got %d, want 304", again.StatusCode)
			}
			if other, _ := ask(t, "GET", target, "Accept: text/html", `If-Match: "other"`); other.StatusCode != 412 {
				t.Errorf("with another entity tag: got %d, want 412", other.StatusCode)
			}
			if head, _ := ask(t, "HEAD", target, "Accept: text/html"); head.ContentLength != int64(len(content)) {
				t.Errorf("HEAD has Content-Length %d, GET %d octets", head.ContentLength, len(content))
			}
		})
	}
}

// The policy forbids what stands in the document itself.
func TestNothingInline(t *testing.T) {
	_, content := ask(t, "GET", "/", "Accept: text/html")
	for _, forbidden := range []string{"<style", "style=", "onclick", "<script>", "javascript:", "http://", "https://"} {
		if strings.Contains(content, forbidden) {
			t.Errorf("the document has %q", forbidden)
		}
	}
}
