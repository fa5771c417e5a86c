//go:build unix

package httpwire

import (
	"fmt"
	"math"
	"testing"
)

// TestConnsWithin: each connection has room for a file, and something is left.
func TestConnsWithin(t *testing.T) {
	for _, test := range []struct {
		files uint64
		want  int
	}{
		{0, 1}, {3, 1}, {4, 1}, {16, 6}, {256, 96}, {1024, 480}, {20_064, 10_000}, {math.MaxUint64, 1<<30 - 32},
	} {
		check(t, fmt.Sprint(test.files, " files"), connsWithin(test.files), test.want)
	}
}
