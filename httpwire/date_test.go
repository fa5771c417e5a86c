package httpwire

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestDate: the line is that of the present second, also behind a pause, and is
// made once in it.
func TestDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where the clock begins at midnight
		var d dateLine
		for _, test := range []struct {
			pause time.Duration
			want  string
		}{
			{0, "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"},
			{999 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"},
			{2 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:01 GMT\r\n"},
			{999 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:02 GMT\r\n"},
			{48 * time.Hour, "Date: Mon, 03 Jan 2000 00:00:02 GMT\r\n"},
		} {
			time.Sleep(test.pause)
			synctest.Wait()
			if got := string(d.append(nil)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		}
		if n := testing.AllocsPerRun(100, func() { d.append(make([]byte, 0, 64)) }); n != 0 {
			t.Errorf("%v allocations within a second", n)
		}
	})
}
