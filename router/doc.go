// Package router finds the handler for a request by its method and path.
//
//	rt := router.New()
//	rt.Use(middleware.RequestID)
//	rt.Get("/messages", list)
//	rt.Get("/messages/:id", read)
//	rt.Any("/echo", echo)
//	rt.Get("/static/*path", static.Handler(root))
//	server := &httpwire.Server{Handler: rt.Serve}
//
// # Patterns
//
// A pattern is a path of segments. A segment is plain text, a parameter ":name"
// that takes exactly one segment which is not empty, or, at the end, a wildcard
// "*name" that takes whatever is left, the empty rest included. "/a" and "/a/"
// are two paths, and "//" has an empty segment: nothing is cleaned up or
// redirected, since the octets of a path are its owner's business.
//
// Plain text goes before a parameter, a parameter before a wildcard, decided
// segment by segment from the left and taken back where it leads nowhere. The
// order of registration does not matter.
//
//	/users/new   GET    -> Get("/users/new")
//	/users/7     GET    -> Get("/users/:id")
//	/users/new   DELETE -> Delete("/users/:id"), if "/users/new" has no DELETE
//	/users/7/x   GET    -> Get("/users/*rest")
//
// # Decoding
//
// A path is cut at its slashes first and decoded after. So "/%6Dessages" reaches
// "/messages", and "%2F" is a slash inside of a parameter, never a separator. A
// wildcard is decoded as well: who has to tell its separators from its slashes,
// as static does, looks at Request.Path.
//
// # What is answered without a handler
//
//	no pattern matches              404  Router.NotFound
//	one does, with another method   405  Router.MethodNotAllowed, with Allow
//	OPTIONS there, or OPTIONS *     204  with Allow
//	HEAD                                 by the handler for GET
//	method nobody knows             501  RFC 9110, Section 9.1
//	CONNECT                         501
//
// # Reading order
//
//	pattern.go   a pattern and its mistakes
//	register.go  Get, Post, Group: patterns into the tree
//	tree.go      the walk from a path to an endpoint
//	router.go    a request, start to end
package router
