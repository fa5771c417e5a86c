package websocket

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"

	"rawserve/httpwire/websocket/frame"
)

// growAtMost is for how many octets of a message room is made before they have come.
const growAtMost = 64 << 10

// errReading is returned to the second of two goroutines that read at the same time.
var errReading = errors.New("websocket: another goroutine is reading")

// Read reads a message. The octets belong to the caller; a text is valid UTF-8. What
// is left of a message that NextReader has begun is discarded.
//
// If ctx ends first, its error is returned, and the next call goes on. Any other
// error ends the connection: a *CloseError if the peer has closed it, a *frame.Error
// if the peer has broken a rule, ErrClosed after Close.
func (c *Conn) Read(ctx context.Context) (Kind, []byte, error) {
	if !c.beginReading() {
		return 0, nil, c.whyNotReading()
	}
	defer c.endReading()
	if err := c.discard(ctx); err != nil {
		return 0, nil, err
	}
	for {
		piece, err := c.next(ctx)
		if err != nil {
			return 0, nil, err
		}
		if c.whole = append(c.whole, piece.Payload...); piece.EndsMessage() {
			return piece.Message, c.takeWhole(), nil
		}
		if err := c.readLarge(ctx); err != nil {
			return 0, nil, err
		}
	}
}

// takeWhole returns the message that Read has put together.
func (c *Conn) takeWhole() []byte {
	message := c.whole
	if c.whole = nil; message == nil {
		message = []byte{}
	}
	return message
}

// readLarge reads octets of a frame that is larger than the buffer to where they
// belong. Room is made as they come: the peer may announce more than it sends.
func (c *Conn) readLarge(ctx context.Context) error {
	for c.decoder.Left() >= inputBuffer && len(c.input.window()) == 0 {
		left := c.decoder.Left()
		c.whole = slices.Grow(c.whole, int(min(left, max(int64(len(c.whole)), growAtMost))))
		room := c.whole[len(c.whole):cap(c.whole)]
		n, err := c.readPast(ctx, room[:min(left-1, int64(len(room)))])
		if err != nil {
			return err
		}
		c.whole = c.whole[:len(c.whole)+n]
	}
	return nil
}

// readPast reads payload into p, past the buffer: less than is left of the frame.
func (c *Conn) readPast(ctx context.Context, p []byte) (n int, err error) {
	if n, err = c.input.readPast(ctx, p); err != nil {
		return 0, c.failed(ctx, err)
	}
	_, piece, err := c.decoder.Next(p[:n])
	if err != nil {
		return 0, c.failed(ctx, err)
	}
	c.input.follow(&piece, c.decoder.InMessage())
	return n, nil
}

// NextReader waits for a message and returns a reader of it, which is valid until the
// next call of NextReader or Read. What is left of the message before is discarded.
// Errors are those of Read; ctx is also that of the reader.
func (c *Conn) NextReader(ctx context.Context) (Kind, *MessageReader, error) {
	if !c.beginReading() {
		return 0, nil, c.whyNotReading()
	}
	defer c.endReading()
	if err := c.discard(ctx); err != nil {
		return 0, nil, err
	}
	piece, err := c.next(ctx)
	if err != nil {
		return 0, nil, err
	}
	r := &MessageReader{conn: c, ctx: ctx, payload: piece.Payload, ends: piece.EndsMessage()}
	if c.whole != nil { // the beginning, from a Read whose context has ended
		r.payload = append(c.takeWhole(), r.payload...)
	}
	c.reader = r
	return piece.Message, r, nil
}

// MessageReader reads one message as it arrives.
type MessageReader struct {
	conn    *Conn // nil when the message has been read, or discarded
	ctx     context.Context
	payload []byte // that has arrived; it aliases the buffer
	ends    bool   // nothing follows payload
}

