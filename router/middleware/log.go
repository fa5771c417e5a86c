package middleware

import (
	"encoding/json"
	"io"
	"strconv"
	"sync"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// TextLog returns a function for Server.OnExchange that writes one line for
// each exchange:
//
//	c17 r3 "GET /x" 200 in=214 out=391 body=cl:5 keep=yes 0.42ms
//
// These are the connection and the number of the request on it; method and
// target; the status; octets on the wire, heads and framing included; how the
// end of the response body is marked (none, cl:octets, chunked, close); whether
// the connection was kept open; and the time from the end of the request head to
// the end of the response. Three more follow where they apply: upload=, how the
// end of the request body is marked; why=, the reason the connection closes; and
// err=, what the handler returned, or the refusal.
//
// What a client sent is in quotes, with everything unprintable escaped, so that
// no request can forge a line or send control characters to a terminal. A line is
// one call of Write, and these calls never overlap; a w that other logs write to
// as well has to allow for that, as an os.File does. Errors of w are ignored, so
// that a full disk does not stop the answers; but a w that blocks stops them all.
func TextLog(w io.Writer) func(httpwire.Exchange) {
	return lineLog(w, appendText)
}

// JSONLog returns a function for Server.OnExchange that writes the same facts
// as one JSON object per line, with the time and the addresses.
func JSONLog(w io.Writer) func(httpwire.Exchange) {
	return lineLog(w, appendJSON)
}

// lineLog writes what encode appends for each event. The buffer is kept, so that
// a line needs no allocation unless it is longer than all before.
func lineLog[Event any](w io.Writer, encode func([]byte, Event) []byte) func(Event) {
	var mu sync.Mutex
	var line []byte
	return func(event Event) {
		mu.Lock()
		defer mu.Unlock()
		line = append(encode(line[:0], event), '\n')
		w.Write(line)
	}
}

// appendText appends the line of an exchange, without its end.
func appendText(b []byte, e httpwire.Exchange) []byte {
	b = append(b, 'c')
	b = strconv.AppendUint(b, e.Conn.ID(), 10)
	b = append(b, " r"...)
	b = strconv.AppendInt(b, int64(e.Number), 10)
	b = append(b, ' ')
	b = appendRequest(b, e)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, " in="...)
	b = strconv.AppendInt(b, e.In, 10)
	b = append(b, " out="...)
	b = strconv.AppendInt(b, e.Out, 10)
	b = appendFraming(append(b, " body="...), e.BodyOut)
	if e.Reason == "" {
		b = append(b, " keep=yes "...)
	} else {
		b = append(b, " keep=no "...)
	}
	b = strconv.AppendFloat(b, milliseconds(e.Duration), 'f', 2, 64)
	return appendRemarks(append(b, "ms"...), e)
}

// appendRequest appends method and target in quotes, or "-" for a request that
// was refused before they were known.
func appendRequest(b []byte, e httpwire.Exchange) []byte {
	if e.Method == "" {
		return append(b, `"-"`...)
	}
	b = append(b, '"')
	b = appendEscaped(b, e.Method)
	b = append(b, ' ')
	b = appendEscaped(b, e.Target)
	return append(b, '"')
}

// appendEscaped appends text as strconv.Quote writes it between the quotes. It
// quotes in place, since joining method and target first would allocate.
func appendEscaped(b []byte, text string) []byte {
	start := len(b)
	b = strconv.AppendQuote(b, text)
	return append(b[:start], b[start+1:len(b)-1]...)
}

// appendFraming appends how the end of a body is marked.
func appendFraming(b []byte, f syntax.Framing) []byte {
	switch f.Kind {
	case syntax.NoBody:
		return append(b, "none"...)
	case syntax.ContentLength:
		return strconv.AppendInt(append(b, "cl:"...), f.Length, 10)
	case syntax.Chunked:
		return append(b, "chunked"...)
	default:
		return append(b, "close"...)
	}
}

// appendRemarks appends what not every exchange has. It is last, so that the
// columns before it are always the same.
func appendRemarks(b []byte, e httpwire.Exchange) []byte {
	if e.BodyIn.Kind != syntax.NoBody {
		b = appendFraming(append(b, " upload="...), e.BodyIn)
	}
	if e.Reason != "" {
		b = strconv.AppendQuote(append(b, " why="...), string(e.Reason))
	}
	if e.Err != nil {
		b = strconv.AppendQuote(append(b, " err="...), e.Err.Error())
	}
	return b
}

// milliseconds returns a duration with its fraction.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// exchangeJSON gives the members of a JSON line their names and their order. All
// but the last two are in every line.
type exchangeJSON struct {
	Time      time.Time `json:"time"`
	Conn      uint64    `json:"conn"`
	Request   int       `json:"request"`
	Remote    string    `json:"remote"`
	Method    string    `json:"method"`
	Target    string    `json:"target"`
	Host      string    `json:"host"`
	Version   string    `json:"version"`
	Status    int       `json:"status"`
	In        int64     `json:"in"`
	Out       int64     `json:"out"`
	Upload    string    `json:"upload"`
	Body      string    `json:"body"`
	Keep      bool      `json:"keep"`
	ElapsedMS float64   `json:"ms"`
	Why       string    `json:"why,omitempty"`
	Error     string    `json:"err,omitempty"`
}

// appendJSON appends the object of an exchange.
func appendJSON(b []byte, e httpwire.Exchange) []byte {
	object := exchangeJSON{
		Time: time.Now().UTC(), Conn: e.Conn.ID(), Request: e.Number,
		Method: e.Method, Target: e.Target, Host: e.Host,
		Version: "HTTP/1." + strconv.Itoa(e.Minor),
		Status:  e.Status, In: e.In, Out: e.Out,
		Upload: string(appendFraming(nil, e.BodyIn)),
		Body:   string(appendFraming(nil, e.BodyOut)),
		Keep:   e.Reason == "", Why: string(e.Reason),
		ElapsedMS: milliseconds(e.Duration),
	}
	if address := e.Conn.RemoteAddr(); address != nil {
		object.Remote = address.String()
	}
	if e.Err != nil {
		object.Error = e.Err.Error()
	}
	text, err := json.Marshal(object)
	if err != nil {
		return append(b, "{}"...) // strings and numbers always encode
	}
	return escapeControls(b, text)
}

// escapeControls appends JSON text with DEL and the C1 controls escaped. JSON
// allows them as they are, but a terminal obeys them. They can only be inside
// strings; in UTF-8 the C1 controls are C2 80 to C2 9F.
func escapeControls(b, text []byte) []byte {
	const hex = "0123456789abcdef"
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0 {
			i++
			c = text[i]
		} else if c != 0x7f {
			b = append(b, c)
			continue
		}
		b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	return b
}
