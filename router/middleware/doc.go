// Package middleware has what stands in front of the handlers of most servers.
//
//	rt.Use(
//		middleware.RequestID,
//		middleware.Recover(logger),
//		middleware.CORS{Origins: []string{"https://example.com"}}.Handler,
//	)
//	rt.Group("/upload", middleware.BodyLimit(1<<30)).Put("/:name", upload)
//	server.OnExchange, server.OnClose = middleware.TextLog(os.Stdout), middleware.TextCloseLog(os.Stdout)
//
// A middleware is a function from handler to handler. The response is a
// concrete type, so there is nothing to wrap and nothing to lose by wrapping:
// what has to happen late is said early, with Response.BeforeHead and AfterEnd.
//
// The access log is no middleware. It tells what was on the wire, refused
// requests included, and only the server knows that: it hangs on
// Server.OnExchange.
package middleware
