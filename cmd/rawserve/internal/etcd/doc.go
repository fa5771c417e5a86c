// Package etcd is a client of etcd: of its JSON gateway, which is HTTP/1.1, spoken
// with the grammar of httpwire/syntax. It needs etcd 3.4 or later.
//
//	client := &etcd.Client{Config: config}
//	answer, err := client.Range(ctx, etcd.RangeRequest{Key: []byte("a")})
//
// # Endpoints
//
// A call is made at one endpoint; if that one fails, at the next one, and so on
// until CallTimeout. The one that answered last is asked first the next time.
// Calls are therefore repeated, and must not do anything twice: Range reads,
// authentication reads, and Txn takes only transactions that are guarded by a
// comparison (see Txn).
//
// # What an endpoint may do
//
// Anything: every answer has a time limit and a bound, and one that cannot be used
// is an *EndpointError that names the endpoint and the octet.
//
//	url.go       etcd://user:password@host:port,host:port/prefix
//	messages.go  what is asked, and what etcd answers, as JSON
//	client.go    a call: endpoints in turn, until one answers
//	auth.go      the token of a user
//	endpoint.go  one endpoint: its connections, and whether it answers
//	conn.go      one connection: a request, and the head of the answer
//	answer.go    the body of the answer, as it is framed
//	watch.go     the stream of changes
//	errors.go    what can go wrong
package etcd
