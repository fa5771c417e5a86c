package middleware

import (
	"io"
	"strconv"
	"time"

	"rawserve/httpwire"
)

// TextCloseLog returns a function for Server.OnClose that writes one line for
// each connection that has ended:
//
//	2026-11-21T08:00:12.345Z 192.0.2.7:51234 c17 closed requests=3 in=642 out=1173 12300.00ms why="idle timeout"
//
// There is always a reason. The octets are those of the whole connection, and the time
// is how long it was open. The lines are written to w as those of TextLog are.
func TextCloseLog(w io.Writer) func(*httpwire.Conn, httpwire.CloseInfo) {
	return closeLog(w, appendClosed)
}

// JSONCloseLog returns a function for Server.OnClose that writes the same facts
// as one JSON object per line, with the members of JSONLog:
//
//	{"time":"2026-11-21T08:00:12.345Z","event":"close","remote":"192.0.2.7:51234","conn":17,
//	"requests":3,"in":642,"out":1173,"ms":12300.00,"why":"idle timeout"}
func JSONCloseLog(w io.Writer) func(*httpwire.Conn, httpwire.CloseInfo) {
	return closeLog(w, appendClosedJSON)
}

// WithoutProbes returns a function for Server.OnClose that calls log, unless the client
// has closed the connection and never sent a request, nor any part of one. So do
// load balancers that only try whether the port is open, every few seconds.
func WithoutProbes(log func(*httpwire.Conn, httpwire.CloseInfo)) func(*httpwire.Conn, httpwire.CloseInfo) {
	return func(c *httpwire.Conn, info httpwire.CloseInfo) {
		hungUp := info.Reason == httpwire.ReasonClientClosed || info.Reason == httpwire.ReasonClientReset
		if !hungUp || info.Requests > 0 {
			log(c, info)
		}
	}
}

// closed is the end of a connection.
type closed struct {
	conn *httpwire.Conn
	httpwire.CloseInfo
}

func closeLog(w io.Writer, encode func([]byte, time.Time, closed) []byte) func(*httpwire.Conn, httpwire.CloseInfo) {
	write := lineLog(w, encode)
	return func(c *httpwire.Conn, info httpwire.CloseInfo) { write(closed{c, info}) }
}

// appendClosed appends the line of a connection, without its end.
func appendClosed(b []byte, now time.Time, c closed) []byte {
	b = append(appendPrefix(b, now, c.conn.RemoteAddr(), c.conn.ID()), " closed requests="...)
	b = strconv.AppendInt(b, int64(c.Requests), 10)
	b = append(b, " in="...)
	b = strconv.AppendInt(b, c.In, 10)
	b = append(b, " out="...)
	b = strconv.AppendInt(b, c.Out, 10)
	b = appendMilliseconds(append(b, ' '), c.Duration)
	return appendQuoted(append(b, " why="...), string(c.Reason))
}

// appendClosedJSON appends the object of a connection.
func appendClosedJSON(b []byte, now time.Time, c closed) []byte {
	return appendObject(b, struct {
		eventJSON
		Requests  int     `json:"requests"`
		In        int64   `json:"in"`
		Out       int64   `json:"out"`
		ElapsedMS float64 `json:"ms"`
		Why       string  `json:"why"`
	}{newEvent(now, "close", c.conn.RemoteAddr(), c.conn.ID()), c.Requests, c.In, c.Out, milliseconds(c.Duration), string(c.Reason)})
}
