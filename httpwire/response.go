package httpwire

import (
	"errors"
	"iter"
	"time"

	"rawserve/httpwire/syntax"
)

// Errors of requests and responses.
var (
	ErrDone           = errors.New("httpwire: the exchange is over")
	ErrHeadSent       = errors.New("httpwire: the head of the response has been sent")
	ErrStatus         = errors.New("httpwire: a status code has three digits and begins with 2 to 5")
	ErrPairs          = errors.New("httpwire: fields are given as name, value, name, value: the last name has no value")
	ErrBodyNotAllowed = errors.New("httpwire: a response with this status code has no body")
	ErrBodyTooLong    = errors.New("httpwire: more octets written than Content-Length declares")
	ErrBodyTooShort   = errors.New("httpwire: fewer octets written than Content-Length declares")
)

// Response is the answer to a request, being made. Set its status code and fields
// first, then write its content. The server frames it: content that fits the
// buffer, of 16 KiB, gets a Content-Length, more is sent chunked, or ended by the
// close for HTTP/1.0.
//
// It lives until the handler returns (see inuse.go). From then on, and after the connection has
// been handed over, the methods that can block fail with ErrDone, and the others do
// nothing.
type Response struct {
	answer *answer // nil when the exchange is over
	header ResponseHeader
	use    inUse
}

// answer is what a Response leads to while the exchange lasts.
type answer struct {
	exchange *exchange
	out      *output
	handle   *Response
	header   fieldLines
	draft
}

// draft is what there is to know about one answer.
type draft struct {
	method     string // of the request, as sent: a handler may change what it sees
	minor      int    // of the version of the request
	persistent bool   // the client wants the connection kept open
	offered    bool   // the client offers another protocol

	state     answerState
	status    int
	reason    string
	trailer   *ResponseHeader // nil until asked for
	hooks     []func(*Response)
	framing   syntax.Framing
	whole     bool  // the handler has written all there is
	noContent bool  // the content is counted, but not sent
	tooLong   bool  // the handler tried to write more than it declared
	written   int64 // content octets taken from the handler
	closing   CloseReason

	taken       *takenConn // what the handler got for the connection
	takenStatus int        // with which status code it was handed over, 0 if with none
}

// answerState is how far a response has come. Only commit, end and handOver
// change it.
type answerState int

const (
	headOpen    answerState = iota // nothing is decided, nothing has left
	headSent                       // the head is on its way, the framing is fixed
	answerEnded                    // every octet is on its way
	handedOver                     // upgraded or hijacked
)

// begin makes the answer ready for a request with the method and head.
func (a *answer) begin(w *Response, method string, h *syntax.Head) {
	a.handle, w.header.fields = w, &a.header
	a.method, a.minor, a.persistent, a.offered = method, h.Minor, h.Persistent, h.Upgrade
	a.status = 200
}

// detach makes the response lead nowhere.
func (w *Response) detach() {
	w.answer.dropTrailer()
	w.answer, w.header.fields = nil, nil
}

// reset empties the answer for another request. The storage of its fields, which no
// handler can reach, is kept.
func (a *answer) reset() {
	a.draft, a.handle = draft{}, nil
	a.header.reset()
}

// Header returns the fields that will be sent with the head.
func (w *Response) Header() *ResponseHeader { return &w.header }

// Trailer returns the fields that are sent after the body, if that is chunked;
// otherwise they are dropped. Those set before the head is sent are announced in
// the Trailer field. RFC 9110, Section 6.5.
func (w *Response) Trailer() *ResponseHeader {
	a := w.answer
	if a == nil {
		return new(ResponseHeader)
	}
	if a.trailer == nil {
		a.trailer = &ResponseHeader{&fieldLines{answer: a, length: -1, trailer: true}}
	}
	return a.trailer
}

// dropTrailer takes back the trailer fields.
func (a *answer) dropTrailer() {
	if a.trailer != nil {
		a.trailer.fields = nil
		a.trailer = nil
	}
}

