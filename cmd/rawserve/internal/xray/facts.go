package xray

// HiddenFact is something that happens on a connection and that a handler of
// another stack does not learn. Each is checked by a test against the real ones.
type HiddenFact struct {
	ID   string `json:"id"`   // "H1"
	By   string `json:"by"`   // "both", "net/http" or "Node"
	Fact string `json:"fact"` // what is hidden
	How  string `json:"how"`  // what the stack does about it, without asking
}

// HiddenFacts lists what is hidden in addition to the octets of the request.
var HiddenFacts = []HiddenFact{
	{"H1", "both", "how many reads the request came in", "one octet at a time or all at once: the handler sees the same"},
	{"H2", "both", "white space around values and line endings", "net/http also loses the order of the fields and the case of their names"},
	{"H3", "net/http", "Host, Transfer-Encoding and Trailer", "taken out of r.Header and put elsewhere, or nowhere"},
	{"H4", "both", "which rule gave the body its length", "no length at all and Content-Length: 0 are the same to r.ContentLength"},
	{"H5", "both", "chunk sizes and extensions", "the same body in other chunks is the same to the handler"},
	{"H6", "both", "whether 100 (Continue) was sent", "net/http sends it at the first read of the body, Node before the handler runs"},
	{"H7", "both", "how the response is framed", "net/http counts a body of up to 2048 octets and sends a longer one chunked; Node counts what end() gets at once"},
	{"H8", "both", "fields nobody has set", "both add Date; net/http guesses a Content-Type, Node adds Connection and Keep-Alive"},
	{"H9", "both", "which request on the connection this is", "the first and the hundredth look the same"},
	{"H10", "both", "what becomes of a body nobody reads", "net/http reads up to 256 KiB of it and closes if there is more; Node reads all of it"},
	{"H11", "net/http", "that the connection ends in two steps", "after an answer to a body that it has not read it closes one half and waits 500 ms, so that the answer is not destroyed"},
	{"H12", "both", "timers that fired", "a head that comes too slowly ends without a handler: net/http answers 400, Node 408"},
	{"H13", "net/http", "an extra read while the handler runs", "that is how the context learns that the client has gone"},
	{"H14", "both", "octets of the next requests that have arrived already", "a pipelined request looks like any other"},
	{"H15", "both", "requests that were refused", "answered 400 before any handler runs"},
	{"H16", "both", "that a body is not sent", "in answer to HEAD a handler writes content that is not sent, and is told that it was"},
	{"H17", "net/http", "the states of the connection", "new, active, idle, closed: seen by a hook of the server, by no handler"},
	{"H18", "both", "options of the socket", "both switch Nagle's algorithm off"},
	{"H19", "net/http", "how many writes an answer takes", "small ones are collected: three calls of Write are one on the network"},
	{"H20", "both", "failures of a handler", "net/http recovers from a panic and closes the connection; Node waits forever for a handler that never ends"},
}
