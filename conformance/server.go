package conformance

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// Server is a server under test: where it listens, and what it can be asked.
// Only Addr is required. Set the fields, call Probe, and give the server to
// Runner.Run. The fields must not be changed after that.
type Server struct {
	Name string // for reports; empty means Addr
	Addr string // host:port, where it listens for TCP

	// Roles maps roles, the keys of DefaultRoles, to paths. An empty path means
	// that the server has none. A role that is left out gets its default path, if
	// Probe finds that the server has it.
	Roles map[string]string

	// Has and Lacks name features, of those that Features lists: those that the
	// server has though few servers do, and those that it lacks though most have
	// them. Probe adds to Has.
	Has, Lacks []string

	// Strict judges the server as rawserve judges itself: a broken SHOULD is a
	// FAIL, no feature may be missing unless Lacks names it, and of several
	// alternatives only the first one counts, which is what rawserve does.
	Strict bool

	paths   map[string]string // of the roles that the server has
	without map[string]string // reason for each role and feature that it lacks
	note    string            // what the reader of a report should know first
	dead    string            // why no case can be played
	product string            // what it calls itself in its Server field
}

// DefaultRoles returns all roles, each with the path that rawserve has for it.
// The caller owns the map.
func DefaultRoles() map[string]string {
	return map[string]string{
		"ok": "/", "echo": "/echo", "upload": "/upload", "slow": "/slow/300", "stream": "/stream/5",
		"static": "/static", "messages": "/messages",
	}
}

// environment returns the substitutions for one case.
func (s *Server) environment() *environment { return &environment{host: s.Addr, roles: s.paths} }

// cannot returns why the server cannot be asked a case, or "".
func (s *Server) cannot(c *Case) string {
	if s.dead != "" {
		return s.dead
	}
	for _, role := range c.Roles {
		if s.paths[role] == "" {
			return cmp.Or(s.without[role], "the server has no path for the role "+role)
		}
	}
	for _, feature := range c.Needs {
		if feature == "curl" && !haveCurl() || s.lacks(feature) {
			return cmp.Or(s.without[feature], s.unknown(feature))
		}
	}
	if !slices.ContainsFunc(c.script, func(s step) bool { return s.await != nil || s.curl != nil }) {
		return "only the parser run can see this"
	}
	return ""
}

// unknown returns the reason why a feature counts as missing that nobody has probed.
func (s *Server) unknown(feature string) string {
	if slices.Contains(special, feature) && !slices.Contains(s.Lacks, feature) {
		return features[feature] + " (if it has this, say -has " + feature + ")"
	}
	return features[feature]
}

// lacks reports whether a feature is missing.
func (s *Server) lacks(feature string) bool {
	_, probed := s.without[feature]
	switch {
	case slices.Contains(s.Lacks, feature):
		return true
	case slices.Contains(s.Has, feature):
		return false
	case probed:
		return true
	}
	return !s.Strict && slices.Contains(special, feature)
}

// probe is a request that shows whether a server has a role or a feature.
type probe struct {
	name    string // role or feature
	role    string // whose path is asked; "" for none
	request string // method and body
	path    string // appended to that of the role
	status  int    // of the answer that is asked for; zero means any that is not an error

	// fits reports whether an answer is what is asked for; nil if any is. It
	// detects servers that give everything the same answer.
	fits func(got *response, took time.Duration) bool
}

// probes lists the requests of Probe. Each is as plain as a request can be.
var probes = []probe{
	{name: "ok", role: "ok", request: "GET"},
	{name: "echo", role: "echo", request: "POST probe",
		fits: func(got *response, _ time.Duration) bool { return got.content == "probe" }},
	{name: "upload", role: "upload", request: "PUT probe"},
	{name: "slow", role: "slow", request: "GET",
		fits: func(_ *response, took time.Duration) bool { return took > 200*time.Millisecond }},
	{name: "stream", role: "stream", request: "GET",
		fits: func(got *response, _ time.Duration) bool { return got.values("Content-Length") == nil }},
	{name: "static", role: "static", request: "GET", path: "/hello.txt",
		fits: func(got *response, _ time.Duration) bool { return got.content == "abcdefghijklmnopqrstuvwxyz" }},
	{name: "etag", role: "static", request: "GET", path: "/hello.txt",
		fits: func(got *response, _ time.Duration) bool { return got.values("ETag") != nil }},
	{name: "messages", role: "messages", request: "GET",
		fits: func(got *response, _ time.Duration) bool {
			return slices.Contains(got.values("Content-Type"), "application/json")
		}},
	{name: "demo", request: "GET", path: "/bytes/7", fits: sevenOctets},
	{name: "bytes", request: "GET", path: "/bytes/7", fits: sevenOctets},
	{name: "raw", request: "GET", path: "/raw",
		fits: func(got *response, _ time.Duration) bool {
			return strings.HasPrefix(got.content, "GET /raw HTTP/1.1\r\n")
		}},
	{name: "status", request: "GET", path: "/status/418", status: 418},
	{name: "problem-json", request: "GET", path: "/no-such-page", status: 404,
		fits: func(got *response, _ time.Duration) bool {
			return slices.Contains(got.values("Content-Type"), "application/problem+json")
		}},
	{name: "websocket", request: "GET", path: "/ws/echo", status: 426},
	{name: "events", request: "HEAD", path: "/messages/events",
		fits: func(got *response, _ time.Duration) bool {
			return slices.Contains(got.values("Content-Type"), "text/event-stream")
		}},
}

