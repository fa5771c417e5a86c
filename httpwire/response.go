package httpwire

import (
	"errors"
	"time"

	"rawserve/httpwire/syntax"
)

// Errors of responses.
var (
	ErrBodyNotAllowed = errors.New("httpwire: a response with this status code has no body")
	ErrBodyTooLong    = errors.New("httpwire: more octets written than Content-Length declares")
	ErrBodyTooShort   = errors.New("httpwire: fewer octets written than Content-Length declares")
)

// responseState is how far a response has come. Only commit, end and hand-over
// change it.
type responseState int

const (
	headOpen      responseState = iota // nothing is decided, nothing has left
	headSent                           // the head is on its way, the framing is fixed
	responseEnded                      // every octet is on its way
	handedOver                         // upgraded or hijacked
)

// Response is the answer to a request, being made. The server frames it: a body
// that fits the buffer gets a Content-Length, a longer one is sent chunked, or
// ended by the close for HTTP/1.0. It lives as long as the exchange; afterwards
// its methods fail with ErrDone.
type Response struct {
	response *response // nil when the exchange is over
	use      inUse
}

// response is what a Response leads to while the exchange lasts.
type response struct {
	exchange *exchange
	header   fieldLines
	trailer  *ResponseHeader // nil until asked for
	state    responseState
	status   int
	reason   string
	framing  syntax.Framing
	bodiless bool  // the body is counted, but not sent
	tooLong  bool  // the handler tried to write more than it declared
	written  int64 // content octets taken from the handler
	closing  CloseReason
	handedTo *handedOverConn
	upgraded int // status code with which the connection was handed over, 0 if none was sent
	hooks    []func(*Response)
}

// begin makes the response ready.
func (w *response) begin(x *exchange) {
	w.exchange = x
	w.status = 200
	w.header = fieldLines{exchange: x, lines: w.header.lines[:0], length: -1}
}

// Header returns the fields that will be sent with the head.
func (handle *Response) Header() *ResponseHeader {
	w := handle.response
	if w == nil {
		return new(ResponseHeader)
	}
	return &w.exchange.handles.header
}

// Trailer returns the fields that are sent behind the body, if that is chunked;
// otherwise they are dropped. Those set before the head is sent are announced in
// the Trailer field. RFC 9110, Section 6.5.
func (handle *Response) Trailer() *ResponseHeader {
	w := handle.response
	if w == nil {
		return new(ResponseHeader)
	}
	if w.trailer == nil {
		w.trailer = &ResponseHeader{&fieldLines{exchange: w.exchange, length: -1, trailer: true}}
	}
	return w.trailer
}

// dropTrailer takes back the trailer fields.
func (w *response) dropTrailer() {
	if w.trailer != nil {
		w.trailer.fields = nil
		w.trailer = nil
	}
}

// HeadSent reports whether the status code and the fields are fixed.
func (handle *Response) HeadSent() bool {
	w := handle.response
	return w == nil || w.state != headOpen
}

// Status returns the status code, 200 unless it has been set.
func (handle *Response) Status() int {
	w := handle.response
	if w == nil {
		return 0
	}
	return w.status
}

// BytesWritten returns how many content octets the handler has written.
func (handle *Response) BytesWritten() int64 {
	w := handle.response
	if w == nil {
		return 0
	}
	return w.written
}

// SetWriteTimeout sets how long a write of this response may wait without
// progress, in place of Server.WriteTimeout. Negative means for ever.
func (handle *Response) SetWriteTimeout(d time.Duration) {
	w := handle.response
	if w != nil {
		w.exchange.conn.writeTimeout = d
	}
}

// BeforeHead registers a function that runs just before the head is fixed. The
// one registered last runs first, so that the outermost middleware has the last
// word.
func (handle *Response) BeforeHead(f func(*Response)) {
	w := handle.response
	if w != nil {
		w.hooks = append(w.hooks, f)
	}
}

// AfterEnd registers a function that runs when the exchange is over, before
// Server.OnExchange. The one registered last runs first.
func (handle *Response) AfterEnd(f func(Exchange)) {
	w := handle.response
	if w == nil {
		return
	}
	x := w.exchange
	if x.started.IsZero() {
		x.started = time.Now()
	}
	x.afterEnd = append(x.afterEnd, f)
}

// SetStatus sets the status code of the final response, 200 to 599, and the
// reason phrase if it should be another than the usual one. Other codes are
// ErrStatus, and behind the head nothing can be set: ErrHeadSent.
func (handle *Response) SetStatus(code int, reason ...string) error {
	w := handle.response
	switch {
	case w == nil:
		return ErrDone
	case w.state != headOpen:
		return ErrHeadSent
	case code < 200 || code > 599:
		return ErrStatus
	}
	w.status, w.reason = code, ""
	if len(reason) > 0 {
		if err := syntax.CheckReason(reason[0]); err != nil {
			return err
		}
		w.reason = reason[0]
	}
	return nil
}

