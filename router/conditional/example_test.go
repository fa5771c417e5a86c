package conditional_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// A client that has version 1 gets the page; one that has version 2 is told that
// it is current.
func ExampleEvaluate() {
	page := conditional.Validators{ETag: `"v2"`, Modified: time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)}
	handler := func(w *httpwire.Response, r *httpwire.Request) error {
		switch conditional.Evaluate(r, page) {
		case 304:
			return w.WriteHead(304, "ETag", page.ETag)
		case 412:
			return httpwire.Fail(412, "the page has changed")
		}
		if err := w.WriteHead(200, "ETag", page.ETag, "Last-Modified", conditional.FormatDate(page.Modified)); err != nil {
			return err
		}
		_, err := w.WriteString("version 2\n")
		return err
	}

	client, conn := net.Pipe() // stands for a TCP connection
	go (&httpwire.Server{Handler: handler}).ServeConn(conn)
	go io.WriteString(client, "GET / HTTP/1.1\r\nHost: example\r\nIf-None-Match: \"v1\"\r\n\r\n"+
		"GET / HTTP/1.1\r\nHost: example\r\nIf-None-Match: \"v2\"\r\nConnection: close\r\n\r\n")
	for lines := bufio.NewScanner(client); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "Date: ") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// HTTP/1.1 200 OK
	// ETag: "v2"
	// Last-Modified: Sat, 29 Feb 2020 12:00:00 GMT
	// Content-Length: 10
	//
	// version 2
	// HTTP/1.1 304 Not Modified
	// ETag: "v2"
	// Connection: close
}

// A date is accepted in three forms.
func ExampleParseDate() {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // in a program: time.Now()
	for _, value := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"1994-11-06T08:49:37Z",
	} {
		date, ok := conditional.ParseDate(value, now)
		fmt.Println(date.Format(time.RFC3339), ok)
	}
	// Output:
	// 1994-11-06T08:49:37Z true
	// 1994-11-06T08:49:37Z true
	// 1994-11-06T08:49:37Z true
	// 0001-01-01T00:00:00Z false
}
