package frame

import (
	"bytes"
	"strconv"
	"testing"
)

func TestMask(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	hello := []byte("Hello")
	Mask(hello, key, 0)
	if want := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}; !bytes.Equal(hello, want) { // RFC 6455, Section 5.7
		t.Errorf("got %x, want %x", hello, want)
	}
	for length := range 100 {
		for start := range int64(9) {
			want, got := make([]byte, length), make([]byte, length)
			for i := range want {
				want[i] = byte(i) ^ key[(start+int64(i))%4]
				got[i] = byte(i)
			}
			Mask(got, key, start)
			if !bytes.Equal(got, want) {
				t.Fatalf("%d octets from %d on: got %x, want %x", length, start, got, want)
			}
		}
	}
}

func BenchmarkMask(b *testing.B) {
	for _, size := range []int{16, 1 << 10, 64 << 10} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			p := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				Mask(p, [4]byte{1, 2, 3, 4}, 0)
			}
		})
	}
}