// sevenOctets reports whether the content is as long as /bytes/7 makes it.
func sevenOctets(got *response, _ time.Duration) bool { return len(got.content) == 7 }

// routesOfSome are what not every rawserve has: these are asked for even in a strict
// run.
var routesOfSome = []string{"static", "messages", "websocket", "events"}

// Probe asks the server which roles and features it has, as far as Roles, Has and
// Lacks do not say. It makes up to seventeen requests, one after the other, each on
// a connection of its own and of at most 3 s, but for two that follow each other on
// one, which show whether the server keeps connections open. A role or feature is
// missing if the answer is an error, or clearly of another kind, such as that of an
// echo that does not return the body. Run skips the cases that need it.
//
// The error is that of a server that accepts no connection or sends no HTTP
// response; then Run skips every case. Without Probe, Run skips every case that
// needs a role.
func (s *Server) Probe(ctx context.Context) error {
	s.paths = DefaultRoles()
	maps.Copy(s.paths, s.Roles)
	s.without = map[string]string{}
	for _, p := range probes {
		if s.known(p) {
			continue
		}
		reason, err := s.ask(ctx, p)
		if err != nil {
			s.dead = "the server does not answer: " + err.Error()
			return err
		}
		if reason != "" {
			s.without[p.name] = reason
			delete(s.paths, p.name)
			continue
		}
		if p.role == "" {
			s.Has = append(s.Has, p.name)
		}
	}
	if !s.Strict && !s.lacks("keep-alive") && s.paths["ok"] != "" && s.closes(ctx) {
		s.without["keep-alive"] = features["keep-alive"]
	}
	return nil
}

// closes reports whether the server closes the connection after it has answered one
// request, although the next one has been sent.
func (s *Server) closes(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	conn, err := dial(ctx, s.Addr, "", &transcript{})
	if err != nil {
		return false
	}
	defer conn.close()
	p := &player{s: conn}
	var got *response
	for range 2 {
		conn.send("GET "+s.paths["ok"]+" HTTP/1.1\r\nHost: "+s.Addr+"\r\n\r\n", time.Now().Add(sendingTime))
		got, err = p.next(ctx)
	}
	_, _, end := conn.state()
	return got == nil && err == nil && end != nil && conn.finals == 1
}

// known reports whether a probe would tell nothing new.
func (s *Server) known(p probe) bool {
	path, said := s.Roles[p.role]
	switch {
	case slices.Contains(s.Has, p.name), p.role != "" && s.paths[p.role] == "":
		return true
	case said:
		return p.name == p.role && path != ""
	}
	return s.Strict && !slices.Contains(routesOfSome, p.name)
}

// ask makes one probe. It returns why the server does not have what was asked
// for, or "".
func (s *Server) ask(ctx context.Context, p probe) (reason string, err error) {
	method, body, _ := strings.Cut(p.request, " ")
	path := s.paths[p.role] + p.path
	request := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, path, s.Addr)
	if body != "" {
		request += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	began := time.Now()
	got, err := exchange(ctx, s.Addr, method, request+"\r\n"+body)
	if got != nil && s.product == "" {
		s.product = clip(strings.Join(got.values("Server"), ", "), 80)
	}
	if got != nil && got.version != "1.1" {
		s.note = "the server answers as HTTP/" + got.version
	}
	switch {
	case err != nil:
		return "", err
	case got == nil && p.name == "ok":
		return "", fmt.Errorf("no HTTP response to %s %s within %s", method, path, defaultTimeout)
	case got == nil:
		return fmt.Sprintf("no answer to %s %s", method, path), nil
	case !p.answered(got.status):
		return fmt.Sprintf("the server answers %s %s with %d", method, path, got.status) + p.hint(), nil
	case p.fits != nil && !p.fits(got, time.Since(began)):
		return fmt.Sprintf("%s %s does not do what %s asks for", method, path, p.name) + p.hint(), nil
	}
	return "", nil
}

// answered reports whether a status code is not that of a server that lacks what is
// asked for.
func (p probe) answered(code int) bool {
	if p.status > 0 {
		return code == p.status
	}
	return code < 400
}

// hint says how to name another path, where that is possible.
func (p probe) hint() string {
	if p.role == "" {
		return ""
	}
	return " (name another path with -role " + p.role + "=/path)"
}

// exchange sends one request on a connection of its own. It returns an error
// only if there is no connection; the response is nil if it is not one.
func exchange(ctx context.Context, addr, method, request string) (*response, error) {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(defaultTimeout))
	io.WriteString(conn, request)
	var in []byte
	buf := make([]byte, 4<<10)
	for received := 0; received < maxReceived; {
		n, err := conn.Read(buf)
		in = append(in, buf[:n]...)
		received += n
		got, bad := parseResponse(in, err != nil, method)
		for got != nil && got.interim() {
			in = in[got.size:]
			got, bad = parseResponse(in, err != nil, method)
		}
		if got != nil || bad != nil || err != nil {
			return got, nil
		}
	}
	return nil, nil
}
