// Command rawserve is an HTTP/1.1 server written from net.Listener up.
//
//	rawserve [serve] [flags]   serve the messages API, files and the demo routes
//	rawserve explain [FILE]    say what octets mean, one part after the other
//	rawserve conform [flags]   judge any HTTP/1.1 server against the fixtures
//
// Reading order: main.go (which command), flags.go (how it is asked for),
// store.go (where messages are kept), listen.go (where it listens), serve.go (from
// start to shutdown), lifetime.go (what has to know of the shutdown), announce.go
// (what it says at the start), output.go (how it prints), version.go (what -version
// says), routes.go (the whole URL space on one screen).
package main

import (
	"fmt"
	"io"
	"os"

	"rawserve/cmd/rawserve/internal/explain"
	"rawserve/conformance"
)

// Exit codes of the command.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 64 // as sysexits.h has it
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run runs the command that the arguments name, serve if they name none, and
// returns the exit code.
func run(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "" || args[0][0] == '-' {
		return serve(args, getenv, stdout, stderr)
	}
	switch args[0] {
	case "serve":
		return serve(args[1:], getenv, stdout, stderr)
	case "explain":
		return explain.Command(args[1:], os.Stdin, stdout, stderr)
	case "conform":
		return conformance.Command(args[1:], stdout, stderr)
	case "help":
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	fmt.Fprintf(stderr, "rawserve: there is no command %q (there are serve, explain and conform; -h tells more)\n", args[0])
	return exitUsage
}
