// Package syntax is the grammar of HTTP/1.1 messages: octets in, offsets out. It
// does no I/O, starts no goroutine and keeps no octet.
package syntax
