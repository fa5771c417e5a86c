package syntax

// expectation decides whether the client waits for 100 (Continue). HTTP/1.0
// knows no expectations; an empty one expects nothing, and there is nothing to
// wait with where there is no body.
//
//	Expect      = #expectation
//	expectation = token [ "=" ( token / quoted-string ) parameters ]
//
// RFC 9110, Section 10.1.1.
func (h *Head) expectation(s *section, message []byte) *Error {
	if h.Minor == 0 {
		return nil
	}
	for line := range s.all(fieldExpect, message) {
		for start, end := range members(message, line) {
			switch {
			case start == end:
			case EqualFold(message[start:end], "100-continue"):
				h.Continue = h.Framing.Kind == Chunked || h.Framing.Length > 0
			default:
				return UnknownExpectation.At(start)
			}
		}
	}
	return nil
}
