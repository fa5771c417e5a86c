package syntax

import (
	"bytes"
	"strings"
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
	if _, err := pathAndQuery(target, at); err != nil {
		return err
	}
	return UnknownTargetForm.At(at)
}

// pathAndQuery parses the path and query of an origin- or absolute-form and
// stores where they stand. Both are kept as sent.
//
//	origin-form = absolute-path [ "?" query ]
func (h *Head) pathAndQuery(octets []byte, at int) *Error {
	path, err := pathAndQuery(octets, at)
	if err != nil {
		return err
	}
	h.Path = spanOf(at, at+path)
	h.Query = spanOf(min(at+path+1, at+len(octets)), at+len(octets))
	return nil
}

// pathAndQuery checks the octets of a path and query, and returns the length of the
// path. Nothing is decoded here: see DecodeSegment in httpwire.
//
//	absolute-path = 1*( "/" segment )
//	segment       = *pchar
//	query         = *( pchar / "/" / "?" )
//	pct-encoded   = "%" HEXDIG HEXDIG
//
// RFC 3986, Section 3.3 and Section 3.4. Laxer than that: what browsers leave as it is
// (see octet.go) is accepted.
func pathAndQuery(octets []byte, at int) (path int, err *Error) {
	path = bytes.IndexByte(octets, '?')
	if path < 0 {
		path = len(octets)
	}
	for i := 0; ; i += 3 {
		i += run(octets[i:path], pathChar)
		switch {
		case i == path:
			return path, query(octets[path:], at+path)
		case octets[i] != '%':
			return path, badTarget(octets[i], at+i)
		}
		if n := run(octets[i+1:path], hexdig); n < 2 {
			return path, BadPercent.At(at + i + 1 + n)
		}
	}
}

// query checks the octets of a query, with its question mark; there may be none.
func query(octets []byte, at int) *Error {
	if n := run(octets, queryChar); n < len(octets) {
		return badTarget(octets[n], at+n)
	}
	return nil
}

// badTarget returns the error for an octet that cannot stand in a path or query.
func badTarget(octet byte, offset int) *Error {
	if octet == '#' {
		return TargetFragment.At(offset)
	}
	return BadTarget.At(offset)
}

// NotInURI returns the octets of an accepted path and query that RFC 3986 has no
// place for, each once: they are accepted because browsers send them.
func NotInURI(pathAndQuery string) string {
	var found []byte
	for i := range len(pathAndQuery) {
		octet := pathAndQuery[i]
		alone := octet == '%' && run([]byte(pathAndQuery[i+1:min(i+3, len(pathAndQuery))]), hexdig) < 2
		if (alone || strings.IndexByte(browsersPath+browsersQuery, octet) >= 0) && bytes.IndexByte(found, octet) < 0 {
			found = append(found, octet)
		}
	}
	return string(found)
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
		return EmptyTargetHost.At(at)
	case bad < len(authority) && authority[bad] == '@':
		return TargetUserinfo.At(at + bad)
	case bad < len(authority):
		return BadTargetAuthority.At(at + bad)
	case bad > len(authority):
		return BadTargetAuthority.At(at + len(authority))
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
		return BadConnectTarget.At(at + bad)
	}
	port := target[min(host, len(target)):]
	if bad > len(target) || host == 0 || len(port) < 2 || !validPort(port[1:]) {
		return BadConnectTarget.At(at + len(target))
	}
	h.Form = AuthorityForm
	h.Authority = spanOf(at, at+len(target))
	return nil
}

// serves reports whether targets of the scheme are served on a connection.
// "http" is also accepted inside TLS, where nothing can be taken from it.
// RFC 9110, Section 7.4.
func serves(scheme []byte, secure bool) bool {
	return EqualFold(scheme, "http") || secure && EqualFold(scheme, "https")
}
