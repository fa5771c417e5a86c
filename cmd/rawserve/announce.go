package main

import (
	"fmt"
	"io"
	"net"

	"rawserve/router"
)

// announce prints where the server is, who can reach it, what it has, and where
// messages are kept. The line with the address ends with it, for scripts.
func announce(w io.Writer, l net.Listener, address string, rt *router.Router, where string) {
	fmt.Fprintln(w, "listening on", urlOf(l, address))
	if tcp, isTCP := l.Addr().(*net.TCPAddr); isTCP && tcp.IP.IsLoopback() {
		fmt.Fprintf(w, "for this machine only: -addr :%d listens on all interfaces\n", tcp.Port)
	}
	if onAllInterfaces(l) {
		fmt.Fprintln(w, "on all interfaces: whoever can reach this machine can reach it")
	}
	for _, route := range rt.Routes() {
		fmt.Fprintf(w, "  %-7s %s\n", route.Method, route.Pattern)
	}
	fmt.Fprintln(w, "messages are kept", where)
}

// announceXray prints where the x-ray page is, and who can read it.
func announceXray(w io.Writer, l net.Listener, address string) {
	fmt.Fprintln(w, "every octet is shown at", urlOf(l, address))
	if onAllInterfaces(l) {
		fmt.Fprintln(w, "on all interfaces: whoever can reach this machine can read every request there")
	}
}

// onAllInterfaces reports whether a listener takes connections to every address of
// the machine.
func onAllInterfaces(l net.Listener) bool {
	tcp, isTCP := l.Addr().(*net.TCPAddr)
	return isTCP && tcp.IP.IsUnspecified()
}

// urlOf returns what to type on this machine to reach a listener.
func urlOf(l net.Listener, address string) string {
	tcp, isTCP := l.Addr().(*net.TCPAddr)
	if !isTCP {
		return address
	}
	host, _, _ := net.SplitHostPort(address)
	switch {
	case !tcp.IP.IsUnspecified() && host != "":
	case host == "0.0.0.0":
		host = "127.0.0.1" // localhost may be ::1 as well, where nobody listens
	default:
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}
