package syntax

// persistence decides whether the client wants the connection kept open, and
// whether it offers to upgrade it.
func (h *Head) persistence(s *section, message []byte) {
	options := s.connectionOptions(message)
	h.Upgrade = options.upgrade && s.has(fieldUpgrade) && h.Minor > 0
	h.Persistent = options.persistent(h.Minor)
}

// connectionOptions are the members of Connection that mean something here.
type connectionOptions struct{ close, keepAlive, upgrade bool }

// persistent reports whether the sender of an HTTP/1.minor message with the
// options keeps the connection open. RFC 9112, Section 9.3, in its order.
func (o connectionOptions) persistent(minor int) bool {
	switch {
	case o.close:
		return false
	case minor > 0:
		return true
	}
	return o.keepAlive
}

// connectionOptions parses Connection, over all its field lines.
//
//	Connection        = #connection-option
//	connection-option = token
//
// RFC 9110, Section 7.6.1.
func (s *section) connectionOptions(message []byte) (options connectionOptions) {
	for line := range s.all(fieldConnection, message) {
		for start, end := range members(message, line) {
			option := message[start:end]
			options.close = options.close || EqualFold(option, "close")
			options.keepAlive = options.keepAlive || EqualFold(option, "keep-alive")
			options.upgrade = options.upgrade || EqualFold(option, "upgrade")
		}
	}
	return options
}
