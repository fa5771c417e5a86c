package router_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"

	"rawserve/httpwire"
	"rawserve/router"
)

// A server answers a request with the handler of the pattern that its path
// matches. The parameter is decoded.
func Example() {
	rt := router.New()
	rt.Get("/hello/:name", func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := fmt.Fprintf(w, "Hello, %s!\n", r.Param("name"))
		return err
	})
	server := &httpwire.Server{Handler: rt.Serve}

	client, conn := net.Pipe() // stands for a TCP connection
	go server.ServeConn(conn)
	io.WriteString(client, "GET /hello/Ada%20Lovelace HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n")
	for lines := bufio.NewScanner(client); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "Date: ") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// HTTP/1.1 200 OK
	// Content-Length: 21
	// Connection: close
	//
	// Hello, Ada Lovelace!
}

// The routes are listed in order of their patterns.
func ExampleRouter_Routes() {
	handler := func(*httpwire.Response, *httpwire.Request) error { return nil }
	rt := router.New()
	rt.Get("/messages", handler)
	rt.Get("/messages/:id", handler)
	rt.Any("/echo", handler)
	rt.Group("/admin").Delete("/messages/:id", handler)
	for _, route := range rt.Routes() {
		fmt.Println(route)
	}
	// Output:
	// DELETE /admin/messages/:id
	// ANY /echo
	// GET /messages
	// GET /messages/:id
}
