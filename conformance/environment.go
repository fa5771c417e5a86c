package conformance

import (
	"net"
	"strings"
)

// environment gives the substitutions their values on one server.
type environment struct {
	host     string // for Host: "127.0.0.1:3000"
	roles    map[string]string
	captures map[string]string // groups of "<~" lines, in the case being played
}

// capture gives a name a value for the lines that follow.
func (e *environment) capture(name, value string) {
	if e.captures == nil {
		e.captures = map[string]string{}
	}
	e.captures[name] = value
}

// value returns what ${name} stands for.
func (e *environment) value(name string) string {
	switch name {
	case "host":
		return e.host
	case "url":
		return "http://" + e.host
	case "hostname", "port":
		hostname, port, err := net.SplitHostPort(e.host)
		if err != nil {
			hostname, port = e.host, "80"
		}
		if name == "port" {
			return port
		}
		if strings.Contains(hostname, ":") {
			hostname = "[" + hostname + "]"
		}
		return hostname
	}
	if captured, ok := e.captures[name]; ok {
		return captured
	}
	return e.roles[name]
}
