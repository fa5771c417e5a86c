package router

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"rawserve/httpwire"
)

// Scope registers routes below a prefix, with middleware around each of their
// handlers. The root scope of a Router has neither; Group makes others.
//
// Every method panics if the pattern is malformed, or matches the same requests
// as an earlier one. The message shows the place in the pattern, and the places
// in the program where the routes are registered.
type Scope struct {
	router     *Router
	prefix     string
	middleware []Middleware
}

// Get registers a handler for GET, which also serves HEAD.
func (s *Scope) Get(pattern string, h httpwire.Handler) { s.register("GET", pattern, h) }

// Head registers a handler for HEAD, in place of the one for GET.
func (s *Scope) Head(pattern string, h httpwire.Handler) { s.register("HEAD", pattern, h) }

// Post registers a handler for POST.
func (s *Scope) Post(pattern string, h httpwire.Handler) { s.register("POST", pattern, h) }

// Put registers a handler for PUT.
func (s *Scope) Put(pattern string, h httpwire.Handler) { s.register("PUT", pattern, h) }

// Patch registers a handler for PATCH.
func (s *Scope) Patch(pattern string, h httpwire.Handler) { s.register("PATCH", pattern, h) }

// Delete registers a handler for DELETE.
func (s *Scope) Delete(pattern string, h httpwire.Handler) { s.register("DELETE", pattern, h) }

// Options registers a handler for OPTIONS, in place of the automatic answer.
func (s *Scope) Options(pattern string, h httpwire.Handler) { s.register("OPTIONS", pattern, h) }

// Handle registers a handler for a method, which need not be a standard one. It
// is the only way to serve TRACE. CONNECT cannot be routed, since its target is
// no path.
func (s *Scope) Handle(method, pattern string, h httpwire.Handler) {
	s.register(method, pattern, h)
}

// Any registers a handler for every method that has no route of its own at the
// pattern, unknown ones included. The exception is TRACE, which has to send the
// request back: see Handle. RFC 9110, Section 9.3.8.
func (s *Scope) Any(pattern string, h httpwire.Handler) { s.register(anyMethod, pattern, h) }

// Group returns a scope below this one: the patterns of its routes begin with the
// prefix, and the middleware is around their handlers, inside that of this
// scope. The pattern "" in it is the prefix itself. A prefix does not end in a
// slash.
//
// The middleware sees only what reaches a handler of the group. Middleware that
// has to see a 404, or the preflight requests of CORS, is for Router.Use.
func (s *Scope) Group(prefix string, mw ...Middleware) *Scope {
	if strings.HasSuffix(prefix, "/") {
		route := Route{Pattern: s.prefix + prefix, Source: caller(2)}
		route.panic(len(route.Pattern)-1, "a prefix does not end in a slash, since the patterns after it begin with one")
	}
	return &Scope{
		router:     s.router,
		prefix:     s.prefix + prefix,
		middleware: slices.Concat(s.middleware, mw),
	}
}

// register adds a route. Exported methods call it directly, so that the place
// where it was registered is always the same number of calls up.
func (s *Scope) register(method, pattern string, h httpwire.Handler) {
	route := Route{Method: method, Pattern: s.prefix + pattern, Source: caller(3)}
	route.check(h)
	s.router.add(route, wrap(h, s.middleware))
}

// caller returns the place in the program that is so many calls up; 1 is the
// caller of this function.
func caller(depth int) string {
	_, file, line, ok := runtime.Caller(depth)
	if !ok {
		return "an unknown place"
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// add puts a route into the tree, or panics.
func (rt *Router) add(route Route, h httpwire.Handler) {
	segments, refused := parsePattern(route.Pattern)
	if refused != nil {
		route.panic(refused.offset, refused.reason)
	}
	end, names := rt.tree.insert(segments)
	if earlier := end.exactly(route.Method); earlier != nil {
		route.panicConflict(earlier.route)
	}
	end.endpoints = append(end.endpoints, endpoint{route, names, h})
	rt.routes = append(rt.routes, route)
}

// check refuses a route that no request can reach.
func (r Route) check(h httpwire.Handler) {
	upper := strings.ToUpper(r.Method)
	switch {
	case h == nil:
		r.panic(0, "the handler is nil")
	case r.Method == "CONNECT":
		r.panic(-1, "the target of CONNECT is a host and port, which no pattern matches")
	case r.Method != upper && slices.Contains(standardMethods, upper):
		r.panic(-1, "methods are case-sensitive: write "+upper)
	case r.Method == "" || strings.ContainsFunc(r.Method, notInMethod):
		r.panic(-1, "a method is a token, such as GET")
	}
}

// notInMethod reports whether a character cannot stand in a token.
// RFC 9110, Section 5.6.2.
func notInMethod(c rune) bool {
	return notInName(c) && !strings.ContainsRune("!#$%&'*+-.^`|~", c)
}

// String writes a route as "GET /messages/:id".
func (r Route) String() string { return r.Method + " " + r.Pattern }

// panic refuses the route because of the octet at an offset of its pattern; -1
// means its method.
func (r Route) panic(offset int, reason string) {
	panic("router: " + reason + r.marked(offset))
}

// panicConflict refuses a route that has the shape and the method of an earlier
// one, so that the two match the same requests.
func (r Route) panicConflict(earlier Route) {
	offset := 0
	for offset < len(r.Pattern) && offset < len(earlier.Pattern) && r.Pattern[offset] == earlier.Pattern[offset] {
		offset++
	}
	reason := "two routes match the same requests: they differ only in the names of parameters"
	if r.Pattern == earlier.Pattern {
		offset, reason = 0, "the same route is registered twice"
	}
	panic("router: " + reason + r.marked(offset) + earlier.marked(offset))
}

// marked shows the route with a caret under one octet of its pattern, or under
// the method for -1, and where it was registered.
func (r Route) marked(offset int) string {
	line := r.String()
	column := 0
	if offset >= 0 {
		before := line[:len(line)-len(r.Pattern)+offset]
		column = utf8.RuneCountInString(before)
	}
	return fmt.Sprintf("\n\t%s\n\t%*s\n\tregistered at %s", line, column+1, "^", r.Source)
}
