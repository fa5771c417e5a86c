package frame

import "encoding/binary"

// MaxHeader is the length of the longest header: two octets, eight of extended
// payload length, four of the masking key.
const MaxHeader = 14

// MaxControl is how many octets the payload of a control frame may have.
// RFC 6455, Section 5.5.
const MaxControl = 125

// Values of the seven bits of payload length that say that more octets follow.
const (
	length16 = 126
	length64 = 127
)

// Header is what stands before the payload of a frame. RFC 6455, Section 5.2.
type Header struct {
	Fin    bool // the frame is the last one of its message
	Opcode Opcode
	Masked bool
	Key    [4]byte // the masking key, if Masked
	Length int64   // of the payload, in octets
}

// Sender says who has sent a frame: clients mask their frames, servers do not.
// RFC 6455, Section 5.1.
type Sender uint8

// Who sends frames.
const (
	Client Sender = iota
	Server
)

// ParseHeader parses the header at the beginning of window, which may go on after
// it, and returns the number of its octets: 0, without an error, if more octets are
// needed. The offset of an error counts from the beginning of window.
//
//	ws-frame = frame-fin frame-rsv1 frame-rsv2 frame-rsv3 frame-opcode
//	           frame-masked frame-payload-length [ frame-masking-key ]
//	           frame-payload-data
//
// RFC 6455, Section 5.2.
func ParseHeader(window []byte, from Sender) (h Header, n int, err *Error) {
	n, err = h.parse(window, from)
	if n == 0 || err != nil {
		return h, 0, err
	}
	return h, h.parseKey(window, n), nil
}

// parse parses all but the masking key, and returns where that begins.
func (h *Header) parse(window []byte, from Sender) (n int, err *Error) {
	if len(window) < 1 {
		return 0, nil
	}
	if err := h.parseFirst(window[0]); err != nil || len(window) < 2 {
		return 0, err
	}
	if err := h.parseMasked(window[1], from); err != nil {
		return 0, err
	}
	return h.parseLength(window)
}

// parseKey parses the masking key, if there is one, and returns where it ends.
func (h *Header) parseKey(window []byte, at int) (n int) {
	switch {
	case !h.Masked:
		return at
	case len(window) < at+len(h.Key):
		return 0
	}
	return at + copy(h.Key[:], window[at:])
}

// parseFirst parses the first octet: FIN, the reserved bits, the opcode.
func (h *Header) parseFirst(octet byte) *Error {
	h.Fin, h.Opcode = octet&0x80 != 0, Opcode(octet&0x0f)
	switch {
	case octet&0x70 != 0:
		return ReservedBits.At(0)
	case !h.Opcode.isKnown():
		return ReservedOpcode.At(0)
	case h.Opcode.IsControl() && !h.Fin:
		return FragmentedControl.At(0)
	}
	return nil
}

// parseMasked parses the first bit of the second octet.
func (h *Header) parseMasked(octet byte, from Sender) *Error {
	h.Masked = octet&0x80 != 0
	switch {
	case from == Client && !h.Masked:
		return Unmasked.At(1)
	case from == Server && h.Masked:
		return MaskedByServer.At(1)
	}
	return nil
}

// parseLength parses the payload length, which begins in the second octet, and
// returns where it ends, or 0 if more octets are needed.
//
//	frame-payload-length = ( %x00-7D ) / ( %x7E frame-payload-length-16 )
//	                     / ( %x7F frame-payload-length-63 )
//
// The minimal number of octets must be used.
func (h *Header) parseLength(window []byte) (end int, err *Error) {
	short := window[1] & 0x7f
	switch {
	case h.Opcode.IsControl() && short > MaxControl:
		return 0, LongControl.At(1)
	case h.Opcode == Close && short == 1:
		return 0, CloseOfOneOctet.At(1)
	}
	switch short {
	default:
		h.Length = int64(short)
		return 2, nil
	case length16:
		return h.parseLength16(window)
	case length64:
		return h.parseLength64(window)
	}
}

func (h *Header) parseLength16(window []byte) (end int, err *Error) {
	if len(window) < 4 {
		return 0, nil
	}
	h.Length = int64(binary.BigEndian.Uint16(window[2:]))
	if h.Length < length16 {
		return 0, NotMinimal.At(3)
	}
	return 4, nil
}

// parseLength64 finds an error in the octet that makes it certain: the first one, or
// the last of six that are all 0.
func (h *Header) parseLength64(window []byte) (end int, err *Error) {
	if len(window) > 2 && window[2]&0x80 != 0 {
		return 0, LengthTooLarge.At(2)
	}
	if len(window) >= 8 && [6]byte(window[2:8]) == ([6]byte{}) {
		return 0, NotMinimal.At(7)
	}
	if len(window) < 10 {
		return 0, nil
	}
	h.Length = int64(binary.BigEndian.Uint64(window[2:]))
	return 10, nil
}
