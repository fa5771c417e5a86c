package frame

import "encoding/binary"

// AppendHeader appends a header to b. The payload of a masked frame has to be masked
// with its key. RFC 6455, Section 5.2.
func AppendHeader(b []byte, h Header) []byte {
	first := byte(h.Opcode)
	if h.Fin {
		first |= 0x80
	}
	var masked byte
	if h.Masked {
		masked = 0x80
	}
	switch {
	case h.Length < length16:
		b = append(b, first, masked|byte(h.Length))
	case h.Length <= 0xffff:
		b = append(b, first, masked|length16)
		b = binary.BigEndian.AppendUint16(b, uint16(h.Length))
	default:
		b = append(b, first, masked|length64)
		b = binary.BigEndian.AppendUint64(b, uint64(h.Length))
	}
	if h.Masked {
		b = append(b, h.Key[:]...)
	}
	return b
}

// AppendClose appends the payload of a close frame: a code that may be sent, and as
// much of the reason as there is room for. Without such a code there is no payload.
// RFC 6455, Section 5.5.1.
func AppendClose(b []byte, code Code, reason string) []byte {
	if !code.MayBeSent() {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, uint16(code))
	return append(b, CutReason(reason)...)
}
