// Package xray says what HTTP/1.1 octets mean: which part of the grammar each one
// belongs to, which rule decided what, and what a framework would hide.
//
//	messages := xray.Dissect(octets, xray.Options{})
//
// It has no grammar of its own. The parsers of package syntax are run over the
// octets with their hooks set, so what is shown is what the server does. It does
// no I/O. Package explain prints what it finds, package live shows it in a browser.
//
// # Reading order
//
//	model.go       what a dissection consists of: the documented JSON schema
//	dissect.go     requests, watched while they are parsed
//	response.go    responses, the same way
//	body.go        bodies: by length, chunked, and up to the close
//	rest.go        octets that no parser has accepted: a broken or unfinished line
//	frames.go      the frames of a WebSocket, after the handshake
//	decide.go      the verdict and the decisions, in words
//	notes.go       what is said about each part; fieldnotes.go: the words
//	why.go         why a refusal matters; reasons.go: the words; examples.tsv: a case
//	readings.go    how two readers of the same octets can disagree
//	hidden.go      what net/http and Node hand to a handler of a request
//	facts.go       what else they hide
//	opinions.go    what other servers answered, recorded in opinions.json
//	visible.go     octets as text that no terminal obeys
//
// # Promises
//
// The spans of all messages together tile the input: no gap, no overlap, in
// order. Verdict, octets used, rule and offset are those of the parser that
// serves. All of it is the same however the octets were split into reads. What is
// said about other stacks is checked against the real ones. Tests and fuzz targets
// hold each promise.
package xray
