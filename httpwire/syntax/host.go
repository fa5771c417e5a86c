package syntax

import "net/netip"

// checkHost enforces exactly one valid Host; HTTP/1.0 may go without. The empty
// line of the head begins at offset end.
//
//	Host = uri-host [ ":" port ]
//
// An empty value is valid: it says that the target has no authority. A port
// without a host is not (RFC 9110, Section 4.2.1). RFC 9112, Section 3.2.
func (h *Head) checkHost(s *section, message []byte, end int) *Error {
	switch {
	case !s.has(fieldHost) && h.Minor > 0:
		return NoHost.At(end)
	case !s.has(fieldHost):
		return nil
	case s.repeats(fieldHost):
		return SecondHost.At(int(s.secondLine(fieldHost, message).Name))
	}
	line := s.firstLine(fieldHost)
	h.Host = Span{line.Value, line.End}
	value := h.Host.Of(message)
	switch _, bad := hostPort(value); {
	case len(value) > 0 && value[0] == ':':
		return BadHost.At(int(line.Value))
	case bad != len(value):
		return BadHost.At(int(line.Value) + min(bad, len(value)))
	}
	return nil
}

// validPort reports whether digits are the number of a port, which 0 is not.
func validPort(digits []byte) bool {
	port := 0
	for _, octet := range digits {
		if port = port*10 + int(octet-'0'); port > 65535 {
			return false
		}
	}
	return port > 0
}

// hostPort parses a host with an optional port and returns the length of the
// host and the offset of the first octet that does not fit: len(b) if all fit,
// len(b)+1 if octets are missing at the end.
//
//	uri-host [ ":" port ]
//	uri-host = IP-literal / IPv4address / reg-name
//	port     = *DIGIT
//
// RFC 3986, Section 3.2.2 and Section 3.2.3.
func hostPort(b []byte) (host, bad int) {
	if len(b) > 0 && b[0] == '[' {
		host, bad = ipLiteral(b)
	} else {
		host, bad = regName(b)
	}
	if bad != host || host == len(b) {
		return host, bad
	}
	if b[host] != ':' {
		return host, host
	}
	return host, host + 1 + run(b[host+1:], digit)
}

// regName parses a registered name or an IPv4 address, which looks like one.
//
//	reg-name = *( unreserved / pct-encoded / sub-delims )
func regName(b []byte) (host, bad int) {
	i := 0
	for {
		i += run(b[i:], hostChar)
		if i == len(b) || b[i] != '%' {
			return i, i
		}
		n := min(2, run(b[i+1:], hexdig))
		if n < 2 {
			bad = i + 1 + n
			if bad == len(b) {
				bad++ // the triplet is cut off
			}
			return i, bad
		}
		i += 3
	}
}

// ipLiteral parses an address in square brackets.
//
//	IP-literal = "[" ( IPv6address / IPvFuture  ) "]"
//	IPvFuture  = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
func ipLiteral(b []byte) (host, bad int) {
	future := len(b) > 1 && lower(b[1]) == 'v'
	i := 1
	for i < len(b) && (is(b[i], hexdig) || b[i] == ':' || b[i] == '.' || future && is(b[i], hostChar)) {
		i++
	}
	switch {
	case i == len(b):
		return i, i + 1
	case b[i] != ']':
		return i, i
	case future && !ipvFuture(b[2:i]), !future && !ipv6Address(b[1:i]):
		return i, i // the bracket comes too early
	}
	return i + 1, i + 1
}

// ipvFuture checks what follows the "v" of an address of a later version.
func ipvFuture(b []byte) bool {
	n := run(b, hexdig)
	return n > 0 && n+1 < len(b) && b[n] == '.'
}

// ipv6Address reports whether b is an IPv6 address without a zone.
func ipv6Address(b []byte) bool {
	address, err := netip.ParseAddr(string(b))
	return err == nil && address.Is6()
}
