package middleware

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"rawserve/httpwire"
)

// TextCloseLog returns a function for Server.OnClose that writes one line for
// each connection that has ended:
//
//	c17 closed requests=3 in=642 out=1173 12.30s why="idle timeout"
//
// There is always a reason. The octets are those of the whole connection. The
// lines are written to w as those of TextLog are.
func TextCloseLog(w io.Writer) func(*httpwire.Conn, httpwire.CloseInfo) {
	return closeLog(w, appendClosed)
}

// JSONCloseLog returns a function for Server.OnClose that writes the same facts
// as one JSON object per line, with the time and the address. Unlike the lines of
// JSONLog, it has no member "request", by which a reader can tell them apart.
func JSONCloseLog(w io.Writer) func(*httpwire.Conn, httpwire.CloseInfo) {
	return closeLog(w, appendClosedJSON)
}

// closed is the end of a connection.
type closed struct {
	conn *httpwire.Conn
	httpwire.CloseInfo
}

func closeLog(w io.Writer, encode func([]byte, closed) []byte) func(*httpwire.Conn, httpwire.CloseInfo) {
	write := lineLog(w, encode)
	return func(c *httpwire.Conn, info httpwire.CloseInfo) { write(closed{c, info}) }
}

// appendClosed appends the line of a connection, without its end.
func appendClosed(b []byte, c closed) []byte {
	b = append(b, 'c')
	b = strconv.AppendUint(b, c.conn.ID(), 10)
	b = append(b, " closed requests="...)
	b = strconv.AppendInt(b, int64(c.Requests), 10)
	b = append(b, " in="...)
	b = strconv.AppendInt(b, c.In, 10)
	b = append(b, " out="...)
	b = strconv.AppendInt(b, c.Out, 10)
	b = append(b, ' ')
	b = strconv.AppendFloat(b, c.Duration.Seconds(), 'f', 2, 64)
	return strconv.AppendQuote(append(b, "s why="...), string(c.Reason))
}

// appendClosedJSON appends the object of a connection.
func appendClosedJSON(b []byte, c closed) []byte {
	object := struct {
		Time     time.Time `json:"time"`
		Conn     uint64    `json:"conn"`
		Remote   string    `json:"remote"`
		Requests int       `json:"requests"`
		In       int64     `json:"in"`
		Out      int64     `json:"out"`
		Seconds  float64   `json:"s"`
		Why      string    `json:"why"`
	}{time.Now().UTC(), c.conn.ID(), "", c.Requests, c.In, c.Out, c.Duration.Seconds(), string(c.Reason)}
	if address := c.conn.RemoteAddr(); address != nil {
		object.Remote = address.String()
	}
	text, err := json.Marshal(object)
	if err != nil {
		return append(b, "{}"...) // strings and numbers always encode
	}
	return append(b, text...)
}
