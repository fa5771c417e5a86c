package frame

import "cmp"

// Limits of a Decoder that sets none.
const (
	DefaultMaxMessage = 1 << 20 // octets
	DefaultMaxFrames  = 16 << 10
)

// Decoder reads the frames that one side sends, and checks that they make messages.
// Its fields must not be changed once it is in use.
type Decoder struct {
	// From is who sends the frames.
	From Sender

	// MaxMessage is how many octets a message may have. Zero means
	// DefaultMaxMessage; negative means no limit. A frame that is too much is
	// refused at the last octet of its length: nothing needs to be kept for it.
	MaxMessage int64

	// MaxFrames is how many frames may come until a message is whole, control
	// frames included. Zero means DefaultMaxFrames; negative means no limit.
	MaxFrames int

	offset  int64  // octets used so far
	header  Header // of the frame in progress
	left    int64  // octets of its payload that have not come
	message Opcode // Text or Binary while a message is in progress, else 0
	size    int64  // octets of that message, those announced included
	frames  int    // that have begun since the last message ended
	closed  bool   // a close frame has come
	text    TextCheck
}

// Piece is what a Decoder found: a frame, or a part of one.
type Piece struct {
	// Header is that of the frame. Masked and Key tell how it came; Payload is
	// not masked any more.
	Header Header

	// Message is the kind of message that a data frame belongs to: Text or
	// Binary, also where Header says Continuation. For a control frame it is
	// the opcode.
	Message Opcode

	Payload []byte // a part of the payload; it aliases the window
	First   bool   // the piece begins the frame
	Last    bool   // the piece ends the frame

	// Code and Reason are those of a close frame. Reason aliases the window.
	Code   Code
	Reason []byte
}

// EndsMessage reports whether a message is whole with this piece.
func (p *Piece) EndsMessage() bool { return p.Last && p.Header.Fin && !p.Message.IsControl() }

// Next takes what comes next from the beginning of window: a control frame, which is
// always whole, or as much of a data frame as has come. It returns how many octets
// that was: 0, without an error, if more are needed. The payload is unmasked in
// place. After an error the Decoder must not be used.
func (d *Decoder) Next(window []byte) (n int, piece Piece, err error) {
	if d.left == 0 {
		var fault *Error
		if n, fault = d.begin(window); fault != nil {
			return 0, Piece{}, fault.after(d.offset)
		}
		if n == 0 {
			return 0, Piece{}, nil
		}
		piece.First = true
	} else if len(window) == 0 {
		return 0, Piece{}, nil
	}
	payload := window[n:]
	if int64(len(payload)) > d.left {
		payload = payload[:d.left]
	}
	if d.header.Masked {
		Mask(payload, d.header.Key, d.header.Length-d.left)
	}
	d.left -= int64(len(payload))
	piece.Header, piece.Payload, piece.Last = d.header, payload, d.left == 0
	d.offset += int64(n)
	if fault := d.take(&piece); fault != nil {
		return 0, Piece{}, fault.after(d.offset)
	}
	d.offset += int64(len(payload))
	return n + len(payload), piece, nil
}

// Left returns how many octets of the payload of the frame in progress have not come.
func (d *Decoder) Left() int64 { return d.left }

// InMessage reports whether a message has begun and not ended.
func (d *Decoder) InMessage() bool { return d.message != 0 }

// begin parses the header of the next frame. It returns 0 if more octets are needed:
// for a control frame, its payload too.
func (d *Decoder) begin(window []byte) (n int, err *Error) {
	if len(window) == 0 {
		return 0, nil
	}
	var h Header
	if err := cmp.Or(h.parseFirst(window[0]), d.follows(h.Opcode)); err != nil {
		return 0, err
	}
	lengthEnds, err := h.parse(window, d.From)
	if lengthEnds == 0 || err != nil {
		return 0, err
	}
	if rule := d.exceeds(h); rule != nil {
		return 0, rule.At(lengthEnds - 1)
	}
	n = h.parseKey(window, lengthEnds)
	if n == 0 || h.Opcode.IsControl() && int64(len(window)-n) < h.Length {
		return 0, nil
	}
	d.enter(h)
	return n, nil
}

// follows checks that a frame with this opcode may follow the ones before it.
func (d *Decoder) follows(o Opcode) *Error {
	switch {
	case d.closed:
		return FrameAfterClose.At(0)
	case o == Continuation && d.message == 0:
		return UnexpectedContinuation.At(0)
	case (o == Text || o == Binary) && d.message != 0:
		return ExpectedContinuation.At(0)
	}
	return nil
}

// exceeds returns the rule for the limit that a frame is beyond, or nil.
func (d *Decoder) exceeds(h Header) *Rule {
	frames, octets := cmp.Or(d.MaxFrames, DefaultMaxFrames), cmp.Or(d.MaxMessage, DefaultMaxMessage)
	size := d.size
	if h.Opcode != Continuation {
		size = 0
	}
	switch {
	case frames >= 0 && d.frames >= frames:
		return TooManyFrames
	case octets >= 0 && !h.Opcode.IsControl() && h.Length > octets-size:
		return TooBig
	}
	return nil
}

// enter begins a frame.
func (d *Decoder) enter(h Header) {
	d.header, d.left = h, h.Length
	d.frames++
	switch h.Opcode {
	case Text, Binary:
		d.message, d.size, d.text = h.Opcode, h.Length, TextCheck{}
	case Continuation:
		d.size += h.Length
	}
}

// take checks the payload of a piece, and completes the piece. The offset of an
// error counts from the beginning of the payload.
func (d *Decoder) take(piece *Piece) (err *Error) {
	switch opcode := d.header.Opcode; {
	case opcode == Close:
		d.closed = true
		piece.Message = opcode
		piece.Code, piece.Reason, err = ParseClose(piece.Payload)
		return err
	case opcode.IsControl():
		piece.Message = opcode
		if d.message == 0 {
			d.frames = 0
		}
		return nil
	}
	piece.Message = d.message
	if d.message == Text {
		if wrong := d.text.Write(piece.Payload); wrong >= 0 {
			return BadText.At(wrong)
		}
	}
	if piece.EndsMessage() {
		if !d.text.IsWhole() {
			return CutText.At(len(piece.Payload))
		}
		d.message, d.frames = 0, 0
	}
	return nil
}
