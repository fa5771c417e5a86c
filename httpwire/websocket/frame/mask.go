package frame

import (
	"encoding/binary"
	"math/bits"
)

// Mask masks the octets of a payload, or unmasks them, which is the same: octet i is
// combined with octet i mod 4 of the key. p begins at octet start of the payload, so
// that it can be masked in pieces. RFC 6455, Section 5.3.
func Mask(p []byte, key [4]byte, start int64) {
	word := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(start&3))
	eight := uint64(word)<<32 | uint64(word)
	for len(p) >= 32 {
		q := p[:32:32]
		binary.LittleEndian.PutUint64(q[0:], binary.LittleEndian.Uint64(q[0:])^eight)
		binary.LittleEndian.PutUint64(q[8:], binary.LittleEndian.Uint64(q[8:])^eight)
		binary.LittleEndian.PutUint64(q[16:], binary.LittleEndian.Uint64(q[16:])^eight)
		binary.LittleEndian.PutUint64(q[24:], binary.LittleEndian.Uint64(q[24:])^eight)
		p = p[32:]
	}
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^eight)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= byte(eight >> (8 * i))
	}
}
