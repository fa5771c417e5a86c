package xray

import (
	"bytes"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"rawserve/httpwire/websocket/frame"
)

// TypeFrame is the Type of a Message that is a frame of a WebSocket.
const TypeFrame = "frame"

// Frames yields the WebSocket frames that one side has sent, each as a message. The
// input begins after the handshake. What follows a violation or a close frame is
// part of the last one.
func Frames(octets []byte, from frame.Sender) iter.Seq[*Message] {
	return func(yield func(*Message) bool) {
		f := &frames{input: octets, decoder: frame.Decoder{From: from, MaxMessage: -1, MaxFrames: -1}}
		for number := 1; f.at < len(octets) && !f.over; number++ {
			if !yield(f.next(number)) {
				return
			}
		}
	}
}

// frames dissects one direction of a WebSocket connection.
type frames struct {
	input   []byte
	decoder frame.Decoder
	at      int  // where the next frame begins
	over    bool // nothing that follows means anything
}

// next dissects a frame.
func (f *frames) next(number int) *Message {
	b := &frameBuild{m: &Message{Type: TypeFrame, Number: number, Offset: f.at}, octets: f.input[f.at:]}
	n, piece, err := f.decoder.Next(f.window(b.octets))
	switch {
	case err != nil:
		f.over = true
		b.refuse(err.(*frame.Error), f.at)
	case n == 0 || !piece.Last:
		f.over = true
		b.unfinished(len(b.octets), &piece)
	default:
		b.frame(&piece, n)
		if f.over = piece.Message == frame.Close; f.over {
			b.add(KindUnread, len(b.octets)-n, "ignored: nothing may follow a close frame", "6455 §5.5.1")
		}
	}
	f.at = b.m.End()
	return b.m
}

// window returns a copy of the octets that can belong to the next frame: the decoder
// unmasks in place.
func (f *frames) window(octets []byte) []byte {
	size := int64(frame.MaxHeader)
	if h, n, err := frame.ParseHeader(octets, f.decoder.From); err == nil && n > 0 {
		size = int64(n) + min(h.Length, int64(len(octets)))
	}
	return bytes.Clone(octets[:min(size, int64(len(octets)))])
}

// frameBuild puts the message of one frame together.
type frameBuild struct {
	m      *Message
	octets []byte // from the first one of the frame to the end of the input
}

// add adds a span of n octets, if there are any.
func (b *frameBuild) add(kind Kind, n int, note, ref string) {
	n = min(n, len(b.octets)-b.m.Length)
	if n <= 0 {
		return
	}
	octets := b.octets[b.m.Length : b.m.Length+n]
	b.m.Spans = append(b.m.Spans, Span{
		Offset: b.m.End(), Length: n, Kind: kind, Part: "frame " + strconv.Itoa(b.m.Number),
		Text: Visible(octets[:min(n, TextOctets)]), Octets: octets, Note: note, Ref: ref,
	})
	b.m.Length += n
}

// header adds the spans of a header, as far as its octets have come.
func (b *frameBuild) header(h frame.Header, length int) {
	b.add(KindFrameType, 1, frameType(h), "6455 §5.2")
	extended := length - 2
	if h.Masked {
		extended -= len(h.Key)
	}
	note := fmt.Sprintf("%s of payload", Octets(int(h.Length)))
	if h.Masked {
		note = "masked, " + note
	}
	b.add(KindFrameLength, 1+extended, note, "6455 §5.2")
	if h.Masked {
		b.add(KindMaskingKey, len(h.Key), "masking key: octet i of the payload is combined with octet i mod 4", "6455 §5.3")
	}
	b.m.Head = b.m.Length
}

// frameType says what the first octet means.
func frameType(h frame.Header) string {
	switch {
	case h.Opcode.IsControl():
		return h.Opcode.String() + ", a control frame"
	case !h.Fin:
		return h.Opcode.String() + ", more fragments follow"
	case h.Opcode == frame.Continuation:
		return "continuation, the last fragment of its message (FIN)"
	}
	return h.Opcode.String() + ", the whole message (FIN)"
}

// frame adds the spans of a frame that is whole, n octets in all.
func (b *frameBuild) frame(piece *frame.Piece, n int) {
	h := piece.Header
	b.header(h, n-len(piece.Payload))
	b.add(KindBody, len(piece.Payload), payloadNote(piece), "")
	b.m.Body = h.Length
	b.m.Verdict = Verdict{Outcome: Accept, Used: b.m.Length}
	switch piece.Message {
	case frame.Ping:
		b.m.Verdict.Sends = "a pong with the same payload"
	case frame.Close:
		b.m.Verdict.Sends = "a close frame with the same code, and closes the connection"
		if piece.Code == frame.NoCode {
			b.m.Verdict.Sends = "a close frame without a code, and closes the connection"
		}
	}
}

// payloadNote says what the payload is, unmasked.
func payloadNote(piece *frame.Piece) string {
	if piece.Message == frame.Close {
		return fmt.Sprintf("code %d, reason %q", piece.Code, Visible(piece.Reason))
	}
	shown := piece.Payload[:min(len(piece.Payload), maxPayloadNote)]
	note := "payload: " + Visible(shown)
	if len(shown) < len(piece.Payload) {
		note += "…"
	}
	if piece.Header.Masked {
		return "unmasked " + note
	}
	return note
}

// maxPayloadNote is how many octets of a payload are shown unmasked.
const maxPayloadNote = 64

// unfinished adds the octets of a frame that is not whole.
func (b *frameBuild) unfinished(n int, piece *frame.Piece) {
	if piece.First {
		b.header(piece.Header, n-len(piece.Payload))
		b.add(KindBody, len(piece.Payload), payloadNote(piece), "")
	} else {
		b.add(KindFrameType, n, "the beginning of a frame", "6455 §5.2")
	}
	for i := range b.m.Spans {
		b.m.Spans[i].Partly = i == len(b.m.Spans)-1
	}
	b.m.Verdict = Verdict{Outcome: NeedMore, Missing: "the rest of the frame"}
}

// refuse adds the octets of a frame that breaks a rule. at is where it begins.
func (b *frameBuild) refuse(err *frame.Error, at int) {
	wrong := int(err.Offset) - at
	if h, n, parsed := frame.ParseHeader(b.octets, senderOf(b.octets)); parsed == nil && n > 0 && n <= wrong {
		b.header(h, n)
		b.add(KindBody, wrong-n, "payload", "")
	} else {
		b.add(KindFrameType, wrong, "header", "6455 §5.2")
	}
	b.add(KindError, 1, err.Rule.Sentence, refOf(err.Rule))
	b.add(KindUnread, len(b.octets), "not read: the connection closes", "6455 §7.1.7")
	b.m.Verdict = Verdict{
		Outcome: Reject, Used: wrong, Offset: int64(wrong), At: int(err.Offset),
		Broken: &BrokenRule{Name: err.Rule.Name, Ref: refOf(err.Rule), Sentence: err.Rule.Sentence, Hint: err.Rule.Hint,
			Source: "httpwire/websocket/frame/catalog.go"},
		Sends: fmt.Sprintf("a close frame with code %d, and closes the connection", err.Rule.Code),
	}
}

// senderOf says who sends frames that begin so: clients mask theirs.
func senderOf(octets []byte) frame.Sender {
	if len(octets) > 1 && octets[1]&0x80 == 0 {
		return frame.Server
	}
	return frame.Client
}

func refOf(r *frame.Rule) string { return strings.Replace(shortRef(r.Source()), "RFC ", "", 1) }
