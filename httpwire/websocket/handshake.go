package websocket

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// version is that of RFC 6455.
const version = "13"

// Accept makes a WebSocket connection of a request that asks for one, and answers it
// with 101. Otherwise it returns an error to answer with: 426 without the right
// version, 403 for a page of another host, 400 for what is no handshake, 503 after
// Shutdown. The connection belongs to the caller, who has to Close it.
//
// RFC 6455, Section 4.2.
func (e *Endpoint) Accept(w *httpwire.Response, r *httpwire.Request) (*Conn, error) {
	if e.isStopping() {
		return nil, refuseStopping()
	}
	key, err := e.checkHandshake(r)
	if err != nil {
		return nil, err
	}
	fields := []string{"Sec-WebSocket-Accept", acceptFor(key)}
	subprotocol := e.chooseSubprotocol(r)
	if subprotocol != "" {
		fields = append(fields, "Sec-WebSocket-Protocol", subprotocol)
	}
	nc, err := w.Upgrade("websocket", fields...)
	if errors.Is(err, httpwire.ErrNotUpgradable) {
		return nil, httpwire.Fail(400, "a WebSocket handshake has no body")
	}
	if err != nil {
		return nil, err
	}
	return e.newConn(nc, subprotocol), nil
}

// checkHandshake checks what the client must send, and returns the value of
// Sec-WebSocket-Key. Sec-WebSocket-Extensions is not looked at: none is agreed on.
// RFC 6455, Section 4.2.1.
func (e *Endpoint) checkHandshake(r *httpwire.Request) (key string, err error) {
	switch {
	case r.Method != "GET":
		return "", httpwire.Fail(400, "a WebSocket handshake is a GET")
	case r.Minor == 0:
		return "", httpwire.Fail(400, "a WebSocket handshake needs HTTP/1.1")
	case !hasMember(r, "Upgrade", "websocket"):
		return "", upgradeRequired("this is a WebSocket: offer it with Upgrade: websocket")
	case !hasMember(r, "Connection", "upgrade"):
		return "", httpwire.Fail(400, "Upgrade without Connection: Upgrade; a proxy may have removed it")
	case !isOnly(r, "Sec-WebSocket-Version", version):
		return "", upgradeRequired("the version of WebSocket spoken here is " + version)
	}
	key = r.Header.Get("Sec-WebSocket-Key")
	if !isOnly(r, "Sec-WebSocket-Key", key) || !isKey(key) {
		return "", httpwire.Fail(400, "Sec-WebSocket-Key is not 16 octets in base64")
	}
	return key, e.checkOrigin(r)
}

// upgradeRequired returns the answer that says what would be accepted. RFC 6455,
// Section 4.4; RFC 9110, Section 15.5.22.
func upgradeRequired(detail string) *httpwire.Problem {
	p := httpwire.Fail(426, "%s", detail)
	p.Fields = []string{"Upgrade", "websocket", "Sec-WebSocket-Version", version}
	return p
}

// hasMember reports whether a list-based field has a member, which is compared
// without regard to case.
func hasMember(r *httpwire.Request, name, member string) bool {
	for m := range r.Header.List(name) {
		if syntax.EqualFold(m, member) {
			return true
		}
	}
	return false
}

// isOnly reports whether a field is there once, with a value.
func isOnly(r *httpwire.Request, name, value string) bool {
	values := r.Header.Values(name)
	return len(values) == 1 && values[0] == value
}

// isKey reports whether a key is 16 octets in base64.
func isKey(key string) bool {
	nonce, err := base64.StdEncoding.Strict().DecodeString(key)
	return err == nil && len(nonce) == 16
}

// acceptFor returns the value of Sec-WebSocket-Accept for a key: whoever can make it
// knows what a WebSocket is. RFC 6455, Section 4.2.2.
func acceptFor(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// checkOrigin refuses the pages of other hosts: a browser sends them our cookies.
// RFC 6455, Section 10.2.
func (e *Endpoint) checkOrigin(r *httpwire.Request) error {
	if !r.Header.Has("Origin") || slices.Contains(e.Origins, "*") {
		return nil
	}
	origin := r.Header.Get("Origin")
	if isOnly(r, "Origin", origin) && (isSameHost(origin, r.Host) || e.allows(origin)) {
		return nil
	}
	return httpwire.Fail(403, "pages of this origin may not connect")
}

// isSameHost reports whether an origin is a page of the host that was asked. Behind a
// proxy that speaks TLS the schemes differ, and so may a port that is the default.
func isSameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") &&
		syntax.EqualFold(withoutDefaultPort(u.Host, u.Scheme), withoutDefaultPort(host, u.Scheme))
}

func withoutDefaultPort(host, scheme string) string {
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return strings.TrimSuffix(host, port)
}

// allows reports whether an origin is one of Origins.
func (e *Endpoint) allows(origin string) bool {
	return slices.ContainsFunc(e.Origins, func(allowed string) bool { return syntax.EqualFold(allowed, origin) })
}

// chooseSubprotocol returns the first of ours that the client offers too. Their names
// are compared with regard to case. RFC 6455, Section 4.2.2.
func (e *Endpoint) chooseSubprotocol(r *httpwire.Request) string {
	for _, name := range e.Subprotocols {
		for offered := range r.Header.List("Sec-WebSocket-Protocol") {
			if offered == name {
				return name
			}
		}
	}
	return ""
}