// Read reads octets of the message, and returns io.EOF at its end. A text is checked
// as it arrives: what has been read of it is valid UTF-8, but for a character that is
// not yet whole.
func (r *MessageReader) Read(p []byte) (n int, err error) {
	c := r.conn
	if c == nil {
		return 0, io.EOF
	}
	if !c.beginReading() {
		return 0, c.whyNotReading()
	}
	defer c.endReading()
	if c.readErr != nil {
		return 0, c.readErr // and payload may have been overwritten
	}
	for len(r.payload) == 0 {
		if r.ends {
			r.conn, c.reader = nil, nil
			return 0, io.EOF
		}
		if int64(len(p)) < c.decoder.Left() && len(p) >= inputBuffer && len(c.input.window()) == 0 {
			return c.readPast(r.ctx, p)
		}
		piece, err := c.next(r.ctx)
		if err != nil {
			return 0, err
		}
		r.payload, r.ends = piece.Payload, piece.EndsMessage()
	}
	n = copy(p, r.payload)
	r.payload = r.payload[n:]
	return n, nil
}

// discard reads what is left of the message that NextReader has begun.
func (c *Conn) discard(ctx context.Context) error {
	r := c.reader
	if r == nil {
		return nil
	}
	r.payload = nil // the buffer is used again
	for !r.ends {
		piece, err := c.next(ctx)
		if err != nil {
			return err
		}
		r.ends = piece.EndsMessage()
	}
	r.conn, c.reader = nil, nil
	return nil
}

// next returns the next piece of a data frame, when it has dealt with the control
// frames before it. Its payload is valid until the next call.
func (c *Conn) next(ctx context.Context) (frame.Piece, error) {
	for {
		if c.readErr != nil {
			return frame.Piece{}, c.readErr
		}
		n, piece, err := c.decoder.Next(c.input.window())
		if err == nil && n == 0 {
			c.input.follow(&piece, c.decoder.InMessage())
			err = c.input.fill(ctx)
		}
		if err != nil {
			return frame.Piece{}, c.failed(ctx, err)
		}
		if n == 0 {
			continue
		}
		c.input.use(n)
		c.input.follow(&piece, c.decoder.InMessage())
		switch piece.Message {
		default:
			return piece, nil
		case frame.Ping:
			c.output.pong(piece.Payload)
		case frame.Pong: // that it came is all that it says
		case frame.Close:
			c.closedByPeer(piece.Code, string(piece.Reason))
		}
	}
}

// failed ends the connection because of an error, unless it is that of ctx.
func (c *Conn) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && err == ctx.Err() {
		return err
	}
	var fault *frame.Error
	switch {
	case errors.As(err, &fault):
		c.fail(fault.Rule.Code, fault.Rule.Error())
	case err == errSilent, err == errTooSlow:
		c.fail(frame.PolicyViolation, err.Error())
	case errors.Is(err, io.EOF):
		err = &CloseError{Code: frame.Abnormal}
		c.abort()
	case errors.Is(err, net.ErrClosed): // by a write that has failed
		err = ErrClosed
		c.abort()
	default:
		c.abort()
	}
	if c.closing.byUs() {
		err = ErrClosed
	}
	c.readErr = err
	return err
}

// beginReading reports whether nobody else is reading.
func (c *Conn) beginReading() bool {
	select {
	case c.reading <- struct{}{}:
		return true
	default:
		return false
	}
}

// whyNotReading returns what is told to whoever finds somebody else reading: after Close
// that is Close itself.
func (c *Conn) whyNotReading() error {
	if c.closing.ends().IsZero() {
		return errReading
	}
	return ErrClosed
}

// endReading lets others read. An idle connection holds no buffer.
func (c *Conn) endReading() {
	if c.reader == nil || len(c.reader.payload) == 0 {
		c.input.rest()
	}
	<-c.reading
}

// follow notes whether a message is in progress, and how much of it has arrived. A
// frame of which only a part has come counts as one.
func (in *input) follow(piece *frame.Piece, inMessage bool) {
	control := piece.Message.IsControl()
	if !inMessage && (control || piece.Last || len(in.window()) == 0) {
		in.inMessage, in.waited, in.arrived = false, 0, 0
		return
	}
	in.inMessage = true
	if !control {
		in.arrived += int64(len(piece.Payload))
	}
}
