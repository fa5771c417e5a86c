package static_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"rawserve/httpwire"
	"rawserve/router"
	"rawserve/router/static"
)

// A folder is served, and a part of a file in it is fetched.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "hello.txt"), []byte("hello, file\n"), 0o644); err != nil {
		log.Fatal(err)
	}
	folder, err := static.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()

	rt := router.New()
	rt.Get("/static/*path", folder.Serve)
	rt.Get("/static", static.AddSlash)
	server := &httpwire.Server{Handler: rt.Serve}

	client, conn := net.Pipe()
	go server.ServeConn(conn)
	go io.WriteString(client, "GET /static/hello.txt HTTP/1.1\r\nHost: example\r\nRange: bytes=7-\r\nConnection: close\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		log.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	fmt.Println(response.Header.Get("Content-Type"))
	fmt.Println(response.Header.Get("Content-Range"))
	fmt.Printf("%s", body)
	// Output:
	// 206 Partial Content
	// text/plain; charset=utf-8
	// bytes 7-11/12
	// file
}
