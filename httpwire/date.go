package httpwire

import (
	"sync/atomic"
	"time"
)

// imfFixdate is the layout of the preferred format of dates in HTTP.
//
//	IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
//
// RFC 9110, Section 5.6.7.
const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// dateLine is a Date field line and the second for which it is right.
type dateLine struct {
	second int64
	line   []byte
}

// lastDate is the line most recently made; making one per response would cost
// more than parsing the request.
var lastDate atomic.Pointer[dateLine]

// appendDate appends a Date field line. RFC 9110, Section 6.6.1.
func appendDate(b []byte, now time.Time) []byte {
	last := lastDate.Load()
	if second := now.Unix(); last == nil || last.second != second {
		last = &dateLine{second, now.UTC().AppendFormat([]byte("Date: "), imfFixdate+"\r\n")}
		lastDate.Store(last)
	}
	return append(b, last.line...)
}
