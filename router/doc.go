// Package router finds the handler for a request by its method and path.
//
//	rt := router.New()
//	rt.Use(middleware.RequestID)
//	rt.Get("/messages", list)
//	rt.Get("/messages/:id", read)
//	rt.Any("/echo", echo)
//	rt.Get("/static/*path", folder.Serve)
//	server := &httpwire.Server{Handler: rt.Serve}
//
// # Patterns
//
// A pattern is a path of segments. A segment is plain text, a parameter ":name"
// that takes exactly one segment which is not empty, or, at the end, a wildcard
// "*name" that takes whatever is left, the empty rest included. "/a" and "/a/"
// are two paths, and "//" has an empty segment: a path is matched as it is, and
// nothing is cleaned up or redirected.
//
// Plain text takes precedence over a parameter, and a parameter over a wildcard.
// That is decided segment by segment from the left; where a choice leads to no
// route, the next one is tried. The order of registration does not matter.
//
//	/users/new   GET    -> Get("/users/new")
//	/users/7     GET    -> Get("/users/:id")
//	/users/new   DELETE -> Delete("/users/:id"), if "/users/new" has no DELETE
//	/users/7/x   GET    -> Get("/users/*rest")
//
// # Decoding
//
// A path is cut at its slashes first and decoded afterwards. So "/%6Dessages"
// reaches "/messages", and "%2F" is a slash inside a parameter, never a
// separator. A wildcard is decoded as a whole: a handler that has to tell its
// separators from its slashes, as static does, uses Request.Path.
//
// # What is answered without a handler
//
//	no pattern matches              404  Router.NotFound
//	one does, for other methods     405  Router.MethodNotAllowed, with Allow
//	OPTIONS of such a path, or *    204  with Allow
//	neither standard nor registered 501  RFC 9110, Section 9.1
//	CONNECT                         501
//
// HEAD is served by the handler for GET, unless it has one of its own.
//
// # Reading order
//
//	pattern.go   what a pattern means, and which are refused
//	register.go  Get, Post, Group: from patterns to the tree
//	tree.go      from a path to the route that serves it
//	router.go    a request, start to end
package router
