package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"

	"rawserve/httpwire"
	"rawserve/router/middleware"
)

// A middleware of one's own lets only members reach the handler that it wraps.
// RequestID, outside it, sees the refusals too.
func Example() {
	members := func(next httpwire.Handler) httpwire.Handler {
		return func(w *httpwire.Response, r *httpwire.Request) error {
			if r.Header.Get("Authorization") != "Bearer open-sesame" {
				p := httpwire.Fail(401, "this is for members")
				p.Fields = []string{"WWW-Authenticate", "Bearer"}
				return p
			}
			return next(w, r)
		}
	}
	cave := func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := w.WriteString("gold and silver\n")
		return err
	}
	server := &httpwire.Server{Handler: middleware.RequestID(members(cave))}

	client, conn := net.Pipe() // stands for a TCP connection
	go server.ServeConn(conn)
	go io.WriteString(client, "GET / HTTP/1.1\r\nHost: example\r\nX-Request-Id: 1\r\n\r\n"+
		"GET / HTTP/1.1\r\nHost: example\r\nX-Request-Id: 2\r\nAuthorization: Bearer open-sesame\r\nConnection: close\r\n\r\n")
	for lines := bufio.NewScanner(client); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "Date: ") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// HTTP/1.1 401 Unauthorized
	// X-Request-Id: 1
	// Content-Type: application/problem+json
	// WWW-Authenticate: Bearer
	// Content-Length: 69
	//
	// {"status":401,"title":"Unauthorized","detail":"this is for members"}
	// HTTP/1.1 200 OK
	// X-Request-Id: 2
	// Content-Length: 16
	// Connection: close
	//
	// gold and silver
}
