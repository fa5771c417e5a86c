package websocket

import (
	"context"
	"errors"
	"sync"
	"time"
	"unicode/utf8"

	"rawserve/httpwire/websocket/frame"
)

// writeAtOnce is how many octets have to leave within WriteTimeout.
const writeAtOnce = 64 << 10

// ErrNotText is returned for a text that is not valid UTF-8. Nothing has been sent.
var ErrNotText = errors.New("websocket: the text is not valid UTF-8")

var errKind = errors.New("websocket: a message is Text or Binary")

// Write sends a message. If ctx ends before a part of it has left, the error of ctx is
// returned, and nothing has been sent; if it ends later, the connection is closed,
// since nothing else can follow half a frame.
func (c *Conn) Write(ctx context.Context, kind Kind, message []byte) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	if kind == Text && !utf8.Valid(message) {
		return ErrNotText
	}
	if err := lock(ctx, c.writing); err != nil {
		return err
	}
	defer unlock(c.writing)
	return c.output.write(ctx, frame.Header{Fin: true, Opcode: kind}, message)
}

func checkKind(kind Kind) error {
	if kind != Text && kind != Binary {
		return errKind
	}
	return nil
}

// NextWriter begins a message that is sent in fragments, as it is written. Other
// messages wait until the writer is closed, which it has to be; ctx is that of all its
// writes.
func (c *Conn) NextWriter(ctx context.Context, kind Kind) (*MessageWriter, error) {
	if err := checkKind(kind); err != nil {
		return nil, err
	}
	if err := lock(ctx, c.writing); err != nil {
		return nil, err
	}
	return &MessageWriter{conn: c, ctx: ctx, kind: kind, opcode: kind}, nil
}

// MessageWriter writes one message.
type MessageWriter struct {
	conn   *Conn // nil when it has been closed
	ctx    context.Context
	kind   Kind
	opcode frame.Opcode // of the next fragment
	text   frame.TextCheck
	octets []byte // not yet sent
	err    error  // why the message cannot be completed
}

// Write adds octets to the message. They are sent when there are enough for a fragment.
func (w *MessageWriter) Write(p []byte) (n int, err error) {
	switch {
	case w.conn == nil:
		return 0, ErrClosed
	case w.err != nil:
		return 0, w.err
	case w.kind == Text && w.text.Write(p) >= 0:
		w.err = ErrNotText
		return 0, w.err
	}
	if w.octets = append(w.octets, p...); len(w.octets) < inputBuffer {
		return len(p), nil
	}
	return len(p), w.send(false)
}

// Close sends the rest of the message. One that cannot be completed closes the
// connection, if a part of it has left: a text that ends within a character, or was
// refused by Write, and any message whose context has ended.
func (w *MessageWriter) Close() error {
	c := w.conn
	if c == nil {
		return ErrClosed
	}
	defer func() {
		w.conn = nil
		unlock(c.writing)
	}()
	if w.err == nil && w.kind == Text && !w.text.IsWhole() {
		w.err = ErrNotText
	}
	if w.err == nil {
		w.send(true)
	}
	if w.err != nil && w.opcode == frame.Continuation {
		go c.Close(frame.InternalError, "a message was cut")
	}
	return w.err
}

// send sends a fragment.
func (w *MessageWriter) send(last bool) error {
	w.err = w.conn.output.write(w.ctx, frame.Header{Fin: last, Opcode: w.opcode}, w.octets)
	if w.err == nil {
		w.opcode, w.octets = frame.Continuation, w.octets[:0]
	}
	return w.err
}

// output is what leaves: frames, one at a time.
type output struct {
	conn  *Conn
	busy  chan struct{} // holds a value while somebody writes a frame
	armed time.Time     // the write deadline of the connection
	err   error         // what ended writing

	mu     sync.Mutex
	due    bool   // a pong is to be sent
	answer []byte // its payload
}