// WriteHead sets the status code and fields, given as name, value, name, value; it
// stops at the first that cannot be set. The head is sent with the first octets of
// the body that do not fit the buffer, by Flush, or when the handler returns.
func (handle *Response) WriteHead(status int, nameValues ...string) error {
	if err := handle.SetStatus(status); err != nil {
		return err
	}
	for i := 0; i+1 < len(nameValues); i += 2 {
		if err := handle.Header().Set(nameValues[i], nameValues[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// SetContentLength declares the length of the body in octets, as long as the head
// is open. The handler must then write exactly that many, except in answer to HEAD
// or with a status code that has no body. A negative number is ignored.
func (handle *Response) SetContentLength(n int64) {
	w := handle.response
	if w != nil && w.state == headOpen && n >= 0 {
		w.header.length = n
	}
}

// Write writes content. The head is sent when what has been written no longer
// fits the buffer, of 16 KiB; until then an error can still replace the response.
// It fails with ErrBodyTooLong beyond a declared length, with ErrBodyNotAllowed
// where the status code has no body, and otherwise as the connection does. In
// answer to HEAD the octets are counted and dropped.
func (handle *Response) Write(p []byte) (int, error) {
	if !handle.use.enter() {
		return 0, ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	if err := w.writable(int64(len(p))); err != nil {
		return 0, err
	}
	c := w.exchange.conn
	w.written += int64(len(p))
	if w.state == headOpen {
		if len(c.body)+len(p) <= bodyBuffer {
			c.body = append(c.body, p...)
			return len(p), nil
		}
		w.commit()
		if err := w.send(nil); err != nil {
			return 0, err
		}
	}
	if err := w.send(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// WriteString is Write for a string.
func (handle *Response) WriteString(s string) (int, error) {
	if !handle.use.enter() {
		return 0, ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	if err := w.writable(int64(len(s))); err != nil {
		return 0, err
	}
	if c := w.exchange.conn; w.state == headOpen && len(c.body)+len(s) <= bodyBuffer {
		c.body = append(c.body, s...)
		w.written += int64(len(s))
		return len(s), nil
	}
	return handle.Write([]byte(s))
}

// writable reports whether n more octets of content can be taken.
func (w *response) writable(n int64) error {
	switch {
	case w == nil || w.state == handedOver:
		return ErrDone
	case n > 0 && contentless(w.status):
		return ErrBodyNotAllowed
	case w.header.length >= 0 && w.written+n > w.header.length:
		w.tooLong = true
		return ErrBodyTooLong
	}
	return w.exchange.conn.writeError
}

// Flush sends the head and everything written so far. Its error says that the
// client is gone or does not take octets, so that a stream can end.
func (handle *Response) Flush() error {
	if !handle.use.enter() {
		return ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	if err := w.writable(0); err != nil {
		return err
	}
	if w.state == headOpen {
		w.commit()
	}
	if err := w.send(nil); err != nil {
		return err
	}
	c := w.exchange.conn
	if len(c.body) > 0 {
		c.out = syntax.AppendChunkSize(c.out, len(c.body))
		c.out = append(c.out, c.body...)
		c.out = append(c.out, "\r\n"...)
		c.body = c.body[:0]
	}
	return c.flush()
}

// commit fixes the head and appends it to the answers that go out next. What has
// been written of the body stays in c.body.
func (w *response) commit() {
	x := w.exchange
	for len(w.hooks) > 0 {
		last := len(w.hooks) - 1
		hook := w.hooks[last]
		w.hooks = w.hooks[:last]
		hook(&x.handles.response)
	}
	if w.state != headOpen {
		return // a hook wrote so much that the head is out, or handed the connection over
	}
	c := x.conn
	w.frame()
	w.closing = w.closeReason()
	c.traceResponse(w.framing)
	b := syntax.AppendStatusLine(c.out, w.status, w.reason)
	if !w.header.dated {
		b = c.server.date.append(b)
	}
	b = append(b, w.header.lines...)
	c.out = w.appendFraming(b)
	w.state = headSent
}

// send sends p, behind what is left of the body from before the head was fixed.
func (w *response) send(p []byte) error {
	c := w.exchange.conn
	switch {
	case w.bodiless:
		c.body = c.body[:0]
		return nil
	case w.framing.Kind == syntax.Chunked:
		return w.sendChunk(p)
	}
	if len(c.body) > 0 {
		c.out = append(c.out, c.body...)
		c.body = c.body[:0]
	}
	if len(c.out)+len(p) <= outBuffer {
		c.out = append(c.out, p...)
		return nil
	}
	return c.flushWith(p)
}

// sendChunk collects octets until they are worth a chunk.
//
//	chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
func (w *response) sendChunk(p []byte) error {
	c := w.exchange.conn
	n := len(c.body) + len(p)
	if n <= bodyBuffer {
		c.body = append(c.body, p...)
		return nil
	}
	c.out = syntax.AppendChunkSize(c.out, n)
	c.out = append(c.out, c.body...)
	c.body = c.body[:0]
	err := c.flushWith(p)
	c.out = append(c.out, "\r\n"...)
	return err
}

// end sends what is left of the response. It fails if the handler has not
// written what it declared.
func (w *response) end() error {
	c := w.exchange.conn
	if w.state == headOpen {
		w.commit()
	}
	if err := w.send(nil); err != nil {
		return err
	}
	w.state = responseEnded
	switch {
	case w.bodiless:
	case w.framing.Kind == syntax.Chunked:
		w.endChunked()
	case w.framing.Kind == syntax.ContentLength && w.written < w.framing.Length:
		return ErrBodyTooShort
	}
	if len(c.out) > outBuffer {
		return c.flush()
	}
	return nil
}

// endChunked appends the last chunks and the trailer section.
//
//	last-chunk = 1*("0") [ chunk-ext ] CRLF
func (w *response) endChunked() {
	c := w.exchange.conn
	if len(c.body) > 0 {
		c.out = syntax.AppendChunkSize(c.out, len(c.body))
		c.out = append(c.out, c.body...)
		c.out = append(c.out, "\r\n"...)
		c.body = c.body[:0]
	}
	c.out = append(c.out, "0\r\n"...)
	if w.trailer != nil {
		c.out = append(c.out, w.trailer.fields.lines...)
	}
	c.out = append(c.out, "\r\n"...)
}
