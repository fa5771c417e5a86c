package router

import (
	"slices"
	"strings"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// Middleware wraps a handler in another one, which may look at the request,
// prepare the response, and call the handler or answer itself.
type Middleware func(next httpwire.Handler) httpwire.Handler

// Router finds the handler for a request by method and path. Make one with New,
// register all routes, then serve: many goroutines may call Serve at the same
// time, but none may register meanwhile. A mistake in a pattern panics, since it
// is a mistake in the program.
type Router struct {
	// Scope registers routes at the root of the URL space.
	Scope

	// NotFound answers where no pattern matches the path. The status 404 is set
	// before it is called. Nil means a plain 404.
	NotFound httpwire.Handler

	// MethodNotAllowed answers where patterns match the path, but none of them
	// has the method. The status 405 and the Allow field, which a 405 "MUST"
	// have, are set before it is called. Nil means a plain 405 with them.
	// RFC 9110, Section 15.5.6.
	MethodNotAllowed httpwire.Handler

	tree       node
	routes     []Route
	middleware []Middleware
	serve      httpwire.Handler // route, inside the middleware
}

// Route is one registered route, for a list of them.
type Route struct {
	Method  string // "ANY" for a route that takes every method
	Pattern string
	Source  string // where it was registered, as file:line
}

// New returns a router without routes.
func New() *Router {
	rt := &Router{}
	rt.Scope.router = rt
	rt.serve = rt.route
	return rt
}

// Use puts middleware around everything that the router answers, the 404 and the
// automatic answers to OPTIONS included. The first one is the outermost.
func (rt *Router) Use(mw ...Middleware) {
	rt.middleware = append(rt.middleware, mw...)
	rt.serve = wrap(rt.route, rt.middleware)
}

// wrap puts middleware around a handler, the first one outermost.
func wrap(h httpwire.Handler, mw []Middleware) httpwire.Handler {
	for _, m := range slices.Backward(mw) {
		h = m(h)
	}
	return h
}

// Routes lists what is registered, sorted by pattern, then method.
func (rt *Router) Routes() []Route {
	list := slices.Clone(rt.routes)
	slices.SortFunc(list, func(a, b Route) int {
		if c := strings.Compare(a.Pattern, b.Pattern); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return list
}

// Serve answers a request. It is an httpwire.Handler.
func (rt *Router) Serve(w *httpwire.Response, r *httpwire.Request) error {
	return rt.serve(w, r)
}

// route answers a request according to the form of its target.
// RFC 9112, Section 3.2.
func (rt *Router) route(w *httpwire.Response, r *httpwire.Request) error {
	switch r.Form {
	case syntax.AsteriskForm:
		return w.WriteHead(204, "Allow", allow(rt.methods()))
	case syntax.AuthorityForm:
		// Not 405: its Allow would list the methods of a resource, and the
		// host and port of a tunnel are none. RFC 9110, Section 9.3.6.
		return httpwire.Fail(501, "this server opens no tunnels")
	default:
		return rt.routePath(w, r)
	}
}

// routePath answers a request for a path. An absolute-form target was reduced
// to its path by httpwire.
func (rt *Router) routePath(w *httpwire.Response, r *httpwire.Request) error {
	s := search{method: r.Method}
	if !rt.tree.find(r.RawPath, &s) {
		return rt.miss(w, r)
	}
	for i, name := range s.found.names {
		value, ok := httpwire.DecodeSegment(s.values[i])
		if !ok {
			return httpwire.Fail(400, "percent sign without two hexadecimal digits in the path")
		}
		r.SetParam(name, value)
	}
	return s.found.handler(w, r)
}

// miss answers a request that no route serves: its method is unknown, or its
// path, or the method at this path. OPTIONS is answered here for every path that
// some route has.
func (rt *Router) miss(w *httpwire.Response, r *httpwire.Request) error {
	allowed := []string{}
	rt.tree.find(r.RawPath, &search{allowed: &allowed})
	switch {
	case !rt.knows(r.Method):
		return httpwire.Fail(501, "this server does not know the method %q", r.Method)
	case len(allowed) == 0:
		return rt.notFound(w, r)
	case r.Method == "OPTIONS":
		return w.WriteHead(204, "Allow", allow(allowed))
	default:
		return rt.methodNotAllowed(w, r, allow(allowed))
	}
}

// notFound answers 404, by the handler for it if there is one.
func (rt *Router) notFound(w *httpwire.Response, r *httpwire.Request) error {
	if rt.NotFound == nil {
		return httpwire.Fail(404, "there is nothing at this path")
	}
	if err := w.SetStatus(404); err != nil {
		return err
	}
	return rt.NotFound(w, r)
}

// methodNotAllowed answers 405 with the methods that are allowed.
func (rt *Router) methodNotAllowed(w *httpwire.Response, r *httpwire.Request, methods string) error {
	if rt.MethodNotAllowed == nil {
		p := httpwire.Fail(405, "%s is not allowed at this path; %s are", r.Method, methods)
		p.Fields = []string{"Allow", methods}
		return p
	}
	if err := w.WriteHead(405, "Allow", methods); err != nil {
		return err
	}
	return rt.MethodNotAllowed(w, r)
}

// standardMethods are those of RFC 9110, Section 9 and of RFC 5789. Methods are
// case-sensitive: "get" is not among them.
var standardMethods = []string{
	"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
}

// knows reports whether a method is a standard one or some route has it. For
// the others 501 is the answer, whatever the path. RFC 9110, Section 9.1.
func (rt *Router) knows(method string) bool {
	if slices.Contains(standardMethods, method) {
		return true
	}
	return method != anyMethod && slices.Contains(rt.methods(), method)
}

// methods returns the methods of all routes.
func (rt *Router) methods() []string {
	var all []string
	for _, route := range rt.routes {
		all = append(all, route.Method)
	}
	return all
}
