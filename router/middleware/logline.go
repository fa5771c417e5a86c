package middleware

import (
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// loggedAtMost is how many octets of a target, a host or an error stand in a line of
// a log, and of a method, which the server bounds by itself. Of a longer one the
// beginning is logged, and cut after it.
const (
	loggedAtMost = 1024
	cut          = "..."
)

// clip bounds what is logged of a text.
func clip(text string) (kept, mark string) {
	if len(text) <= loggedAtMost {
		return text, ""
	}
	n := loggedAtMost
	for n > loggedAtMost-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n], cut
}

// lineLog writes what encode appends for each event. The buffer is kept, so that
// a line needs no allocation unless it is longer than all before.
func lineLog[Event any](w io.Writer, encode func([]byte, time.Time, Event) []byte) func(Event) {
	var mu sync.Mutex
	var line []byte
	return func(event Event) {
		mu.Lock()
		defer mu.Unlock()
		line = append(encode(line[:0], time.Now(), event), '\n')
		w.Write(line)
	}
}

// appendTime appends a time in UTC, in a form of RFC 3339 that has the same length
// always.
func appendTime(b []byte, now time.Time) []byte {
	return now.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// appendRemote appends the address of a client: of IPv4 or IPv6 with its port, else
// the name of the network, such as unix. A client can choose the name of its socket,
// so that is not logged.
func appendRemote(b []byte, address net.Addr) []byte {
	switch address := address.(type) {
	case nil:
		return append(b, '-')
	case *net.TCPAddr:
		at := address.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()).AppendTo(b)
	default:
		return append(b, address.Network()...)
	}
}

// appendPrefix appends what begins each line of text: when, who, and on which
// connection.
func appendPrefix(b []byte, now time.Time, remote net.Addr, conn uint64) []byte {
	b = append(appendTime(b, now), ' ')
	b = append(appendRemote(b, remote), " c"...)
	return strconv.AppendUint(b, conn, 10)
}

// appendQuoted appends a text as strconv.QuoteToASCII writes it, clipped.
func appendQuoted(b []byte, text string) []byte {
	return append(appendEscaped(append(b, '"'), text), '"')
}

// appendEscaped appends a text as it stands between the quotes. It quotes in place,
// since joining method and target first would allocate.
func appendEscaped(b []byte, text string) []byte {
	text, mark := clip(text)
	start := len(b)
	b = strconv.AppendQuoteToASCII(b, text)
	return append(append(b[:start], b[start+1:len(b)-1]...), mark...)
}

// appendMilliseconds appends a duration with its fraction.
func appendMilliseconds(b []byte, d time.Duration) []byte {
	return append(strconv.AppendFloat(b, milliseconds(d), 'f', 2, 64), "ms"...)
}

// milliseconds returns a duration with its fraction.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
