package middleware

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// defaultPorts are those that a browser leaves out of an origin.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}

// normalOrigin returns an origin as browsers write it, with which alone it can be
// equal. White space around it, as after a comma, and the usual port of its scheme
// mean nothing, so they are dropped. What no browser ever sends is an error, since
// it would never match, and nobody would be told why. "*" is none of its business.
//
//	origin = scheme "://" host [ ":" port ]
func normalOrigin(text string) (string, error) {
	text = strings.TrimSpace(text)
	scheme, authority, _ := strings.Cut(text, "://")
	host, port := cutPort(authority)
	if !isScheme(scheme) || !isHost(host) || port != "" && !isPort(port) {
		return "", fmt.Errorf("%q is not an origin such as https://example.com: "+
			"scheme and host in lower case and ASCII, the port if it is not the usual one, nothing after it", text)
	}
	if port == "" || port == defaultPorts[scheme] {
		return scheme + "://" + host, nil
	}
	return text, nil
}

// cutPort cuts the port from an authority. If nothing follows the colon, the colon
// is left, which no host has.
func cutPort(authority string) (host, port string) {
	colon := strings.LastIndexByte(authority, ':')
	if colon < 0 || colon == len(authority)-1 || strings.HasSuffix(authority, "]") {
		return authority, ""
	}
	return authority[:colon], authority[colon+1:]
}

// isScheme reports whether text is a scheme in lower case. RFC 3986, Section 3.1.
func isScheme(text string) bool {
	return consistsOf(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.") && 'a' <= text[0] && text[0] <= 'z'
}

// isPort reports whether text is a port as a browser writes it, without zeros at
// its beginning.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// isHost reports whether text is a host as a browser writes it: a name in ASCII or
// an address in its usual form. What ends in a number is an address, such as 127.1,
// which becomes 127.0.0.1.
func isHost(text string) bool {
	if inner, ok := strings.CutPrefix(text, "["); ok && !strings.Contains(inner, ".") {
		inner, ok = strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		if !ok || err != nil || !address.Is6() || address.Zone() != "" {
			return false
		}
		// Browsers write an IPv4 address in it as two groups, netip with dots.
		return address.String() == inner || address.Is4In6()
	}
	if !consistsOf(text, "abcdefghijklmnopqrstuvwxyz0123456789-._") {
		return false
	}
	last := text[strings.LastIndexByte(text, '.')+1:]
	if !consistsOf(last, "0123456789") {
		return true
	}
	address, err := netip.ParseAddr(text)
	return err == nil && address.String() == text
}

// consistsOf reports whether text is not empty and has only these octets.
func consistsOf(text, octets string) bool {
	return text != "" && strings.TrimLeft(text, octets) == ""
}
