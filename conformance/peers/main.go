// Command peers runs one of the servers that the conformance table compares
// with rawserve:
//
//	peers nethttp|fasthttp HOST:PORT [DIR]
//
// Each has the routes that the cases ask for: /, /echo, /upload, /slow/300,
// /stream/5 and, with a directory, /static. It is what a careful user of the
// library would write: nothing is done to hide what the library does.
package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	serve := map[string]func(addr, dir string) error{"nethttp": serveNetHTTP, "fasthttp": serveFastHTTP}
	if len(os.Args) < 3 || serve[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: peers nethttp|fasthttp HOST:PORT [DIR]")
		os.Exit(64)
	}
	dir := ""
	if len(os.Args) > 3 {
		dir = os.Args[3]
	}
	log.Fatal(serve[os.Args[1]](os.Args[2], dir))
}
