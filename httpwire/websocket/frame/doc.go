// Package frame is the grammar of WebSocket connections after the handshake: octets
// in, values out. It does no I/O, starts no goroutine, knows no time and keeps no
// octet. Package websocket uses it, and so do those who explain captured frames.
//
//	d := frame.Decoder{From: frame.Client}
//	n, piece, err := d.Next(window) // n is 0 and err nil: call again with more octets
//
// # Terms
//
// They are those of RFC 6455. A frame is a header and a payload. A message is the
// payload of one data frame, or of several: the fragments. Control frames (close,
// ping and pong) are whole, and may stand between fragments.
//
// # Strict
//
// No extension is ever agreed on, so reserved bits are 0. What the RFC forbids is
// refused with the rule, the octet, and the code to close with. See Rules for the
// whole list. The same octets give the same result however they were split.
//
// # Reading the source
//
//	opcode.go    what a frame is for
//	header.go    the first 2 to 14 octets of a frame
//	mask.go      the octets of clients are masked
//	text.go      UTF-8, checked as it arrives
//	close.go     why a connection ends
//	decoder.go   frames, one after the other, and the messages they make
//	encode.go    frames as they are sent
//	rule.go      Rule and Error
//	catalog.go   all that can be wrong, a row each
package frame
