// Command peers runs one of the servers that rawserve is measured against.
//
//	peers nethttp|fasthttp|gnet|ceiling|epoll -addr HOST:PORT -file PATH [-timeouts] [-save-memory]
//
// Every one answers the same five requests, with Date and Content-Length:
//
//	GET  /           Hello, World! as text/plain
//	GET  /json       {"message":"Hello, World!"}, serialised anew
//	GET  /users/:id  the id
//	POST /echo       the body
//	GET  /large      the file; also as /static/large.txt, from a handler for files
//
// gnet serves no files and takes no chunked bodies. The two ceilings do not
// serialise or route: layout.go says what they do.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// options is what the command line chooses for a peer.
type options struct {
	addr       string
	file       string // path of the file served as /large
	timeouts   bool   // set the timeouts a production server sets
	saveMemory bool   // fasthttp only: ReduceMemoryUsage
}

// The timeouts of the -timeouts variants: the ones rawserve always has.
const (
	headTimeout  = 10 * time.Second
	readTimeout  = 30 * time.Second
	writeTimeout = 30 * time.Second
	idleTimeout  = 75 * time.Second
)

const greeting = "Hello, World!"

// message is the object sent as /json.
type message struct {
	Message string `json:"message"`
}

var peers = map[string]func(options) error{
	"nethttp":  serveNetHTTP,
	"fasthttp": serveFastHTTP,
	"gnet":     serveGnet,
	"ceiling":  serveCeiling,
	"epoll":    serveEpoll,
}

func main() {
	if len(os.Args) < 2 || peers[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: peers nethttp|fasthttp|gnet|ceiling|epoll -addr HOST:PORT -file PATH")
		os.Exit(2)
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:3001", "address to listen on")
	flags.StringVar(&o.file, "file", "", "file to answer /large with")
	flags.BoolVar(&o.timeouts, "timeouts", false, "set head, read, write and idle timeouts")
	flags.BoolVar(&o.saveMemory, "save-memory", false, "fasthttp: release buffers of idle connections")
	flags.Parse(os.Args[2:])
	if err := peers[os.Args[1]](o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}