// lock takes one of the locks, unless ctx ends first.
func lock(ctx context.Context, held chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case held <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func unlock(held chan struct{}) { <-held }

// write sends a frame.
func (o *output) write(ctx context.Context, h frame.Header, payload []byte) error {
	if err := lock(ctx, o.busy); err != nil {
		return err
	}
	defer o.release()
	return o.send(ctx, h, payload)
}

// send sends a frame. The caller holds the lock.
func (o *output) send(ctx context.Context, h frame.Header, payload []byte) error {
	if o.err != nil {
		return o.err
	}
	if ctx.Done() != nil {
		woken := make(chan struct{})
		stop := context.AfterFunc(ctx, func() {
			o.conn.nc.SetWriteDeadline(time.Unix(1, 0))
			close(woken)
		})
		defer func() {
			if !stop() {
				<-woken
				o.armed = time.Time{}
			}
		}()
	}
	h.Length = int64(len(payload))
	sent, err := o.octets(ctx, h, payload)
	switch {
	case err == nil:
		return nil
	case sent == 0 && ctx.Err() != nil:
		return ctx.Err()
	}
	o.err = ErrClosed
	o.conn.cut()
	return err
}

// octets writes the header together with as much of the payload as the buffer has room
// for, then the rest. It returns how many octets have left.
func (o *output) octets(ctx context.Context, h frame.Header, payload []byte) (sent int, err error) {
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	head := frame.AppendHeader(b.octets[:0], h)
	n := copy(b.octets[len(head):], payload)
	next, payload := b.octets[:len(head)+n], payload[n:]
	for len(next) > 0 {
		if err := o.arm(); err != nil {
			return sent, err
		}
		if err := ctx.Err(); err != nil {
			return sent, err // it may have ended before arm, which moves the deadline
		}
		n, err := o.conn.nc.Write(next)
		if sent += n; err != nil {
			return sent, err
		}
		n = min(len(payload), writeAtOnce)
		next, payload = payload[:n], payload[n:]
	}
	return sent, nil
}

// arm sets the deadline of the next write. It is moved only when less than
// WriteTimeout is left of it, and then by a little more.
func (o *output) arm() error {
	timeout := o.conn.endpoint.writeTimeout()
	now := time.Now()
	ends := now.Add(timeout + timeout/4)
	if limit := o.conn.closing.ends(); !limit.IsZero() {
		ends = limit
	} else if timeout < 0 || o.armed.Sub(now) >= timeout {
		return nil
	}
	o.armed = ends
	return o.conn.nc.SetWriteDeadline(ends)
}

// pong answers a ping. If somebody else is writing, who does so sends the answer: to
// the latest ping, if there are several. RFC 6455, Section 5.5.3.
func (o *output) pong(payload []byte) {
	o.mu.Lock()
	o.due, o.answer = true, append(o.answer[:0], payload...)
	o.mu.Unlock()
	if o.tryLock() {
		o.release()
	}
}

// ping asks the peer whether it is there, and reports whether it has. If somebody else
// is writing, it has not: a peer that takes octets is there, and WriteTimeout ends one
// that does not.
func (o *output) ping() bool {
	if !o.tryLock() {
		return false
	}
	defer o.release()
	return o.send(context.Background(), frame.Header{Fin: true, Opcode: frame.Ping}, nil) == nil
}

// tryLock takes the lock, unless somebody else is writing.
func (o *output) tryLock() bool {
	select {
	case o.busy <- struct{}{}:
		return true
	default:
		return false
	}
}

// release lets others write, when it has sent the pong that is due. One that becomes
// due at the end is sent by whoever gets the lock: if that is nobody else, by us.
func (o *output) release() {
	for {
		o.sendDue()
		unlock(o.busy)
		if !o.hasDue() || !o.tryLock() {
			return
		}
	}
}

func (o *output) hasDue() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.due
}

// sendDue sends a pong, if one is due.
func (o *output) sendDue() {
	o.mu.Lock()
	due := o.due
	var payload [frame.MaxControl]byte
	n := copy(payload[:], o.answer)
	o.due = false
	o.mu.Unlock()
	if due {
		o.send(context.Background(), frame.Header{Fin: true, Opcode: frame.Pong}, payload[:n])
	}
}
