//go:build !linux

package httpwire

import "net"

// Listen listens on a TCP address, as net.Listen does.
func Listen(address string) (net.Listener, error) { return net.Listen("tcp", address) }
