// Package micro compares rawserve with its peers piece by piece, without
// sockets: head parsing, chunk decoding, routers, whole exchanges. bench/micro.sh runs it.
package micro