// HeadSent reports whether the status code and the fields are fixed.
func (w *Response) HeadSent() bool { return w.answer == nil || w.answer.state != headOpen }

// Status returns the status code, 200 unless it has been set.
func (w *Response) Status() int {
	if w.answer == nil {
		return 0
	}
	return w.answer.status
}

// BytesWritten returns how many content octets the handler has written.
func (w *Response) BytesWritten() int64 {
	if w.answer == nil {
		return 0
	}
	return w.answer.written
}

// SetWriteTimeout sets how long a write of this response may wait without
// progress, in place of Server.WriteTimeout. Negative means for ever.
func (w *Response) SetWriteTimeout(d time.Duration) {
	if a := w.answer; a != nil {
		a.out.setTimeout(d)
	}
}

// BeforeHead registers a function that runs just before the head is fixed; it may
// set the status code and fields. The one registered last runs first, so that the
// outermost middleware has the last word.
func (w *Response) BeforeHead(f func(*Response)) {
	if a := w.answer; a != nil {
		a.hooks = append(a.hooks, f)
	}
}

// AfterEnd registers a function that runs when the exchange is over, before
// Server.OnExchange. The one registered last runs first.
func (w *Response) AfterEnd(f func(Exchange)) {
	if a := w.answer; a != nil {
		a.exchange.afterEnd(f)
	}
}

// SetStatus sets the status code of the final response, 200 to 599, and the
// reason phrase, of which there is at most one, in place of the usual one. Other codes are
// ErrStatus, and after the head has been sent nothing can be set: ErrHeadSent.
func (w *Response) SetStatus(code int, reason ...string) error {
	a := w.answer
	switch {
	case a == nil:
		return ErrDone
	case a.state != headOpen:
		return ErrHeadSent
	case code < 200 || code > 599:
		return ErrStatus
	}
	a.status, a.reason = code, ""
	if len(reason) > 0 {
		if err := syntax.CheckReason(reason[0]); err != nil {
			return err
		}
		a.reason = reason[0]
	}
	return nil
}

