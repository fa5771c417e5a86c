package httpwire

import (
	"sync/atomic"
	"time"

	"rawserve/httpwire/syntax"
)

// imfFixdate is the layout of the preferred format of dates in HTTP.
//
//	IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
//
// RFC 9110, Section 5.6.7.
const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// dateLine is the Date field line of the present second. It is made when it is
// first wanted, and thrown away by a timer when the second is over: so a busy
// server does not look at the clock for each response, and an idle one sleeps.
type dateLine struct{ line atomic.Pointer[[]byte] }

// append appends the Date field line. Every final response gets it when
// answer.appendHead puts its head together, those to refused requests too. RFC 9110, Section 6.6.1.
func (d *dateLine) append(b []byte) []byte {
	line := d.line.Load()
	if line == nil {
		line = d.make()
	}
	return append(b, *line...)
}

func (d *dateLine) make() *[]byte {
	now := time.Now()
	line := syntax.AppendField(nil, "Date", now.UTC().Format(imfFixdate))
	if d.line.CompareAndSwap(nil, &line) { // of several goroutines one starts the timer
		time.AfterFunc(time.Second-time.Duration(now.Nanosecond()), func() { d.line.Store(nil) })
	}
	return &line
}
