package middleware

import (
	"encoding/json"
	"io"
	"net"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"rawserve/httpwire"
)

// JSONLog returns a function for Server.OnExchange that writes the facts of TextLog
// as one JSON object per line, and the Host and version of the request. The names of
// its members do not change:
//
//	{"time":"2026-11-21T08:00:00.123Z","event":"exchange","remote":"192.0.2.7:51234","conn":17,"request":3,
//	"method":"GET","target":"/x","host":"localhost:3000","version":"HTTP/1.1","status":200,"in":214,"out":391,
//	"upload":"none","body":"cl:5","keep":true,"ms":0.42,"id":"2RVJIEGV4RWJ4FKX6F2RQCRJVN"}
//
// The members id, why and err are there only where they apply; the others always are,
// empty where a request was refused before they were known. The line is printable
// ASCII: what is not, is escaped.
func JSONLog(w io.Writer) func(httpwire.Exchange) {
	return lineLog(w, appendJSON)
}

// eventJSON gives the members with which each line begins their names and their order.
type eventJSON struct {
	Time   string `json:"time"`
	Event  string `json:"event"` // exchange or close
	Remote string `json:"remote"`
	Conn   uint64 `json:"conn"`
}

func newEvent(now time.Time, event string, remote net.Addr, conn uint64) eventJSON {
	return eventJSON{string(appendTime(nil, now)), event, string(appendRemote(nil, remote)), conn}
}

// exchangeJSON is the line of an exchange.
type exchangeJSON struct {
	eventJSON
	Request   int     `json:"request"`
	Method    string  `json:"method"`
	Target    string  `json:"target"`
	Host      string  `json:"host"`
	Version   string  `json:"version"`
	Status    int     `json:"status"`
	In        int64   `json:"in"`
	Out       int64   `json:"out"`
	Upload    string  `json:"upload"`
	Body      string  `json:"body"`
	Keep      bool    `json:"keep"`
	ElapsedMS float64 `json:"ms"`
	ID        string  `json:"id,omitempty"`
	Why       string  `json:"why,omitempty"`
	Error     string  `json:"err,omitempty"`
}

// appendJSON appends the object of an exchange.
func appendJSON(b []byte, now time.Time, e httpwire.Exchange) []byte {
	line := exchangeJSON{
		eventJSON: newEvent(now, "exchange", e.Conn.RemoteAddr(), e.Conn.ID()),
		Request:   e.Number,
		Method:    e.Method,
		Target:    clipped(e.Target),
		Host:      clipped(e.Host),
		Status:    e.Status,
		In:        e.In,
		Out:       e.Out,
		Upload:    string(appendFraming(nil, e.BodyIn)),
		Body:      string(appendFraming(nil, e.BodyOut)),
		Keep:      e.Reason == "",
		ElapsedMS: milliseconds(e.Duration),
		ID:        loggedID(e),
		Why:       string(e.Reason),
	}
	if e.Minor >= 0 {
		line.Version = "HTTP/1." + strconv.Itoa(e.Minor)
	}
	if e.Err != nil {
		line.Error = clipped(e.Err.Error())
	}
	return appendObject(b, line)
}

// clipped returns what is logged of a text.
func clipped(text string) string {
	text, mark := clip(text)
	return text + mark
}

// appendObject appends a value as JSON in printable ASCII. JSON allows DEL, the C1
// controls and marks that turn the direction of text as they are, but a terminal obeys
// them. What is not ASCII can only be inside strings.
func appendObject(b []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return append(b, "{}"...) // strings and numbers always encode
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch first, second := utf16.EncodeRune(r); {
		case r < 0x7f:
			b = append(b, byte(r))
		case first == utf8.RuneError: // one unit is enough
			b = appendUnit(b, r)
		default:
			b = appendUnit(appendUnit(b, first), second)
		}
		text = text[size:]
	}
	return b
}

// appendUnit appends the escape of a code unit of UTF-16.
func appendUnit(b []byte, unit rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[unit>>12&15], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
}
