package router

import (
	"slices"
	"strings"

	"rawserve/httpwire"
)

// anyMethod is the method of a route that takes every method. A request with
// this very method is no special case: the route takes it like any other.
const anyMethod = "ANY"

// node is a place in the tree of all patterns. The segments on the way from the
// root to it are the shape of the patterns that end there. Names of parameters
// are not part of the shape; each endpoint keeps its own.
type node struct {
	static    map[string]*node // next segment is this text
	param     *node            // next segment is any text
	rest      *node            // everything from here on; has no children
	endpoints []endpoint       // patterns that end here, one per method
}

// endpoint is a route with what serves it.
type endpoint struct {
	route   Route
	names   []string // of the parameters, in the order of their segments
	handler httpwire.Handler
}

// insert walks to the node with the shape of the segments, adding nodes that are
// missing, and returns it with the names of the parameters on the way.
func (n *node) insert(segments []segment) (end *node, names []string) {
	for _, s := range segments {
		n = n.child(s)
		if s.kind != static {
			names = append(names, s.text)
		}
	}
	return n, names
}

// child returns the node one segment further, adding it if it is missing.
func (n *node) child(s segment) *node {
	switch s.kind {
	case param:
		if n.param == nil {
			n.param = &node{}
		}
		return n.param
	case rest:
		if n.rest == nil {
			n.rest = &node{}
		}
		return n.rest
	}
	if n.static == nil {
		n.static = map[string]*node{}
	}
	if n.static[s.text] == nil {
		n.static[s.text] = &node{}
	}
	return n.static[s.text]
}

// search is one walk through the tree.
type search struct {
	method string // the method to serve; ignored if allowed is set

	found  *endpoint
	values [maxParams]string // raw segments that matched a parameter
	count  int               // values in use

	// allowed, if not nil, makes the walk visit every node that matches the
	// path and collect the methods there instead of stopping at one.
	allowed *[]string
}

// find looks for the best endpoint below n for the rest of a path, which is
// empty or begins with a slash. It reports whether the search is over.
//
// At each segment plain text is tried first, then the parameter, then the
// wildcard; a choice that leads to no endpoint is undone. So the order of
// registration never matters, and "DELETE /users/new" reaches
// "DELETE /users/:id" if the route "/users/new" has no DELETE. Only one way
// leads to each node, so a search visits none twice, whatever the path.
func (n *node) find(path string, s *search) bool {
	if path == "" {
		return s.arrive(n)
	}
	raw, after := cutSegment(path)
	if n.static != nil {
		// The parser has refused broken escapes; DecodeSegment would return
		// one as it is.
		text, _ := httpwire.DecodeSegment(raw)
		if next := n.static[text]; next != nil && next.find(after, s) {
			return true
		}
	}
	// A parameter is never empty: "/users/" does not reach "/users/:id".
	if n.param != nil && raw != "" && s.through(n.param, raw, after) {
		return true
	}
	return n.rest != nil && s.through(n.rest, path[1:], "")
}

// through continues the search after a parameter or wildcard with this value,
// and drops the value if that leads to no endpoint.
func (s *search) through(next *node, value, after string) bool {
	s.values[s.count] = value
	s.count++
	if next.find(after, s) {
		return true
	}
	s.count--
	return false
}

// arrive ends the path at a node. It reports whether the search is over, because
// an endpoint there serves the method.
func (s *search) arrive(n *node) bool {
	if s.allowed != nil {
		for i := range n.endpoints {
			*s.allowed = append(*s.allowed, n.endpoints[i].route.Method)
		}
		return false
	}
	s.found = n.serving(s.method)
	return s.found != nil
}

// serving returns the endpoint for a method, or nil. A route for GET serves
// HEAD too: the same answer, of which only the head is sent. TRACE has to be
// registered by its name, because it promises to send back the request as it
// was received. RFC 9110, Sections 9.3.2 and 9.3.8.
func (n *node) serving(method string) *endpoint {
	if e := n.exactly(method); e != nil {
		return e
	}
	if method == "HEAD" {
		if e := n.exactly("GET"); e != nil {
			return e
		}
	}
	if method == "TRACE" {
		return nil
	}
	return n.exactly(anyMethod)
}

// exactly returns the endpoint registered for a method, or nil.
func (n *node) exactly(method string) *endpoint {
	for i := range n.endpoints {
		if n.endpoints[i].route.Method == method {
			return &n.endpoints[i]
		}
	}
	return nil
}

// cutSegment cuts the first segment from a path that begins with a slash. What
// follows is empty or begins with a slash again. Only a slash separates:
// "%2F" is part of a segment, as RFC 3986, Section 2.2 has it.
func cutSegment(path string) (raw, after string) {
	end := strings.IndexByte(path[1:], '/')
	if end < 0 {
		return path[1:], ""
	}
	return path[1 : 1+end], path[1+end:]
}

// allow writes the field value for a set of registered methods: sorted, each
// once, with HEAD where there is GET, and OPTIONS, which is always answered.
func allow(methods []string) string {
	all := append([]string{"OPTIONS"}, methods...)
	if slices.Contains(methods, anyMethod) {
		all = append(all, "DELETE", "GET", "PATCH", "POST", "PUT")
		all = slices.DeleteFunc(all, func(m string) bool { return m == anyMethod })
	}
	if slices.Contains(all, "GET") {
		all = append(all, "HEAD")
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}