// WriteHead sets the status code and fields, given as name, value, name, value. Each
// field replaces those with its name that were set before; WriteHead stops at the
// first that cannot be set, and a name without a value is ErrPairs. The head is sent
// with the first octets of the body that do not fit the buffer, by Flush, or when
// the handler returns.
func (w *Response) WriteHead(status int, nameValues ...string) error {
	if len(nameValues)%2 != 0 {
		return ErrPairs
	}
	if err := w.SetStatus(status); err != nil {
		return err
	}
	for name, value := range pairs(nameValues) {
		if err := w.header.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// pairs yields name, value, name, value in pairs. A name without a value is left
// out.
func pairs(nameValues []string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for i := 0; i+1 < len(nameValues); i += 2 {
			if !yield(nameValues[i], nameValues[i+1]) {
				return
			}
		}
	}
}

// SetContentLength declares the length of the body in octets, as long as the head
// is open. The handler must then write exactly that many, except in answer to HEAD
// or with a status code that has no body. A negative number is ignored.
func (w *Response) SetContentLength(n int64) {
	if a := w.answer; a != nil && a.state == headOpen && n >= 0 {
		a.header.length = n
	}
}

// Write writes content. The head is sent when what has been written no longer
// fits the buffer, of 16 KiB; until then an error can still replace the response.
// It fails with ErrBodyTooLong beyond a declared length, with ErrBodyNotAllowed
// where the status code has no body, and otherwise as the connection does. In
// answer to HEAD the octets are counted and dropped.
func (w *Response) Write(p []byte) (int, error) {
	a := w.enter()
	if a == nil {
		return 0, ErrDone
	}
	defer w.leave()
	if err := a.takes(int64(len(p))); err != nil {
		return 0, err
	}
	if a.state == headOpen && a.out.hold(p) {
		return len(p), nil
	}
	return a.write(p)
}

// WriteString is Write for a string.
func (w *Response) WriteString(s string) (int, error) {
	a := w.enter()
	if a == nil {
		return 0, ErrDone
	}
	defer w.leave()
	if err := a.takes(int64(len(s))); err != nil {
		return 0, err
	}
	if a.state == headOpen && a.out.holdString(s) {
		return len(s), nil
	}
	return a.write([]byte(s))
}

// takes accounts for n more octets of content, if they can be taken.
func (a *answer) takes(n int64) error {
	switch {
	case n > 0 && syntax.NoContent("GET", a.status):
		return ErrBodyNotAllowed
	case a.header.length >= 0 && a.written+n > a.header.length:
		a.tooLong = true
		return ErrBodyTooLong
	}
	if err := a.out.failure(); err != nil {
		return err
	}
	a.written += n
	return nil
}

// write sends content that does not fit the buffer.
func (a *answer) write(p []byte) (int, error) {
	if err := a.commit(); err != nil {
		return 0, err
	}
	if err := a.send(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush sends the head and everything written so far. Its error says that the
// client is gone or does not take octets, so that a stream can end.
func (w *Response) Flush() error {
	a := w.enter()
	if a == nil {
		return ErrDone
	}
	defer w.leave()
	return a.flush()
}

// flush is Response.Flush.
func (a *answer) flush() error {
	if err := a.takes(0); err != nil {
		return err
	}
	if err := a.commit(); err != nil {
		return err
	}
	if err := a.send(nil); err != nil {
		return err
	}
	if !a.noContent && a.framing.Kind == syntax.Chunked {
		a.out.endChunk()
	}
	return a.out.flush()
}

// commit fixes the head and queues it, if that has not been done. The content
// written so far is still held back. It fails with ErrDone if a hook has handed the
// connection over.
func (a *answer) commit() error {
	a.runHooks()
	switch a.state {
	case handedOver:
		return ErrDone
	case headSent, answerEnded: // also if a hook wrote so much that the head is out
		return nil
	}
	a.frame()
	a.closing = a.exchange.closeReason()
	a.exchange.conn().traceResponse(a.framing)
	a.out.setTail(a.appendHead(a.out.tail()))
	a.state = headSent
	return nil
}

// runHooks calls the functions that BeforeHead has registered, each once.
func (a *answer) runHooks() {
	for a.state == headOpen && len(a.hooks) > 0 {
		last := len(a.hooks) - 1
		hook := a.hooks[last]
		a.hooks = a.hooks[:last]
		hook(a.handle)
	}
}

// appendHead appends the head.
func (a *answer) appendHead(b []byte) []byte {
	b = syntax.AppendStatusLine(b, a.status, a.reason)
	if !a.header.dated {
		b = a.exchange.server().date.append(b)
	}
	b = append(b, a.header.lines...)
	b = a.appendFraming(b)
	return syntax.AppendEnd(b)
}

// send sends p, after what was held back before the head was fixed.
func (a *answer) send(p []byte) error {
	switch {
	case a.noContent:
		a.out.drop()
		return nil
	case a.framing.Kind == syntax.Chunked:
		return a.out.sendChunked(p)
	}
	return a.out.send(p)
}

// end sends what is left of the response. It fails if the handler has not
// written what it declared.
func (a *answer) end() error {
	a.whole = true
	if err := a.commit(); err != nil {
		return err
	}
	if err := a.send(nil); err != nil {
		return err
	}
	a.state = answerEnded
	switch {
	case a.noContent:
	case a.framing.Kind == syntax.Chunked:
		a.out.endChunked(a.trailerLines())
	case a.framing.Kind == syntax.ContentLength && a.written < a.framing.Length:
		return ErrBodyTooShort
	}
	return a.out.flushLarge()
}

// trailerLines returns the encoded fields of the trailer section.
func (a *answer) trailerLines() []byte {
	if a.trailer == nil {
		return nil
	}
	return a.trailer.fields.lines
}
