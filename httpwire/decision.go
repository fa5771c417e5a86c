package httpwire

// notable is a field that the connection itself obeys.
type notable int

const (
	host notable = iota
	expect
	upgrade
	connection
	contentLength
	transferEncoding
	count = iota
)

// note remembers a field just stored if the connection obeys it. The length of
// the name decides which one it can be.
func (h *Head) note(name []byte) {
	var kind notable
	var want string
	switch len(name) {
	case len("host"):
		kind, want = host, "host"
	case len("expect"):
		kind, want = expect, "expect"
	case len("upgrade"):
		kind, want = upgrade, "upgrade"
	case len("connection"):
		kind, want = connection, "connection"
	case len("content-length"):
		kind, want = contentLength, "content-length"
	case len("transfer-encoding"):
		kind, want = transferEncoding, "transfer-encoding"
	default:
		return
	}
	if !equalFold(name, want) {
		return
	}
	h.repeated[kind] = len(h.Fields)
	if h.notable[kind] == 0 {
		h.notable[kind] = len(h.Fields)
	}
}

// decide draws the conclusions from a whole head whose empty line begins at
// offset end. A server acts on nothing before it has seen the entire header
// section (RFC 9110, Section 5.3).
func (h *Head) decide(message []byte, end int, secure bool) (err *Error) {
	if err = h.checkHost(message, end); err != nil {
		return err
	}
	if scheme := h.Scheme.Of(message); len(scheme) > 0 && !serves(scheme, secure) {
		return broken(WrongScheme, int(h.Scheme.Start))
	}
	if h.Framing, err = h.framing(message); err != nil {
		return err
	}
	h.Persistent = h.persistence(message)
	return h.expectation(message)
}

// checkHost enforces exactly one valid Host; HTTP/1.0 may go without.
//
//	Host = uri-host [ ":" port ]
//
// An empty value is valid: it says that the target has no authority. A port
// without a host is not (RFC 9110, Section 4.2.1). RFC 9112, Section 3.2.
func (h *Head) checkHost(message []byte, end int) *Error {
	first := h.notable[host]
	switch {
	case first == 0 && h.Minor > 0:
		return broken(NoHost, end)
	case first == 0:
		return nil
	case h.repeated[host] != first:
		second := h.occurrence(message, h.Fields[first-1], 2)
		return broken(SecondHost, int(second.Name))
	}
	field := h.Fields[first-1]
	h.Host = Span{field.Value, field.End}
	value := h.Host.Of(message)
	switch _, bad := hostPort(value); {
	case len(value) > 0 && value[0] == ':':
		return broken(BadHost, int(field.Value))
	case bad != len(value):
		return broken(BadHost, int(field.Value)+min(bad, len(value)))
	}
	return nil
}

// serves reports whether targets of the scheme are served on a connection.
// "http" is also accepted inside TLS, where nothing can be taken from it.
// RFC 9110, Section 7.4.
func serves(scheme []byte, secure bool) bool {
	return equalFold(scheme, "http") || secure && equalFold(scheme, "https")
}

// persistence decides whether the client wants the connection kept open, and
// whether it offers to upgrade it. RFC 9112, Section 9.3, in its order.
func (h *Head) persistence(message []byte) bool {
	options := h.connectionOptions(message)
	h.Upgrade = options.upgrade && h.notable[upgrade] > 0 && h.Minor > 0
	switch {
	case options.close:
		return false
	case h.Minor > 0:
		return true
	}
	return options.keepAlive
}

// connectionOptions are the members of Connection that mean something here.
type connectionOptions struct{ close, keepAlive, upgrade bool }

// connectionOptions parses Connection, over all its field lines.
//
//	Connection        = #connection-option
//	connection-option = token
//
// RFC 9110, Section 7.6.1.
func (h *Head) connectionOptions(message []byte) (options connectionOptions) {
	if h.notable[connection] == 0 {
		return options
	}
	for _, field := range h.Fields[h.notable[connection]-1 : h.repeated[connection]] {
		if !equalFold(message[field.Name:field.Colon], "connection") {
			continue
		}
		for start, end := range members(message, field) {
			option := message[start:end]
			options.close = options.close || equalFold(option, "close")
			options.keepAlive = options.keepAlive || equalFold(option, "keep-alive")
			options.upgrade = options.upgrade || equalFold(option, "upgrade")
		}
	}
	return options
}

// expectation decides whether the client waits for 100 (Continue). HTTP/1.0
// knows no expectations; an empty one expects nothing.
//
//	Expect      = #expectation
//	expectation = token [ "=" ( token / quoted-string ) parameters ]
//
// RFC 9110, Section 10.1.1.
func (h *Head) expectation(message []byte) *Error {
	if h.notable[expect] == 0 || h.Minor == 0 {
		return nil
	}
	for _, field := range h.Fields {
		if !equalFold(message[field.Name:field.Colon], "expect") {
			continue
		}
		for start, end := range members(message, field) {
			switch {
			case start == end:
			case equalFold(message[start:end], "100-continue"):
				h.Continue = h.Framing.Kind == Chunked || h.Framing.Length > 0
			default:
				return broken(UnknownExpectation, start)
			}
		}
	}
	return nil
}

// occurrence returns the n-th field line with the same name as field.
func (h *Head) occurrence(message []byte, field FieldSpan, n int) FieldSpan {
	name := message[field.Name:field.Colon]
	for _, f := range h.Fields {
		if equalFold(message[f.Name:f.Colon], name) {
			if n--; n == 0 {
				return f
			}
		}
	}
	return FieldSpan{}
}
