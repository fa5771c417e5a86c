package conformance

import (
	"errors"
	"fmt"
	"slices"
)

// Error is a mistake in a .wire file: where it is and what was expected.
type Error struct {
	File    string // its name, without a directory
	Line    int    // from 1
	Column  int    // in octets, from 1
	Message string
}

// Error returns the mistake in the form that compilers use: file:line:column.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Lint checks what Parse, which sees a single file and only its grammar, does not:
// that no two cases have the same id, and that the requirements that cases name
// exist and have the level that is said. The error joins one *Error for each
// mistake.
func Lint(files []*File) error {
	var errs []error
	first := map[string]*Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			errs = append(errs, lintRules(f, c)...)
			if other := first[c.ID]; other != nil {
				errs = append(errs, &Error{f.Name, c.Number, 5,
					fmt.Sprintf("id %s is already used in %s, line %d", c.ID, other.File, other.Number)})
				continue
			}
			first[c.ID] = c
		}
	}
	return errors.Join(errs...)
}

// roles lists the purposes that a path of a server can serve.
var roles = []string{"ok", "echo", "upload", "slow", "stream", "static", "messages"}

// features lists what @needs may name, with the reason given when a server
// lacks it.
var features = map[string]string{
	"http10":               "the server does not speak HTTP/1.0",
	"pipelining":           "the server does not answer pipelined requests",
	"keep-alive":           "the server closes the connection after each response",
	"keep-alive-http10":    "the server does not keep HTTP/1.0 connections open",
	"body-limit-by-length": "no limit on Content-Length of 1 MiB is known for the server",
	"body-limit-by-count":  "no limit on chunked content of 1 MiB is known for the server",
	"line-limit":           "no limit on the request-line of 16 KiB is known for the server",
	"head-limit":           "no limit on the head of 32 KiB is known for the server",
	"field-limit":          "no limit of 128 field lines is known for the server",
	"chunk-limit":          "no limits on chunk framing are known for the server",
	"trailer-limit":        "no limit on the trailer section of 8 KiB is known for the server",
	"timeouts":             "the timeouts of the server are not known",
	"curl":                 "the curl command is not installed",
	"messages":             "the server has no messages API",
	"problem-json":         "the server does not answer errors with problem details",
	"static":               "the server does not serve the files of the corpus",
	"ranges":               "the server does not serve ranges",
	"conditional":          "the server does not evaluate preconditions",
	"etag":                 "the server gives files no entity tags",
	"routing":              "the routes of the server are not known",
	"raw":                  "the server has no /raw route",
	"status":               "the server has no /status route",
	"bytes":                "the server has no /bytes route",
	"demo":                 "the server has no demonstration routes such as /bytes/3",
	"trailers":             "the server does not send trailer fields",
	"upgrade":              "the server does not upgrade connections",
	"websocket":            "the server does not speak WebSocket at /ws/echo",
	"events":               "the server does not send an event stream",
	"connect":              "the server is not asked to answer CONNECT",
	"strict":               "the server is not known to refuse what the RFC lets it accept",
}

// special lists the features that only rawserve is known to have; all others
// are taken for granted unless the server is said to lack them.
var special = []string{
	"body-limit-by-length", "body-limit-by-count", "line-limit", "head-limit", "field-limit", "chunk-limit",
	"trailer-limit", "timeouts", "problem-json", "routing", "demo", "raw", "status", "bytes", "trailers", "upgrade",
	"websocket", "events", "strict",
}

// Features returns the names that @needs, Server.Has and Server.Lacks accept,
// sorted. The caller owns the slice.
func Features() []string {
	names := make([]string, 0, len(features))
	for name := range features {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
