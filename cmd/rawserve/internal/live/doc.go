// Package live is the live x-ray page: it records what a server does and shows
// every octet in the browser, as package xray explains it.
//
//	page := &live.Page{Recorder: live.NewRecorder(false), Public: public}
//	page.Recorder.Attach(&server)
//	go page.Server(listener, "localhost:3001").Serve(listener)
//
// # Reading order
//
// From the server to memory:
//
//	recorder.go   the hooks of the server that is watched
//	burst.go      what is captured of a connection, from idle to idle
//	ring.go       how much of it is kept: the log of events, the store of bursts
//	viewers.go    who reads the log, and when recording stops
//
// From memory to the browser:
//
//	page.go       the server of the page, and who may ask it; files.go: its files
//	events.go     what happens, as it happens (Server-Sent Events)
//	exchange.go   one exchange, dissected; steps.go: how its request is parsed
//	cite.go       the sentences of the RFC that it refers to; code.go: the source that decides
//	secrets.go    what is shown as dots, before anything is derived from it
//	example.go    the exchange that is shown until something was captured
//	page/         the page: one document, one style sheet, one script in parts
//
// From the page to others:
//
//	export.go     an exchange as a document of its own
//	har.go        and as HTTP Archive
//	text.go       its request as a conformance case, and as a shell command
//	carried.go    an exchange that came with a link, from somebody unknown
//
// From the browser to the server:
//
//	compose.go    what the composer understands
//	play.go       how it sends that, and sends a recorded request again
//	presets.go    requests to try
//
// The module browser/ checks the page in Chromium, takes its screenshots and
// measures what recording costs.
//
// # Promises
//
// While nobody looks, a hook costs one atomic load. The server never waits for a
// viewer. Memory is bounded: 8 MiB for everything captured, and a number of events
// that have no octets. What was not captured is counted and said. The composer
// writes to the recorded server and to nothing else.
package live
