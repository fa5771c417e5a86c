package httpwire_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"time"

	"rawserve/httpwire"
)

// ask sends a request to a server, over a connection in memory, and prints the
// octets of the answer, but for the Date field.
func ask(server *httpwire.Server, octets string) {
	client, conn := net.Pipe()
	go server.ServeConn(conn)
	go io.WriteString(client, octets)
	printLines(client)
}

// printLines prints the octets that come until the end, with the ends of lines to
// be seen, but for the Date field.
func printLines(r io.Reader) {
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadString('\n')
		if line != "" && !strings.HasPrefix(line, "Date:") {
			fmt.Println(strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(line))
		}
		if err != nil {
			return
		}
	}
}

// A server answers a request, octet by octet.
func Example() {
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := fmt.Fprintf(w, "Hello, %s\n", r.Host)
		return err
	}}
	listener, err := httpwire.Listen("localhost:0")
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(listener)
	defer server.Close()

	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: world\r\nConnection: close\r\n\r\n")
	printLines(conn)
	// Output:
	// HTTP/1.1 200 OK\r\n
	// Content-Length: 13\r\n
	// Connection: close\r\n
	// \r\n
	// Hello, world\n
}

// A response that is flushed leaves before the handler returns. Its length is
// not known then, so it is sent in chunks.
func ExampleResponse_Flush() {
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		for i := range 3 {
			fmt.Fprintf(w, "tick %d", i)
			if err := w.Flush(); err != nil {
				return err // the client has gone
			}
		}
		return nil
	}}
	ask(server, "GET /clock HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	// Output:
	// HTTP/1.1 200 OK\r\n
	// Transfer-Encoding: chunked\r\n
	// Connection: close\r\n
	// \r\n
	// 6\r\n
	// tick 0\r\n
	// 6\r\n
	// tick 1\r\n
	// 6\r\n
	// tick 2\r\n
	// 0\r\n
	// \r\n
}

// A handler accepts more of a body than Server.MaxBody allows, or less. What is
// too long fails when it is first read; a handler that returns the error answers
// 413, and so does this one, in its own words.
func ExampleBody_SetLimit() {
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		r.Body.SetLimit(10)
		note, err := io.ReadAll(r.Body)
		if errors.Is(err, httpwire.BodyTooLarge) {
			w.SetStatus(413)
			_, err = fmt.Fprintf(w, "A note has at most %d octets.\n", r.Body.Limit())
			return err
		} else if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "Noted: %s\n", note)
		return err
	}}
	ask(server, "POST /notes HTTP/1.1\r\nHost: a\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz")
	// Output:
	// HTTP/1.1 413 Content Too Large\r\n
	// Content-Length: 30\r\n
	// Connection: close\r\n
	// \r\n
	// A note has at most 10 octets.\n
}

// A client can load what a page needs while the page is still being made.
func ExampleResponse_Informational() {
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		if err := w.Informational(103, "Link", "</style.css>; rel=preload; as=style"); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html")
		_, err := w.WriteString("<!doctype html>\n")
		return err
	}}
	ask(server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	// Output:
	// HTTP/1.1 103 Early Hints\r\n
	// Link: </style.css>; rel=preload; as=style\r\n
	// \r\n
	// HTTP/1.1 200 OK\r\n
	// Content-Type: text/html\r\n
	// Content-Length: 16\r\n
	// Connection: close\r\n
	// \r\n
	// <!doctype html>\n
}

// A server that shuts down finishes the answers it has begun, and says in them
// that the connection closes.
func ExampleServer_Shutdown() {
	working, stopping, answered := make(chan bool), make(chan bool), make(chan bool)
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		close(working)
		<-stopping
		_, err := w.WriteString("done\n")
		return err
	}}
	listener, err := httpwire.Listen("localhost:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		fmt.Println("Serve:", server.Serve(listener)) // returns when Shutdown begins
		close(stopping)
	}()
	go func() {
		ask(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		close(answered)
	}()

	<-working // in a program: <-ctx.Done(), with signal.NotifyContext
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = server.Shutdown(ctx)
	<-answered
	fmt.Println("Shutdown:", err)
	// Output:
	// Serve: httpwire: server closed
	// HTTP/1.1 200 OK\r\n
	// Content-Length: 5\r\n
	// Connection: close\r\n
	// \r\n
	// done\n
	// Shutdown: <nil>
}

// After an upgrade the connection speaks another protocol: here one that sends
// back what it gets.
func ExampleResponse_Upgrade() {
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		conn, err := w.Upgrade("echo")
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = io.CopyN(conn, conn, int64(len("hello")))
		return err
	}}
	ask(server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello")
	// Output:
	// HTTP/1.1 101 Switching Protocols\r\n
	// Connection: Upgrade\r\n
	// Upgrade: echo\r\n
	// \r\n
	// hello
}
