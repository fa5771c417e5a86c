package httpwire

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestDate: the line is that of the present second, also after a pause, and on
// refusals.
func TestDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where the clock begins at midnight
		c := dial(t, &Server{Handler: nothing})
		for _, test := range []struct {
			pause time.Duration
			want  string
		}{
			{0, "Date: Sat, 01 Jan 2000 00:00:00 GMT"},
			{999 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:00 GMT"},
			{2 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:01 GMT"},
			{999 * time.Millisecond, "Date: Sat, 01 Jan 2000 00:00:02 GMT"},
			{70 * time.Second, "Date: Sat, 01 Jan 2000 00:01:12 GMT"},
		} {
			time.Sleep(test.pause)
			synctest.Wait()
			c.send(get("/"))
			c.expect("200 length 0", test.want)
		}
		time.Sleep(time.Minute)
		c.send("BAD\r\n")
		c.expect("400 *", "Date: Sat, 01 Jan 2000 00:02:12 GMT")
	})
}
