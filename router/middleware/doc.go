// Package middleware has what most servers put around their handlers.
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
// concrete type, which cannot be wrapped: middleware that has to act when the
// head is sent, or when the response has ended, registers a function for that
// with Response.BeforeHead or AfterEnd.
//
// The access log is no middleware. It says what was on the wire, refused
// requests included, which only the server knows: so it is a function for
// Server.OnExchange.
package middleware
