package httpwire

import (
	"bytes"
	"net/netip"
)

// Form is one of the four forms of a request-target. RFC 9112, Section 3.2.
type Form int

const (
	OriginForm    Form = iota // /path?query
	AbsoluteForm              // http://host/path?query
	AuthorityForm             // host:port, for CONNECT
	AsteriskForm              // *, for OPTIONS
)

// String returns the RFC's name of the form.
func (f Form) String() string {
	return [...]string{"origin-form", "absolute-form", "authority-form", "asterisk-form"}[f]
}

// requestTarget parses the request-target, which stands at h.Target.
//
//	request-target = origin-form / absolute-form / authority-form / asterisk-form
//
// RFC 9112, Section 3.2.
func (h *Head) requestTarget(target []byte, connect bool) *Error {
	at := int(h.Target.Start)
	switch {
	case connect:
		return h.authorityForm(target, at)
	case target[0] == '/':
		h.Form = OriginForm
		return h.pathAndQuery(target, at)
	case string(target) == "*":
		h.Form = AsteriskForm
		return nil
	}
	if n := schemeLength(target); n > 0 {
		return h.absoluteForm(target, n, at)
	}
	if h.authorityForm(target, at) == nil {
		return nil // with the wrong method, which formFitsMethod finds
	}
	if err := pathAndQuery(target, at); err != nil {
		return err
	}
	return broken(UnknownTargetForm, at)
}

// pathAndQuery parses the path and query of an origin- or absolute-form and
// stores where they stand. Both are kept as sent.
//
//	origin-form = absolute-path [ "?" query ]
func (h *Head) pathAndQuery(octets []byte, at int) *Error {
	if err := pathAndQuery(octets, at); err != nil {
		return err
	}
	path := bytes.IndexByte(octets, '?')
	if path < 0 {
		path = len(octets)
	}
	h.Path = spanOf(at, at+path)
	h.Query = spanOf(min(at+path+1, at+len(octets)), at+len(octets))
	return nil
}

// pathAndQuery checks the octets of a path and query.
//
//	absolute-path = 1*( "/" segment )
//	segment       = *pchar
//	query         = *( pchar / "/" / "?" )
//	pct-encoded   = "%" HEXDIG HEXDIG
//
// RFC 3986, Section 3.3 and Section 3.4.
func pathAndQuery(octets []byte, at int) *Error {
	for i := 0; ; i += 3 {
		i += run(octets[i:], uriChar)
		if i == len(octets) {
			return nil
		}
		switch octets[i] {
		case '%':
			if n := run(octets[i+1:], hexdig); n < 2 {
				return broken(BadPercent, at+i+1+n)
			}
		case '#':
			return broken(TargetFragment, at+i)
		default:
			return broken(BadTarget, at+i)
		}
	}
}

// schemeLength returns the length of the scheme if the target begins with a
// scheme, a colon and two slashes, and 0 otherwise.
//
//	scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
func schemeLength(target []byte) int {
	n := bytes.Index(target, []byte("://"))
	if n <= 0 || !isAlpha(target[0]) {
		return 0
	}
	for _, octet := range target[:n] {
		if !isAlpha(octet) && !is(octet, digit) && octet != '+' && octet != '-' && octet != '.' {
			return 0
		}
	}
	return n
}

// absoluteForm parses a target with a scheme, whose authority then takes the
// place of Host.
//
//	absolute-form = absolute-URI
//	http-URI      = "http" "://" authority path-abempty [ "?" query ]
//
// RFC 9112, Section 3.2.2.
func (h *Head) absoluteForm(target []byte, scheme, at int) *Error {
	h.Form = AbsoluteForm
	start := scheme + len("://")
	end := len(target)
	if n := bytes.IndexAny(target[start:], "/?#"); n >= 0 {
		end = start + n
	}
	h.Authority = spanOf(at+start, at+end)
	if err := targetAuthority(target[start:end], at+start); err != nil {
		return err
	}
	if err := h.pathAndQuery(target[end:], at+end); err != nil {
		return err
	}
	h.Scheme = spanOf(at, at+scheme)
	return nil
}

// targetAuthority checks the authority of an absolute-form.
func targetAuthority(authority []byte, at int) *Error {
	switch _, bad := hostPort(authority); {
	case len(authority) == 0 || authority[0] == ':':
		return broken(EmptyTargetHost, at)
	case bad < len(authority) && authority[bad] == '@':
		return broken(TargetUserinfo, at+bad)
	case bad < len(authority):
		return broken(BadTargetAuthority, at+bad)
	case bad > len(authority):
		return broken(BadTargetAuthority, at+len(authority))
	}
	return nil
}

// authorityForm parses the target of a CONNECT request.
//
//	authority-form = uri-host ":" port
//
// RFC 9112, Section 3.2.3.
func (h *Head) authorityForm(target []byte, at int) *Error {
	host, bad := hostPort(target)
	if bad < len(target) {
		return broken(BadConnectTarget, at+bad)
	}
	port := target[min(host, len(target)):]
	if bad > len(target) || host == 0 || len(port) < 2 || !validPort(port[1:]) {
		return broken(BadConnectTarget, at+len(target))
	}
	h.Form = AuthorityForm
	h.Authority = spanOf(at, at+len(target))
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
