// Package xray shows what HTTP/1.1 octets mean: which part of the grammar each
// one belongs to, which rule decided what, and what a framework would hide.
//
//	messages := xray.Dissect(octets, xray.Options{})
//
// It holds no grammar of requests of its own. The parser that serves requests is
// run over the octets with its trace hooks set, so what is shown is what the
// server does.
//
// # Where to look
//
//	model.go      what a dissection consists of: the documented JSON schema
//	dissect.go    requests: the production parser, watched
//	body.go       bodies: by length, chunked, and up to the close
//	rest.go       octets that no parser has accepted: a broken or unfinished line
//	response.go   responses, for which the server has no parser
//	decide.go     the verdict and the decisions, in words
//	notes.go      what is said about each part; fieldnotes.go: the words
//	why.go        why a refusal matters; reasons.go: the words; readings.go: an example
//	hidden.go     what net/http and Node hand to a handler of all this; facts.go: and of the rest
//	visible.go    octets as text that no terminal obeys
//	explain.go    rawserve explain; input.go, inputcurl.go: what it reads
//	print.go      the table and the decisions; rows.go, cells.go: its lines; report.go, color.go
//	opinions.go   what other servers answered, recorded
//
// The live page:
//
//	recorder.go   the hooks of the server that is watched; viewers.go: for whom
//	burst.go      what is captured, from idle to idle; ring.go: within which bounds
//	secrets.go    what is shown as dots
//	live.go       the server of the page, and who may ask it
//	liveevents.go what happens, as it happens; liveexchange.go: one exchange, dissected
//	compose.go    what the composer understands; composer.go: how it sends it; presets.go
//	livetext.go   a request as a fixture, and as a shell command
//	page/         the page itself; browser/ (a module of its own) checks it in Chromium
//
// # Promises
//
// The spans of all messages together tile the input: no gap, no overlap, in
// order. Verdict, consumed octets, rule and offset are those of the parser that
// serves. All of it is the same however the octets were split into reads. The
// tests and fuzz targets hold each promise.
package xray
