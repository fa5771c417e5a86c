package frame

import "strconv"

// Opcode says what the payload of a frame is. RFC 6455, Section 5.2.
type Opcode uint8

// The opcodes that mean something. The others are reserved.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// IsControl reports whether frames with this opcode are control frames.
// RFC 6455, Section 5.5.
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// isKnown reports whether the opcode means something.
func (o Opcode) isKnown() bool { return o <= Binary || o >= Close && o <= Pong }

// String returns the opcode as a word, such as "ping", or as "opcode 0x3".
func (o Opcode) String() string {
	switch o {
	case Continuation:
		return "continuation"
	case Text:
		return "text"
	case Binary:
		return "binary"
	case Close:
		return "close"
	case Ping:
		return "ping"
	case Pong:
		return "pong"
	}
	return "opcode 0x" + strconv.FormatUint(uint64(o), 16)
}
