// Command server is the rawserve that bench/run.sh measures. It uses the
// public API like any program would, and the server's default limits and
// timeouts.
//
//	GET  /           Hello, World! as text/plain
//	GET  /json       {"message":"Hello, World!"}, serialised anew
//	GET  /users/:id  the id
//	POST /echo       the body
//	GET  /large      1 MiB, octet i is 'a' + i % 26: from -file if given
//	GET  /static/    the folder of -file, through router/static
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"rawserve/httpwire"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "address to listen on")
	file := flag.String("file", "", "file to answer /large with; else it is answered from memory")
	routes := flag.Int("routes", 0, "further routes to register, to measure what they cost")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the whole run")
	flag.Parse()
	if err := run(*addr, *file, *routes, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

func run(addr, file string, routes int, profile string) error {
	listener, err := httpwire.Listen(addr)
	if err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	return serve(listener, &httpwire.Server{Handler: newRouter(file, routes).Serve})
}

// serve answers until SIGINT or SIGTERM, then gives exchanges in flight a
// moment to end.
func serve(listener net.Listener, s *httpwire.Server) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-stop.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return s.Close()
	}
	return err
}
